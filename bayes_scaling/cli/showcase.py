"""The main task on the bundled data: ``python -m bayes_scaling.cli.showcase``.

RedPajama runs of at most 411M parameters predict the C4-eval loss and the 17-task error of two runs
that were trained too (Gadre et al. 2024, arXiv 2403.08540): 1.4B parameters at M = 640 tokens per
parameter, and 6.9B at M = 20. The paper's law is compared with the coupled law, and all small runs
with the few that the paper used.
"""

import argparse
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import FitWarning
from bayes_scaling._core.messages import join_words
from bayes_scaling.cli.showcase_answer import ERROR, LOSS, Answer, answer
from bayes_scaling.cli.showcase_runs import backtest_other_corpora, corpus
from bayes_scaling.cli.showcase_runs import paper_points as paper_points
from bayes_scaling.reporting.report import report
from bayes_scaling.results.chain import Chain
from bayes_scaling.results.fit import Fit
from bayes_scaling.runs.targets import targets
from bayes_scaling.validation.backtest_result import Backtest

COMMAND = "python -m bayes_scaling.cli.showcase"


def save_figure(answers: Sequence[Answer], large: pd.DataFrame, path: Path) -> None:
    """Save loss and error against compute, one law in each row."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    to, size = targets(large[["N", "D"]]), (13, 4.8 * len(answers))
    with plot.style(), warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        figure, axes = plt.subplots(len(answers), 2, figsize=size)
        for row, one in zip(np.atleast_2d(axes), answers):
            plot.curve(one.loss, to, measured=large[LOSS], ax=row[0])
            plot.curve(one.both, to, measured=large[ERROR], ax=row[1])
        path.parent.mkdir(parents=True, exist_ok=True)
        metadata = plot.metadata(figure, "png") if path.suffix == ".png" else None
        figure.savefig(path, dpi=100, metadata=metadata)
        plt.close(figure)


def save_report(
    both: Chain,
    others: dict[str, Chain],
    backtest: Backtest,
    large: pd.DataFrame,
    path: Path,
) -> None:
    """Save the report on the error of the two large runs, as HTML and as Markdown."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)
        document = report(
            both,
            targets(large[["N", "D"]]),
            path,
            measured=large[ERROR],
            runs="gadre2024",
            why="only RedPajama runs of less than 0.5B parameters were selected, and the two "
            "targets are among those left out",
            backtest=backtest,
            comparison=others,
            title="Downstream error of two large runs on RedPajama, predicted from small ones",
            command=COMMAND,
        )
    document.save(path.with_suffix(".md"))


def print_coupling(loss: Fit) -> None:
    """Print the coupling exponent of the coupled law."""
    k = loss.flat("k")["k"]
    low, high = np.quantile(k, [0.05, 0.95])
    print(
        f"  coupling exponent k: median {np.median(k):.2f}, 90% interval {low:.2f} to {high:.2f}; "
        f"P(k < 1) = {(k < 1).mean():.3f}"
    )
    print("  (k = 1 is Chinchilla's law; below 1, parameters and data help one another)\n")


def print_backtest(backtest: Backtest) -> None:
    """Print the coverage of the backtest that the report uses."""
    forecasts = backtest.forecasts
    low, high = forecasts["origin"].min(), forecasts["origin"].max()
    print(
        "Held out for the report: the over-training law on the other two corpora, runs up to "
        f"{low:.1e} or {high:.1e} FLOPs predict the larger ones"
    )
    print(
        f"  {len(forecasts)} forecasts of eight losses: 90% intervals held "
        f"{forecasts['in_90'].mean():.0%}, 50% intervals {forecasts['in_50'].mean():.0%}\n"
    )


def print_answers(large: pd.DataFrame) -> tuple[Answer, Answer, Answer]:
    """Print and return the answers of the over-training law, the coupled law and few runs."""
    small, _ = corpus()
    five, six = paper_points()
    print("RedPajama runs of at most 411M parameters predict runs of 1.4B and 6.9B parameters.")
    print(
        "Medians and 90% intervals of a new run; 'off' is the median against the measured value, "
        "'width' the interval's.\n"
    )
    print(
        "Over-training law of Gadre et al. 2024: "
        "L(C, M) = E + (a M^eta + b M^-eta) C^-eta, all small runs"
    )
    over = answer("over_training", small, small, large)
    print("Coupled law: L(N, D) = E + (A/N^alpha_N + B/D^alpha_D)^k, all small runs")
    coupled = answer("coupled", small, small, large)
    print_coupling(coupled.loss)
    print(
        "What few points cost: the over-training law on the paper's own five runs (loss) "
        "and six (error)"
    )
    few = answer("over_training", five, six, large)
    ratio = few.tables[0]["width"].to_numpy() / over.tables[0]["width"].to_numpy()
    times = join_words(dict.fromkeys(f"{value:.1f}" for value in sorted(ratio)), "to")
    print(
        f"  With {len(five)} runs in place of {len(small)} the loss intervals are "
        f"{times} times as wide.\n"
    )
    return over, coupled, few


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the answers, and save their figure and report."""
    options = argparse.ArgumentParser(
        prog=COMMAND, description="The main task on the bundled data: a figure and a report."
    )
    options.add_argument(
        "--figure", type=Path, default=Path("out/forecast.png"), help="file of the figure"
    )
    path: Path = options.parse_args(arguments).figure
    _, large = corpus()
    over, coupled, few = print_answers(large)
    save_figure([over, coupled], large, path)
    backtest = backtest_other_corpora()
    print_backtest(backtest)
    others = {
        "coupled": coupled.both,
        "over_training on the paper's own few runs": few.both,
    }
    save_report(over.both, others, backtest, large, path.with_name("report.html"))
    print(f"Figure: {path}")
    print(f"Report: {path.with_name('report.html')}")


if __name__ == "__main__":
    main()
