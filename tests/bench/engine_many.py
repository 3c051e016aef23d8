"""Part ``many`` of ``engine.py``: many small posteriors, by fits and by ESS per CPU second."""

from functools import partial
from statistics import median

import numpy as np
import pandas as pd
import peers
from engine_common import CORES, TUNES, check, many, numpyro, panels, simulated
from measure import apart, in_turn, middle, quality, table
from simulate import simulate


def sets(repeats, quick):
    """Many small posteriors: fits per second."""
    import bayes_scaling as bs

    count, some, few = (100, 10, 2) if quick else (500, 40, 3)
    law = bs.find_law("power_law_floor").with_noise(bs.Noise(grows=False))
    names, tables = (
        [q.sampled for q in law.sites],
        [part for _, part in simulated(count).groupby("set")],
    )
    points = [peers.arrays("power_law_floor", part) for part in tables[:some]]
    points = [{key: data[key] for key in ("log_C", "z", "least")} for data in points]
    designs = [bs.design(law, part, y="loss") for part in tables[:few]]
    nutpie, chains = peers.Nutpie("power_law_floor", points[0]), {"draws": 500, "chains": 2}
    ways = {"bayes_scaling, fit_many": (count, lambda seed: many(count, seed))}
    for tune in TUNES:
        for cores in CORES:
            ways[f"nutpie, {tune} tuning steps, cores={cores}"] = (
                some,
                lambda seed, tune=tune, cores=cores: [
                    nutpie.sample(data, tune=tune, cores=cores, seed=seed, **chains)
                    for data in points
                ],
            )
    kernel = numpyro(law, 300, 500, 2)
    ways["NumPyro MCMC, 300 warm-up"] = (
        few,
        lambda seed: [kernel.sample(data, seed) for data in designs],
    )
    made, rows, draws = in_turn({name: call for name, (_, call) in ways.items()}, repeats), {}, {}
    for name, (size, _) in ways.items():
        result = made[name][-1][0]
        if name.startswith("bayes"):
            values = result.draws_of_parameters(range(size))
            draws[name] = list(np.stack([values[key] for key in names], axis=-1))
            diverging, drawn = result.health["diverging"].sum(), result.health["draws"].sum()
        elif name.startswith("nutpie"):
            draws[name], lost = zip(*(nutpie.read(trace, names) for trace in result))
            diverging, drawn = sum(lost), size * 1000
        else:
            draws[name] = [np.stack([got[key] for key in names], axis=-1) for got, _ in result]
            diverging, drawn = sum(lost for _, lost in result), size * 1000
        rhat, ess = np.array([quality(a) for a in draws[name]]).T
        busy, wall = (middle(made[name], lambda *run, i=i: run[i]) for i in (1, 2))
        rows[name] = (
            name,
            str(size),
            size / wall,
            size / busy,
            median(ess) * size / busy,
            f"{np.mean(rhat < 1.02):.1%}",
            f"{diverging / drawn:.3%}",
            float(np.median(ess)),
            float(ess.min()),
        )
    head = (
        "how",
        "data sets",
        "fits per s",
        "fits per CPU s",
        "ESS per CPU s",
        "R-hat < 1.02",
        "divergences per draw",
        "least ESS, median",
        "least ESS, worst",
    )
    table(
        "Many posteriors: 12 points, 4 sampled parameters, 2 chains x 500 draws",
        head,
        rows.values(),
    )
    ours = rows["bayes_scaling, fit_many"]
    best = [
        max(
            (row for name, row in rows.items() if name.startswith("nutpie")),
            key=lambda row, i=i: row[i],
        )
        for i in (2, 3)
    ]
    gaps = np.array(
        [apart(a, b) for a, b in zip(draws["bayes_scaling, fit_many"], draws[best[1][0]])]
    )
    table(
        f"The same posteriors? bayes_scaling against {best[1][0]}",
        ("over data sets", "means apart, sds", "in Monte-Carlo errors", "sds apart, fraction"),
        [("median", *np.median(gaps, axis=0)), ("worst", *gaps.max(axis=0))],
    )
    last = rows["NumPyro MCMC, 300 warm-up"]
    check("many: fits per CPU second over nutpie's best", ours[3] / best[1][3], 10)
    check("many: fits per second over nutpie's best", ours[2] / best[0][2], 5)
    check("many: fits per second over NumPyro MCMC's", ours[2] / last[2], 200)
    check("many: fraction with R-hat < 1.02, %", float(ours[5][:-1]), 99)
    check("many: divergences, % of draws", float(ours[6][:-1]), 0.1, least=False)
    panels["Fits per CPU second, 12 points"] = {
        name.split(",")[0]: (None, row[3])
        for name, row in ((ours[0], ours), (best[1][0], best[1]), (last[0], last))
    }
    beside_nuts(repeats, quick)


def beside_nuts(repeats, quick):
    """HMC in lockstep, which ``fit_many`` takes where it is calibrated, beside NUTS alone."""
    import bayes_scaling as bs

    count, rows = 32 if quick else 128, []
    for name in ("power_law_floor", "over_training", "chinchilla"):
        law = bs.find_law(name)
        runs = pd.concat([simulate(law, i, 0.005).assign(set=i) for i in range(count)])
        ask = partial(bs.fit_many, law, runs, by="set", progress=False)
        ways = {
            sampler: lambda seed, ask=ask, sampler=sampler: ask(seed=seed, sampler=sampler)
            for sampler in ("auto", "nuts")
        }
        made, speed = in_turn(ways, repeats), {}
        for sampler, runs_made in made.items():
            health, busy = runs_made[-1][0].health, middle(runs_made, lambda *run: run[1])
            speed[sampler] = count / busy
            rows.append(
                (
                    f"{name}, {len(runs) // count} runs, sampler={sampler!r}",
                    count / busy,
                    f"{(health['sampler'] == 'hmc').mean():.0%}",
                    float(health["attempts"].mean()),
                    f"{(health['rhat'] < 1.02).mean():.1%}",
                    f"{health['diverging'].sum() / health['draws'].sum():.3%}",
                    float(health["ess"].median()),
                )
            )
        if name != "power_law_floor":
            what = f"many: {name}, fits per CPU second over those of NUTS"
            check(what, speed["auto"] / speed["nuts"], 2.5)
    head = ("what", "fits per CPU s", "by HMC", "attempts", "R-hat < 1.02", "divergences", "ESS")
    table(f"Many posteriors by HMC in lockstep and by NUTS: {count} data sets", head, rows)
