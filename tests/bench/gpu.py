"""Thousands of fits on an accelerator beside the CPU: ``python tests/bench/gpu.py [--sets N ...]``.

The program of many fits with all chains of all data sets at once (``vmap``), as it runs on a GPU,
against the CPU's own way, HMC in lockstep and NUTS chain by chain. It runs where there is no GPU
too: the first JAX device then stands in for it, which tests the script and says nothing of speed.

Printed: fits per second of wall time once compiled, the seconds that compiling takes, the number of
fits from which the accelerator is ahead of the CPU, compiling counted, and how far its posteriors
are from the CPU's in Monte-Carlo errors. The script ends with 1 where they differ.
"""

import argparse
import sys
import time
from functools import partial
from pathlib import Path

import jax
import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests" / "support"))
from many_runs import LAW, curves  # noqa: E402

from bayes_scaling._core.jax_config import float64  # noqa: E402
from bayes_scaling.inference.block_sampler import BlockSampler  # noqa: E402
from bayes_scaling.inference.convergence import quick_ess  # noqa: E402
from bayes_scaling.inference.density import Density  # noqa: E402
from bayes_scaling.inference.design import design, padded  # noqa: E402
from bayes_scaling.inference.program_runner import ProgramRunner  # noqa: E402
from bayes_scaling.inference.sampler import sample_many  # noqa: E402

SAMPLING = {"chains": 2, "draws": 500, "warmup": 200}
FAR = 5.0  # Monte-Carlo errors, of thousands of means


def data_sets(count):
    """Simulated tables of 12 runs, stacked."""
    tables = curves(count).groupby("curve", sort=False)
    rows = [padded(design(LAW, part)) for _, part in tables]
    return jax.tree.map(lambda *arrays: np.stack(arrays), *rows)


def all_at_once(rows, seeds, device):
    """One attempt of NUTS, chains and data sets in one ``vmap``: retries would be as slow as the
    slowest data set."""
    runner = ProgramRunner(len(seeds), device)
    runner.vectorized = True
    options = {"draws": SAMPLING["draws"], "warmup": SAMPLING["warmup"], "runner": runner}
    with float64():
        sampler = BlockSampler(Density(LAW), rows, seeds, **options)
        fits = sampler.first_states(SAMPLING["chains"], None)
        sampler.extend(fits)
    return [fit.collect() for fit in fits]


def on_cpu(hmc, rows, seeds, device):
    """As the package samples on a CPU; NUTS one attempt too, HMC until its draws pass."""
    return sample_many(Density(LAW), rows, seeds, device=device, hmc=hmc, retries=False, **SAMPLING)


def timed(sample, rows, count, device):
    """Draws (sets, chains, draws, size), wall seconds of a first call and of a second."""
    spent = []
    for seed in (0, 1):
        start = time.perf_counter()
        draws = sample(rows, seed * count + np.arange(count), device)
        spent.append(time.perf_counter() - start)
    return np.stack([fit.theta for fit in draws]), *spent


def apart(one, two):
    """Largest difference of means over its Monte-Carlo error, and the sd of all of them.

    Of coordinates with 100 independent draws and more in both: errors of the others are unknown.
    """
    means, errors, sound = [], [], True
    for theta in (one, two):
        flat, ess = theta.reshape(len(theta), -1, theta.shape[-1]), quick_ess(theta)
        means.append(flat.mean(axis=1))
        errors.append(flat.std(axis=1) / np.sqrt(ess))
        sound &= ess > 100
    z = ((means[0] - means[1]) / np.hypot(*errors))[sound]
    return float(np.abs(z).max()), float(z.std()), float(np.mean(sound))


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sets", type=int, nargs="+", default=[250, 1000, 4000])
    counts = parser.parse_args().sets
    cpu, device = jax.local_devices(backend="cpu")[0], jax.local_devices()[0]
    stands_in = device.platform == "cpu"
    print(
        f"accelerator: {device.device_kind}"
        + (" (a CPU stands in: nothing here is a GPU's speed)" if stands_in else "")
    )
    lines, worst = [], 0.0
    for count in counts:
        rows = data_sets(count)
        ways = {
            "all at once": (all_at_once, device),
            "CPU, NUTS": (partial(on_cpu, False), cpu),
            "CPU, HMC in lockstep": (partial(on_cpu, True), cpu),
        }
        made = {name: timed(way, rows, count, where) for name, (way, where) in ways.items()}
        for name, (_, first, second) in made.items():
            lines.append((count, name, count / second, max(first - second, 0.0)))
        far, spread, share = apart(made["all at once"][0], made["CPU, NUTS"][0])
        worst = max(worst, far)
        print(
            f"{count} data sets: means apart at most {far:.1f} Monte-Carlo errors, sd"
            f" {spread:.2f} ({share:.1%} of them judged)"
        )
    columns = ["data sets", "how", "fits per s", "s to compile"]
    table = pd.DataFrame(lines, columns=columns)
    print(table.to_string(index=False, float_format=lambda value: f"{value:.3g}"))
    for name in ("CPU, NUTS", "CPU, HMC in lockstep"):
        print(f"break-even with {name}: {break_even(table, name)}")
    return int(worst > FAR)


def break_even(table, name):
    """Number of fits from which the accelerator has ended first, with compiling on both sides."""
    last = table[table["data sets"] == table["data sets"].max()].set_index("how")
    own, other = last.loc["all at once"], last.loc[name]
    gained = 1 / other["fits per s"] - 1 / own["fits per s"]  # seconds a fit
    if gained <= 0:
        return "never at this speed"
    return f"{max(0.0, own['s to compile'] - other['s to compile']) / gained:,.0f} fits"


if __name__ == "__main__":
    sys.exit(main())
