"""Part ``one`` of ``engine.py``: one posterior, warm and from a cold start."""

import tempfile
from functools import partial
from statistics import median

import numpy as np
import peers
from engine_common import CORES, TUNES, alone, check, hoffmann, numpyro, panels, scored, whole
from measure import apart, in_turn, table


def one(repeats, quick):
    """One posterior, warm and from a cold start."""
    import bayes_scaling as bs
    from bayes_scaling.inference.density import Density
    from bayes_scaling.inference.design import padded
    from bayes_scaling.inference.sampler import sample

    runs, law = hoffmann(), bs.find_law("chinchilla")
    names, data = [q.sampled for q in law.sites], bs.design(law, runs, y="loss")
    density, room = Density(law), padded(data)

    def stacked(draws):
        return np.stack([draws[name] for name in names], axis=-1)

    nutpie = peers.Nutpie("chinchilla", peers.arrays("chinchilla", runs))
    ways = {
        "bayes_scaling, sampling": (
            lambda seed: sample(density, room, seed=seed),
            lambda made: (made.theta, made.health["diverging"]),
        ),
        "bayes_scaling, whole fit": (
            partial(whole, runs),
            lambda made: (stacked(made[0].posterior), made[0].diagnosis.numbers["diverging"]),
        ),
    }
    for tune in TUNES:
        for cores in CORES:
            ask = partial(nutpie.sample, draws=1000, chains=4, tune=tune, cores=cores)
            for what, raw in (("sampling", True), ("whole call", False)):
                ways[f"nutpie, {what}, {tune} tuning steps, cores={cores}"] = (
                    lambda seed, ask=ask, raw=raw: ask(seed=seed, return_raw_trace=raw),
                    lambda trace: nutpie.read(trace, names),
                )
    for warmup in (1000, 300):
        ways[f"NumPyro MCMC, {warmup} warm-up"] = (
            partial(numpyro(law, warmup, 1000, 4).sample, data),
            lambda made: (stacked(made[0]), made[1]),
        )
    refits = 100 if quick else 1000
    ways[f"bootstrap, {refits} refits"] = (partial(peers.bootstrap, runs, refits), None)
    made = in_turn({name: call for name, (call, _) in ways.items()}, repeats)
    lines = {name: scored(made[name], read) for name, (_, read) in ways.items()}
    best = {
        what: max(
            (name for name in lines if name.startswith(what)), key=lambda name: lines[name][0]
        )
        for what in ("nutpie, sampling", "nutpie, whole call", "NumPyro MCMC")
    }
    starts = {
        "bayes_scaling, whole fit": "bayes_scaling",
        best["nutpie, whole call"]: "nutpie",
        "NumPyro MCMC, 300 warm-up": "numpyro",
        f"bootstrap, {refits} refits": "bootstrap",
    }
    cold = {name: [] for name in starts}
    for _ in range(repeats):
        for name, process in starts.items():
            with tempfile.TemporaryDirectory() as folder:
                cold[name].append([alone(process, folder) for _ in range(2)])
    rows = []
    for name, line in lines.items():
        if name.startswith("nutpie") and name not in best.values():
            continue
        begun = (
            [
                f"{median(pair[at][1] for pair in cold[name]):.1f} / "
                f"{median(pair[at][2] for pair in cold[name]):.1f}"
                for at in (0, 1)
            ]
            if name in cold
            else [None] * 2
        )
        rows.append(
            (
                name,
                *line[:4],
                *begun,
                median(max(pair[0][0], pair[1][0]) for pair in cold[name])
                if name in cold
                else None,
                line[4] and f"{line[4]:.3f}",
                line[5],
            )
        )
    head = (
        "how",
        "ESS per CPU s",
        "ESS",
        "CPU s warm",
        "wall s warm",
        "cold start, no cache: CPU / wall s",
        "cold start, warm cache: CPU / wall s",
        "peak MiB",
        "R-hat, worst",
        "divergences, most",
    )
    table(
        "One posterior: Chinchilla's law, 240 points, 4 chains x 1000 draws (nutpie: best of "
        f"{len(TUNES) * len(CORES)} settings; a refit counts as one draw, though of no posterior)",
        head,
        rows,
    )

    def drawn(name):
        return np.concatenate([ways[name][1](result)[0] for result, *_ in made[name]])

    gaps = [
        (name, *apart(drawn("bayes_scaling, whole fit"), drawn(name)))
        for name in (best["nutpie, whole call"], "NumPyro MCMC, 1000 warm-up")
    ]
    table(
        "The same posterior? bayes_scaling against",
        (
            "peer",
            "means apart, sds (worst)",
            "in Monte-Carlo errors",
            "sds apart, fraction (worst)",
        ),
        gaps,
    )
    check(
        "one: sampling, ESS per CPU s over nutpie's",
        lines["bayes_scaling, sampling"][0] / lines[best["nutpie, sampling"]][0],
        3,
    )
    check(
        "one: sampling, ESS per CPU s over the whole nutpie call's",
        lines["bayes_scaling, sampling"][0] / lines[best["nutpie, whole call"]][0],
        3,
    )
    check(
        "one: sampling, ESS per CPU s over NumPyro MCMC's",
        lines["bayes_scaling, sampling"][0] / lines[best["NumPyro MCMC"]][0],
        40,
    )
    check(
        "one: whole fit, ESS per CPU s over the whole nutpie call's",
        lines["bayes_scaling, whole fit"][0] / lines[best["nutpie, whole call"]][0],
        2.5,
    )
    shown = {
        "bayes_scaling, sampling": "bayes_scaling, sampling",
        "bayes_scaling, whole fit": "bayes_scaling, whole fit",
        **best,
    }
    panels["ESS per CPU second, 240 points"] = {
        label: (None, lines[name][0]) for label, name in shown.items()
    }
