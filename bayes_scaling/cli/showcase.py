"""The main job on the bundled data: ``python -m bayes_scaling.cli.showcase``.

RedPajama runs of at most 411M parameters foretell the C4-eval loss and the 17-task error of two runs
that were really trained (Gadre et al. 2024, arXiv 2403.08540): 1.4B parameters at M = 640 tokens per
parameter, and 6.9B at M = 20. Beside the paper's law the coupled one, and the paper's own few points.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import FitWarning
from bayes_scaling._core.messages import listed
from bayes_scaling.reporting.report import report
from bayes_scaling.results.chain import chain
from bayes_scaling.results.fitting import fit
from bayes_scaling.runs.load import load_runs
from bayes_scaling.runs.targets import targets
from bayes_scaling.validation.backtest import backtest

LOSS, ERROR = "loss_c4", "error_17"


def corpus(name="redpajama"):
    """Runs of one corpus: (all of at most 411M parameters, the two headline runs that are foretold)."""
    runs = load_runs("gadre2024", where=f"dataset == '{name}'")
    small, big = runs[runs["N"] < 5e8], runs[runs["N"] > 1e9]
    return small, big[(big["M"] > 21) | (big["N"] > 5e9)]


def paper_points(name="redpajama"):
    """The paper's own training runs: five for the loss, and one more, 1.4B at M = 20, for the error."""
    runs = load_runs("gadre2024", where=f"dataset == '{name}'")
    ratio = runs["M"].round()
    five = (runs["N"] < 5e8) & ((ratio == 20) | ((ratio == 320) & (runs["N"] < 2e7)))
    sixth = (runs["N"].between(1e9, 2e9)) & (ratio == 20)
    return runs[five], runs[five | sixth]


def shown(table):
    """A forecast against what was measured, as text."""
    table = table[["N", "M", "median", "lower", "upper", "measured", "inside", "off", "width"]]
    formats = {"N": "{:.2e}", "M": "{:.0f}", "off": "{:+.1f}%", "width": "{:.1f}%"} | dict.fromkeys(
        ("median", "lower", "upper", "measured"), "{:.3f}"
    )
    text = pd.DataFrame(
        {
            key: table[key].map(formats[key].format) if key in formats else table[key]
            for key in table
        }
    )
    return "    " + text.rename(columns={"lower": "5%", "upper": "95%"}).to_string(
        index=False
    ).replace("\n", "\n    ")


