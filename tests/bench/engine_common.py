"""What the parts of ``engine.py`` share: data, calls, processes, figures held to, the plot."""

import sys
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import peers
from measure import fresh, quality

ROOT = Path(__file__).parents[2]
ENGINE = Path(__file__).with_name("engine.py")
sys.path.append(str(ROOT / "tests" / "support"))
TUNES, CORES = (200, 300, 400), (1, 2)
checks = []  # (what, measured, wanted, whether it is met)
panels = {}  # title -> {label: (places, values)}


def check(what, value, wanted, *, least=True):
    """Note a figure that the engine is held to."""
    checks.append(
        (
            what,
            value,
            f"{'at least' if least else 'at most'} {wanted:g}",
            "met" if (value >= wanted if least else value <= wanted) else "MISSED",
        )
    )


def hoffmann():
    """240 points: the five highest losses are dropped, as Besiroglu et al. 2024 (arXiv 2404.10102)
    do."""
    runs = pd.read_csv(ROOT / "data" / "hoffmann2022.csv")
    return runs[runs["loss"] < runs["loss"].nlargest(5).min()].reset_index(drop=True)


def simulated(sets, points=12, seed=0):
    """Data sets of a power law with a floor, identified by the column ``set``."""
    rng = np.random.default_rng(seed)
    E, alpha, A = (
        rng.uniform(low, high, (sets, 1)) for low, high in ((1.5, 2.2), (0.1, 0.25), (0.5, 1.5))
    )
    C = np.geomspace(1e18, 1e21, points)
    loss = (E + A * (C / C[points // 2]) ** -alpha) * np.exp(
        0.005 * rng.standard_t(4, (sets, points))
    )
    return pd.DataFrame(
        {"set": np.repeat(np.arange(sets), points), "C": np.tile(C, sets), "loss": loss.ravel()}
    )


def many(count, seed=0):
    """``fit_many`` of simulated data sets."""
    import bayes_scaling as bs

    return bs.fit_many(
        "power_law_floor",
        simulated(count),
        y="loss",
        by="set",
        noise=bs.Noise(grows=False),
        seed=seed,
        progress=False,
    )


def whole(runs, seed):
    """A fit with everything made that is made late."""
    import bayes_scaling as bs

    fit = bs.fit("chinchilla", runs, y="loss", seed=seed)
    return fit, fit.tree, fit.diagnosis


def numpyro(law, warmup, draws, chains):
    """NumPyro's MCMC of the law's own model."""
    return peers.NumPyro(law.model, warmup=warmup, draws=draws, chains=chains)


def alone_numpyro():
    import bayes_scaling as bs

    numpyro(bs.find_law("chinchilla"), 300, 1000, 4).sample(
        bs.design("chinchilla", hoffmann(), y="loss"), 0
    )


ALONE = {  # what a fresh process does from import to result
    "bayes_scaling": lambda: whole(hoffmann(), 0),
    "nutpie": lambda: peers.Nutpie("chinchilla", peers.arrays("chinchilla", hoffmann())).sample(
        draws=1000, chains=4, tune=300, cores=2, seed=0
    ),
    "numpyro": alone_numpyro,
    "bootstrap": lambda: peers.bootstrap(hoffmann(), 1000, 0),
    "many": lambda: many(10_000),
    "many, a tenth": lambda: many(1000),
}


def alone(name, folder):
    """A fresh process with its caches in ``folder``: peak memory in MiB, CPU seconds, wall
    seconds."""
    caches = {
        "BAYES_SCALING_CACHE": folder,
        "PYTENSOR_FLAGS": f"base_compiledir={folder}",
        "NUMBA_CACHE_DIR": folder,
    }
    caches |= (
        {"JAX_COMPILATION_CACHE_DIR": folder, "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
        if name == "numpyro"
        else {}
    )
    printed, busy, wall = fresh([str(ENGINE), "--alone", name], **caches)
    return float(printed.split()[-1]), busy, wall


def scored(made, read):
    """Of runs [(result, CPU s, wall s), ...]: medians of ESS per CPU s, ESS, CPU s, wall s; the
    worst R-hat, the most divergences. A bootstrap, which has nothing to ``read``, counts a refit
    as a draw."""
    busy, wall = (median(run[i] for run in made) for i in (1, 2))
    if read is None:
        return (
            median(len(result) / spent for result, spent, _ in made),
            float(len(made[0][0])),
            busy,
            wall,
            None,
            None,
        )
    got = [read(result) for result, *_ in made]
    rhat, ess = zip(*(quality(draws) for draws, _ in got))
    return (
        median(e / spent for e, (_, spent, _) in zip(ess, made)),
        median(ess),
        busy,
        wall,
        max(rhat),
        max(float(lost) for _, lost in got),
    )


def draw(place):
    """The panels that were measured, as one figure."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(
        1, len(panels), figsize=(4.2 * len(panels), 3.6), squeeze=False, layout="constrained"
    )
    for ax, (title, series) in zip(axes.flat, panels.items()):
        if all(places is None for places, _ in series.values()):
            ax.barh(
                list(series),
                [value for _, value in series.values()],
                color=["tab:blue" if name.startswith("bayes") else "0.7" for name in series],
            )
            ax.invert_yaxis()
            ax.set_xscale("log")
        else:
            for label, (places, values) in series.items():
                ax.plot(places, values, "o-", label=label)
            ax.set_yscale("log")
            ax.set_xscale("linear" if title.endswith("parameters") else "log")
        ax.set_title(title, fontsize=10)
    place.parent.mkdir(exist_ok=True)
    figure.savefig(place, dpi=150)
    print(f"\nPlot: {place.relative_to(ROOT)}")
