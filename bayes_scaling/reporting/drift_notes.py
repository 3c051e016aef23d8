"""The size of a law's drift at a report's targets, and the tables that it was learned from."""

import re
from typing import Any

import pandas as pd

from bayes_scaling.law.likelihoods.censored import Censored
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.reporting.facts import Facts
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.fit import Fit
from bayes_scaling.runs.bundled import sources


def drift_sizes(facts: Facts) -> str:
    """State the drift of each law at the farthest target.

    Parameters
    ----------
    facts : Facts
        Of the report.

    Returns
    -------
    str, empty if nothing drifts
    """
    texts = _drift(facts.fits[0][1], facts.targets)
    forecaster, link = facts.forecaster, facts.link
    if isinstance(forecaster, Chain) and link:
        linked = facts.targets.assign(**{forecaster.link: link.predicted})
        texts += _drift(forecaster.second, linked)
    return texts


def _drift(fit: Any, to: pd.DataFrame) -> str:
    """State the drift at the farthest target; "" for groups, whose distances differ."""
    if not isinstance(fit, Fit):
        return ""
    noise = fit.law.noise.noise if isinstance(fit.law.noise, Censored) else fit.law.noise
    if not noise.drift:
        return ""
    drift = fit.drift_draws
    beyond = drift.distances(fit.inputs(fit.with_known(to))).max() if drift else 0.0
    if drift is None or not beyond:
        return ""
    sd = drift.typical * beyond
    far = f"{beyond:.2g} nats from the losses of the runs"
    if not fit.law.along_loss:
        far = f"at a distance of {beyond:.2g} from the runs"
    sizes = {"log": f"{sd:.1%} of", "identity": f"{sd:.3g} in"}
    link = noise.link if isinstance(noise, Noise) else "logit"
    size = sizes.get(link, f"{sd:.3g} on the logit of")
    return f" Of the farthest target, {far}, that is an sd of {size} {fit.outcome_name}."


def drift_sources(note: str, source: str | None) -> str:
    """Cite the bundled tables that a note names.

    Parameters
    ----------
    note : str
        Of the forecast.
    source : str or None
        The table of the training runs.

    Returns
    -------
    str, empty if it names none
    """
    cited = {
        name: entry
        for name, entry in sources().items()
        if re.search(rf"\b{re.escape(name)}\b", note)
    }
    if not cited:
        return ""
    same = (
        f" One of them, {source}, is also the source of the training runs of this report."
        if str(source) in cited
        else ""
    )
    return f"{'; '.join(f'{name}: {entry["citation"]}' for name, entry in cited.items())}.{same}"
