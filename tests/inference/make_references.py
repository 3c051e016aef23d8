"""Long reference runs of three laws by another sampler than the engine.

``python tests/inference/make_references.py`` writes tests/inference/references.json. NumPyro's own
NUTS with a dense metric samples ``law.model`` itself, so that neither the engine's change of
variables, nor its modes, nor its kernel affects the answers. What a posterior depends on (runs,
priors, formula, noise) is kept with them as text and a hash: the tests refuse references of
another posterior.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from arviz_stats.base import array_stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.design import conditioned

PLACE = Path(__file__).with_name("references.json")
CHAINS, DRAWS, WARMUP, SEED = 4, 20000, 2000, 20
OUTCOMES = {"over_training": "loss_c4", "chinchilla": "loss", "coupled": "loss_c4"}


def table(name):
    """The bundled runs that a law is fitted on."""
    if name == "chinchilla":
        return bs.load_runs("hoffmann2022").sort_values("loss").iloc[:-5]
    return bs.load_runs("gadre2024", where="dataset == 'redpajama' and N < 5e8")


def data(name):
    """The same as arrays."""
    return conditioned(bs.find_law(name), table(name), OUTCOMES[name], None, {})


def rests_on(name):
    """What determines the posterior: priors, formula and noise as text; the runs as a hash.

    The hash is of ten digits of every number, equal on all machines.
    """
    law, runs = bs.find_law(name), table(name)[[*bs.find_law(name).inputs, OUTCOMES[name]]]
    text = runs.to_csv(index=False, float_format="%.9e")
    noise = str(law.noise).split("; beyond the training runs")[
        0
    ]  # a drift is no part of the posterior
    return {
        "formula": law.formula,
        "noise": noise,
        "priors": {q.sampled: str(q.prior) for q in law.sites},
        "runs": hashlib.sha256(text.encode()).hexdigest(),
    }


def ess(values):
    """Effective sample size of the mean of (chains, draws)."""
    return float(array_stats.ess(values, chain_axis=0, draw_axis=1, method="mean"))


def answer(draws):
    """Mean, sd, 5 and 95% quantiles of (chains, draws), each with its Monte-Carlo error.

    The sd's error comes through the effective sample size of the squared deviations, a quantile's
    through that of the indicator of lying below it, as an error of the probability.
    """
    mean, sd = draws.mean(), draws.std()
    squares, quantiles = (draws - mean) ** 2, np.quantile(draws, [0.05, 0.95])
    errors = [sd / np.sqrt(ess(draws)), squares.std() / (2 * sd * np.sqrt(ess(squares)))]
    errors += [np.sqrt(0.05 * 0.95 / ess((draws <= q).astype(float))) for q in quantiles]
    return {
        "values": [float(v) for v in (mean, sd, *quantiles)],
        "errors": [float(e) for e in errors],
    }


def reference(name):
    """The long run of one law."""
    import jax
    from numpyro.infer import MCMC, NUTS, init_to_median

    with float64():
        kernel = NUTS(
            bs.find_law(name).model,
            dense_mass=True,
            target_accept_prob=0.98,
            init_strategy=init_to_median(),  # a start far in a tail can trap a chain
        )
        mcmc = MCMC(
            kernel,
            num_warmup=WARMUP,
            num_samples=DRAWS,
            num_chains=CHAINS,
            chain_method="sequential",
            progress_bar=False,
        )
        mcmc.run(jax.random.key(SEED), data(name))
        draws = {
            site: np.asarray(values)
            for site, values in mcmc.get_samples(group_by_chain=True).items()
        }
        diverging = int(np.sum(mcmc.get_extra_fields()["diverging"]))
    rhat = max(
        float(array_stats.rhat(values, chain_axis=0, draw_axis=1)) for values in draws.values()
    )
    return {
        "rests_on": rests_on(name),
        "rhat": rhat,
        "diverging": diverging,
        "least_ess": min(map(ess, draws.values())),
        "sites": {site: answer(values) for site, values in draws.items()},
    }


def main():
    """Make and write all of them."""
    about = {
        "sampler": "numpyro NUTS, dense metric, target acceptance 0.98",
        "chains": CHAINS,
        "draws": DRAWS,
        "warmup": WARMUP,
        "seed": SEED,
        "answers": "mean, sd, 5% and 95% quantile; "
        "errors of the quantiles are of the probability below them",
        "versions": {
            package: version(package) for package in ("bayes-scaling", "numpyro", "jax", "numpy")
        },
    }
    laws = {name: reference(name) for name in OUTCOMES}
    text = json.dumps({"about": about, "laws": laws}, indent=1)
    PLACE.write_text(text + "\n", encoding="utf-8")
    for name, law in laws.items():
        print(
            f"{name}: R-hat {law['rhat']:.4f}, least ESS {law['least_ess']:.0f}, "
            f"{law['diverging']} divergences"
        )


if __name__ == "__main__":
    main()