def answer(law, loss_runs, error_runs, big):
    """Print and return the loss fit, the chain, and both judged tables of one law and one choice of runs."""
    loss = fit(law, loss_runs, y=LOSS)
    error = fit("perplexity_to_error", error_runs, y=ERROR, L=LOSS)
    both, to = chain(loss, error), targets(big[["N", "D"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # the diagnosis is printed below
        tables = loss.forecast(to).against(big[LOSS]), both.forecast(to).against(big[ERROR])
    print(
        f"  loss on the C4 eval set, nats/token ({len(loss_runs)} training runs)\n{shown(tables[0])}"
    )
    print(
        f"  top-1 error, mean of 17 tasks ({len(error_runs)} training runs), through the chain\n{shown(tables[1])}"
    )
    print("  " + str(both.diagnosis).replace("\n", "\n  ") + "\n")
    return loss, both, tables


def figure(laws, big, place):
    """Loss and error against compute for one law a row, written to ``place``."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    to = targets(big[["N", "D"]])
    with plot.style(), warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        drawn, axes = plt.subplots(len(laws), 2, figsize=(13, 4.8 * len(laws)))
        for row, (loss, both, _) in zip(np.atleast_2d(axes), laws):
            plot.curve(loss, to, measured=big[LOSS], ax=row[0])
            plot.curve(both, to, measured=big[ERROR], ax=row[1])
        place.parent.mkdir(parents=True, exist_ok=True)
        drawn.savefig(
            place, dpi=100, metadata=plot.metadata(drawn, "png") if place.suffix == ".png" else None
        )
        plt.close(drawn)


def held_out():
    """The over-training law on the other two corpora and eight validation sets: runs up to the compute of RedPajama's small ones, and up to a tenth of it, foretell the larger."""
    runs, small = load_runs("gadre2024", where="dataset != 'redpajama'"), corpus()[0]
    losses = [
        column for column in runs if column.startswith("loss_") and not column.endswith("_se")
    ]
    largest = small["C"].max() * 1.01
    return backtest(
        "over_training", runs, losses, by="C", group="dataset", cutoffs=[largest / 10, largest]
    )


def page(both, others, tried, big, place):
    """The report on the error of the two runs, as HTML and as Markdown: by one chain of laws, beside others, with forecasts that were held against the truth."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        made = report(
            both, targets(big[["N", "D"]]), place, measured=big[ERROR], runs="gadre2024", why="only RedPajama runs of less than 0.5B parameters were asked for, and the two targets are among those left out",
            backtest=tried, comparison=others, title="Downstream error of two large runs on RedPajama, foretold from small ones", command="python -m bayes_scaling.cli.showcase",
        )  # fmt: skip
    made.save(place.with_suffix(".md"))


def main(arguments=None):
    """Print the main job and draw its figure."""
    options = argparse.ArgumentParser(
        prog="python -m bayes_scaling.cli.showcase", description=__doc__.splitlines()[0]
    )
    options.add_argument(
        "--figure", type=Path, default=Path("out/forecast.png"), help="where the figure goes"
    )
    place = options.parse_args(arguments).figure
    small, big = corpus()
    five, six = paper_points()
    print(
        "RedPajama runs of at most 411M parameters foretell runs of 1.4B and 6.9B that were really trained."
    )
    print(
        "Medians and 90% intervals of a new run; 'off' is the median against what was measured, 'width' the interval's.\n"
    )
    print(
        "Over-training law of Gadre et al. 2024: L(C, M) = E + (a M^eta + b M^-eta) C^-eta, all small runs"
    )
    over = answer("over_training", small, small, big)
    print("Coupled law: L(N, D) = E + (A/N^alpha_N + B/D^alpha_D)^k, all small runs")
    coupled = answer("coupled", small, small, big)
    k = coupled[0].flat("k")["k"]
    low, high = np.quantile(k, [0.05, 0.95])
    print(
        f"  coupling exponent k: median {np.median(k):.2f}, 90% interval {low:.2f} to {high:.2f}; P(k < 1) = {(k < 1).mean():.3f}"
    )
    print("  (k = 1 is Chinchilla's law; below 1, parameters and data help one another)\n")
    print(
        "What few points cost: the over-training law on the paper's own five runs (loss) and six (error)"
    )
    few = answer("over_training", five, six, big)
    ratio = few[2][0]["width"].to_numpy() / over[2][0]["width"].to_numpy()
    print(
        f"  With {len(five)} runs in place of {len(small)} the loss intervals are {listed(dict.fromkeys(f'{value:.1f}' for value in sorted(ratio)), 'to')} times as wide.\n"
    )
    figure([over, coupled], big, place)
    tried = held_out()
    print(
        f"Held out for the report: the over-training law on the other two corpora, runs up to {tried.forecasts['origin'].min():.1e} or {tried.forecasts['origin'].max():.1e} FLOPs foretell the larger ones"
    )
    print(
        f"  {len(tried.forecasts)} forecasts of eight losses: 90% intervals held {tried.forecasts['in_90'].mean():.0%}, 50% intervals {tried.forecasts['in_50'].mean():.0%}\n"
    )
    page(
        over[1],
        {"coupled": coupled[1], "over_training on the paper's own few runs": few[1]},
        tried,
        big,
        place.with_name("report.html"),
    )
    print(f"Figure: {place}")
    print(f"Report: {place.with_name('report.html')}")


if __name__ == "__main__":
    main()
