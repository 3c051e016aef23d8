"""Which laws HMC in lockstep is calibrated for: ``python tests/bench/lane_laws.py [LAW[:0] ...]``.

Each law, with its own noise and with three others, is tried on its example design: tables are
simulated from the prior and fitted by HMC and by NUTS. A form of the posterior goes on the list,
``bayes_scaling/inference/lane_laws.py``, where all of this holds, which was fixed before any was
tried:

1. at least 90% of the tables are sampled by HMC to the end, and 98% of the fits converge;
2. ranks of the true values among HMC's draws are uniform, by the test of ``calibrate``;
3. means and log sds of HMC and NUTS differ, over all tables and quantities, as two runs of NUTS
   do: the sd of the differences over their Monte-Carlo errors is at most 1.15 times that of NUTS
   against NUTS of another seed, and the mean difference is within 4 standard errors of 0;
4. HMC takes at most two thirds of NUTS's CPU seconds.

The test of ranks rejects one correct form in twenty: such a one is left to NUTS too, and not tried
again with other seeds. The rest stays with NUTS. Named laws, or variants, are tried alone; their
entries are replaced.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
from measure import timed

import bayes_scaling as bs
from bayes_scaling.inference import lane_choice, lane_laws
from bayes_scaling.inference.convergence import quick_ess
from bayes_scaling.results.fits_health import fits_health
from bayes_scaling.validation import sbc
from bayes_scaling.validation.sbc_design import simulation_design
from bayes_scaling.validation.sbc_simulation import rank_true_values, simulate_tables

sys.path.append(str(Path(__file__).parents[1] / "support"))
from lane_probe import LANE_NAMES, example, probe, variants  # noqa: E402

PLACE = Path(lane_laws.__file__)
SIMS = 128
SAMPLING = {"chains": 2, "draws": 500, "warmup": 200}
HEAD = '''"""Posteriors that HMC in lockstep may sample: see ``lane_choice``.

Written by ``tests/bench/lane_laws.py``, which states what each had to pass: do not edit.
"""

# form of the posterior: its log density at a fixed point, which changes where the law does
LANE_LAWS = {
'''


def fitted(law, chunks, seeds, sampler):
    """Fits of the simulated tables and their CPU seconds, compiling left out."""
    how = (SAMPLING | {"sampler": sampler}, None, {}, None, False)
    sbc._fit(law, chunks[:1], seeds[: len(chunks[0][0])], *how)
    fits, busy, _ = timed(sbc._fit, law, chunks, seeds, *how)
    return fits, busy


def differences(one, two):
    """Differences of means, and of log sds, over their Monte-Carlo errors."""

    def moments(theta):
        flat = theta.reshape(len(theta), -1, theta.shape[-1])
        squares = (theta - flat.mean(axis=1)[:, None, None]) ** 2
        ess, ess_squares = quick_ess(theta), quick_ess(squares)
        sd, fourth = flat.std(axis=1), squares.reshape(flat.shape).std(axis=1)
        errors = fourth / (2 * sd**2 * np.sqrt(ess_squares))
        return flat.mean(axis=1), sd / np.sqrt(ess), np.log(sd), errors

    a, b = moments(one), moments(two)
    return [(a[i] - b[i]) / np.hypot(a[i + 1], b[i + 1]) for i in (0, 2)]


def judged(law):
    """What a law with its noise falls short of (empty where it passes), and its figures."""
    data, _ = simulation_design(law, example(law).drop(columns=law.outcome), None, None, None, {})
    true_theta, tables, _ = simulate_tables(law, data, SIMS, 0)
    chunks = sbc._chunks([sbc.padded(data | {"z": z}) for z in tables])
    seeds = list(range(SIMS))
    lane_laws.LANE_LAWS.setdefault(lane_choice.lane_signature(law), 0.0)
    hmc, busy_hmc = fitted(law, chunks, seeds, "auto")
    nuts, busy_nuts = fitted(law, chunks, seeds, "nuts")
    other, _ = fitted(law, chunks, [seed + SIMS for seed in seeds], "nuts")
    health = fits_health(hmc)
    share, ok = (health["sampler"] == "hmc").mean(), health["ok"].mean()
    ranks = rank_true_values(law, true_theta, hmc.theta, chunks, health["ok"].to_numpy())
    calibration = bs.Calibration(ranks, law.name, len(data["u"]), 0, 0.05)
    both = health["ok"] & fits_health(nuts)["ok"] & fits_health(other)["ok"]
    theirs, own = (differences(fits.theta[both], nuts.theta[both]) for fits in (hmc, other))
    wide = max(a.std() / b.std() for a, b in zip(theirs, own))
    off = max(np.abs(a.mean(axis=0)).max() * np.sqrt(len(a)) / b.std() for a, b in zip(theirs, own))
    figures = {
        "by_hmc": share,
        "converged": ok,
        "smallest_p": float(calibration.table["p"].min()),
        "sd_ratio": wide,
        "bias": off,
        "cpu_ratio": busy_nuts / busy_hmc,
        "fits_per_cpu_s": SIMS / busy_hmc,
    }
    short = {
        "HMC to the end": share >= 0.9,
        "convergence": ok >= 0.98,
        "ranks": calibration.ok,
        "sd of differences": wide <= 1.15,
        "mean difference": off <= 4,
        "time": busy_nuts / busy_hmc >= 1.5,
    }
    return [name for name, met in short.items() if not met], figures


def asked(words):
    """The laws to try: NAME is all variants of a law, NAME:0 its own noise, NAME:1 and so on."""
    for word in words:
        name, _, which = word.partition(":")
        every = list(variants(bs.find_law(name)))
        yield from [every[int(which)]] if which else every


def main():
    """Try the laws and write those that pass."""
    warnings.simplefilter("ignore", bs.FitWarning)
    laws = list(asked(sys.argv[1:] or LANE_NAMES))
    forms = [lane_choice.lane_signature(law) for law in laws]
    kept = {form: value for form, value in lane_laws.LANE_LAWS.items() if form not in forms}
    for form, law in zip(forms, laws):
        short, figures = judged(law)
        text = ", ".join(f"{key} {value:.3g}" for key, value in figures.items())
        verdict = f"NUTS ({', '.join(short)})" if short else "passes"
        print(f"{form}: {verdict}: {text}", flush=True)
        if not short:
            kept[form] = probe(law)
        lines = (f"    {json.dumps(form)}: {value!r},\n" for form, value in sorted(kept.items()))
        PLACE.write_text(HEAD + "".join(lines) + "}\n")


if __name__ == "__main__":
    main()
