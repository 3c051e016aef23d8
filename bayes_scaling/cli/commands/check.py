"""``bayes-scaling check``: whether an answer can be trusted."""

import warnings
from argparse import Namespace
from dataclasses import dataclass
from typing import Any

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.cli.fitting import fit_laws
from bayes_scaling.cli.formats import as_csv, as_json, as_text
from bayes_scaling.cli.law_options import read_laws
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import exit_code, write_answer
from bayes_scaling.cli.target_options import read_targets, target_values
from bayes_scaling.results.diagnosis import Diagnosis

_ROWS = 5  # runs in the table of influence
_MIN_SIMS = 20


@dataclass(frozen=True)
class _Checks:
    """What the checks of a fit found; None where a check was not made."""

    diagnosis: Diagnosis
    sensitivity: Any
    influence: Any
    calibration: Any


def check(options: Namespace, log: Log) -> int:
    """Check the draws of a fit, its priors, single runs and calibration; returns the exit code."""
    from bayes_scaling._core.arguments import check_prob
    from bayes_scaling.inference.target_inputs import check_inputs
    from bayes_scaling.runs.targets import as_targets

    prob = check_prob(options.prob)
    has_targets = options.targets is not None or bool(target_values(options))
    to = read_targets(options) if has_targets else None
    if to is not None and options.fit is None:
        check_inputs(read_laws(options)[0], as_targets(to))
    if options.sims != 0 and options.sims < _MIN_SIMS:
        raise InputError(
            f"--sims is {options.sims}; give at least {_MIN_SIMS}, or 0 for no calibration"
        )
    fit, _ = fit_laws(options)
    if options.save:
        fit.save(options.save)
    checks = _run_checks(fit, to, prob, options.sims)
    write_answer(options, _answer(options, checks))
    calibration = checks.calibration
    verdict = Diagnosis() if calibration is None else calibration.diagnosis
    for text in verdict.sampling.problems:
        log(f"not calibrated: {text}")
    return max(exit_code(checks.diagnosis, options, log), int(not verdict.ok))


def _run_checks(fit: Any, to: pd.DataFrame | None, prob: float, sims: int) -> _Checks:
    from bayes_scaling._core.errors import FitWarning
    from bayes_scaling.runs.targets import as_targets
    from bayes_scaling.validation.influence import influence
    from bayes_scaling.validation.sbc import calibrate
    from bayes_scaling.validation.sensitivity import sensitivity

    diagnosis, calibration = fit.diagnosis, None
    if to is not None:
        diagnosis += fit.check_targets(as_targets(to))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # the answer begins with the diagnosis
        moved = sensitivity(fit, to, prob=prob)
        # with a smooth discrepancy runs depend on one another
        single_runs = None if fit.law.noise.correlates else influence(fit, to, prob=prob)
        if sims:
            calibration = calibrate(fit, sims=sims)
    return _Checks(diagnosis, moved, single_runs, calibration)


def _answer(options: Namespace, checks: _Checks) -> str:
    """The answer in the format of --format."""
    if options.format == "json":
        return as_json(_json_answer(checks))
    if options.format == "csv":
        numbers = _numbers(checks).rename_axis("check").reset_index()
        return as_csv({"checks": numbers}, {"checks": checks.diagnosis})
    sensitivity = checks.sensitivity
    table = sensitivity.rename_axis("quantity").reset_index()
    parts = [
        f"{checks.diagnosis}\n",
        as_text(table, "How much is prior, how much data") + f"{sensitivity.foot}\n",
        _influence_text(checks.influence),
    ]
    if checks.calibration is not None:
        parts.append(f"{checks.calibration}\n")
    return "\n".join(parts)


def _json_answer(checks: _Checks) -> dict[str, Any]:
    answer = checks.diagnosis.verdict() | {
        "numbers": checks.diagnosis.numbers,
        "sensitivity": checks.sensitivity.rename_axis("quantity").reset_index(),
        "influence": checks.influence,
        "calibration": None,
    }
    calibration = checks.calibration
    if calibration is not None:
        quantities = {"quantities": calibration.table.reset_index()}
        answer["calibration"] = calibration.diagnosis.verdict() | quantities
    return answer


def _influence_text(influence: Any) -> str:
    """The table of the runs that move the answer most."""
    title = "Which runs move the answer most"
    if influence is None:
        return f"{title}: not computed, because a smooth discrepancy makes runs dependent.\n"
    rows = influence.drop_duplicates([influence.columns[1], "run"]).head(_ROWS)
    return as_text(rows, title) + f"{influence.foot}\n"


def _numbers(checks: _Checks) -> pd.Series:
    """Every number of the checks by name."""
    numbers, sensitivity = dict(checks.diagnosis.numbers), checks.sensitivity
    for name in sensitivity.index:
        for kind in ("prior", "likelihood"):
            numbers[f"{kind} sensitivity of {name}"] = sensitivity.loc[name, kind]
        for how in ("halved", "doubled"):
            for kind in ("width", "shift"):
                key = f"{kind} of {name} with prior scales {how}"
                numbers[key] = sensitivity.loc[name, f"{kind}_{how}"]
    if checks.influence is not None:
        quantity = checks.influence.columns[1]
        for row in checks.influence.to_dict("records"):
            numbers[f"shift of {row[quantity]} without {row['run']}"] = row["shift"]
    if checks.calibration is not None:
        for name, p in checks.calibration.table["p"].items():
            numbers[f"calibration p of {name}"] = p
    return pd.Series(numbers, name="value")
