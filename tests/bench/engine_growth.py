"""Part ``growth`` of ``engine.py``: cost by points, data sets, groups and parameters, warm."""

import tempfile
from functools import partial
from statistics import median

import numpy as np
import pandas as pd
from engine_common import alone, check, many, panels, simulated
from measure import quality, table, timed


def growth(repeats, quick):
    """Cost by points, by data sets, by parameters; warm."""
    from simulate import published, simulate

    import bayes_scaling as bs
    from bayes_scaling.inference.density import Density
    from bayes_scaling.inference.design import padded
    from bayes_scaling.inference.sampler import sample

    def costs(call, seconds=100.0):
        """CPU seconds, median of as many warm calls as ``seconds`` allow; how many; and the last
        result. Where the first call takes longer than that it is the one that counts: compiling is
        then a small part of it."""
        made, busy, _ = timed(call, 0)
        spent = [busy] if busy > seconds else []
        while not spent or (len(spent) < repeats and sum(spent) < seconds):
            made, busy, _ = timed(call, len(spent) + 1)
            spent.append(busy)
        return median(spent), len(spent), made

    law, rng = bs.find_law("chinchilla"), np.random.default_rng(0)

    def sampling(law, runs, **ask):
        density, data = Density(law), padded(bs.design(law, runs, **ask))
        busy, calls, made = costs(lambda seed: sample(density, data, seed=seed))
        return busy, calls, made.attempts, float(made.stats["n_steps"].mean()), quality(made.theta)

    rows = []
    for points in (10, 100, 1000, 10_000) if quick else (10, 100, 1000, 10_000, 100_000):
        runs = pd.DataFrame(
            {
                "N": np.exp(rng.uniform(np.log(5e7), np.log(1.6e10), points)),
                "D": np.exp(rng.uniform(np.log(5e8), np.log(3e11), points)),
            }
        )
        runs["loss"] = np.asarray(law.mean(runs, **published(law))) * np.exp(
            0.005 * rng.standard_t(4, points)
        )
        busy, calls, attempts, steps, (rhat, ess) = sampling(law, runs, y="loss")
        rows.append(
            (
                f"{points:,}",
                busy,
                1e6 * busy / points,
                attempts,
                steps,
                f"{rhat:.3f}",
                ess,
                str(calls),
            )
        )
    table(
        "Growth with points: Chinchilla's law, 4 chains x 1000 draws, sampling",
        (
            "points",
            "CPU s",
            "microseconds a point",
            "attempts",
            "leapfrogs a draw",
            "R-hat",
            "ESS",
            "calls",
        ),
        rows,
    )
    check(
        "growth: CPU s of the last tenfold of points, over tenfold",
        rows[-1][1] / rows[-2][1] / 10,
        1,
        least=False,
    )
    panels["CPU s by points"] = {
        "one fit": ([int(row[0].replace(",", "")) for row in rows], [row[1] for row in rows])
    }

    rows = []
    for count in (1, 10, 100, 1000) if quick else (1, 10, 100, 1000, 10_000):
        busy, calls, _ = costs(partial(many, count))
        rows.append((f"{count:,}", busy, busy / count, str(calls)))
    table(
        "Growth with data sets: fit_many, 12 points, 4 parameters, 2 chains x 500 draws",
        ("data sets", "CPU s", "CPU s a fit", "calls"),
        rows,
    )
    with tempfile.TemporaryDirectory() as folder:
        held = alone("many, a tenth" if quick else "many", folder)[0]
    print(
        f"\nPeak memory of a fresh process with {1000 if quick else 10_000:,} data sets: "
        f"{held:,.0f} MiB"
    )
    if not quick:
        check("growth: MiB with 10,000 data sets", held, 2048, least=False)
    panels["CPU s by data sets"] = {
        "fit_many": ([int(row[0].replace(",", "")) for row in rows], [row[1] for row in rows])
    }

    rows = []
    for count in (4, 8) if quick else (5, 10, 20, 40):
        runs = simulated(count)
        busy, calls, made = costs(
            lambda seed, runs=runs: bs.fit("power_law_floor", runs, "loss", group="set", seed=seed)
        )
        numbers = made.diagnosis.numbers
        rows.append((str(count), busy, busy / count, f"{numbers['rhat']:.3f}", str(calls)))
    table(
        "Growth with groups: one pooled fit of power_law_floor, 12 points a group, 4 chains x 1000 "
        "draws",
        ("groups", "CPU s", "CPU s a group", "R-hat", "calls"),
        rows,
    )
    panels["CPU s by groups"] = {
        "pooled fit": ([int(row[0]) for row in rows], [row[1] for row in rows])
    }

    rows = []
    names = ["compute_optimal_allocation", "power_law_floor", "chinchilla", "precision_train"]
    names = (
        names
        if quick
        else [
            "compute_optimal_allocation",
            "power_law",
            "power_law_floor",
            "over_training",
            "chinchilla",
            "coupled",
            "fine_grained_moe",
            "precision_train",
            "farseer",
            "moe_sparsity",
            "video_vlm",
        ]
    )
    for name in names:
        law = bs.find_law(name)
        busy, calls, attempts, steps, (rhat, ess) = sampling(law, simulate(law, 0, 0.005))
        rows.append(
            (
                name,
                str(len(law.sites)),
                busy,
                attempts,
                steps,
                f"{rhat:.3f}",
                ess,
                ess / busy,
                str(calls),
            )
        )
    table(
        "Growth with parameters: laws on their own example designs, 4 chains x 1000 draws, "
        "sampling",
        (
            "law",
            "sampled parameters",
            "CPU s",
            "attempts",
            "leapfrogs a draw",
            "R-hat",
            "ESS",
            "ESS per CPU s",
            "calls",
        ),
        rows,
    )
    panels["CPU s by parameters"] = {
        "one fit": ([int(row[1]) for row in rows], [row[2] for row in rows])
    }
