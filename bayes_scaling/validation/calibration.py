"""What ``calibrate`` returns: ranks of true values among posterior draws, and a verdict."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binom

from bayes_scaling._core.messages import not_converged
from bayes_scaling._core.table import Table
from bayes_scaling.results._plotting import plot_figure
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.validation.ecdf_uniformity import LEVELS, p_value

_MAX_NOT_CONVERGED = 0.3  # fraction of fits; above it, convergence itself is the problem


@dataclass(frozen=True, eq=False)
class Calibration:
    """The result of simulation-based calibration. Immutable.

    Parameters
    ----------
    ranks : Table
        One row a simulation and quantity: simulation, quantity, truth (the true value), rank (0 to
        99: the number of draws below it), sound (whether the fit has converged).
    law : str
        Name of the law.
    runs : int
        Number of runs of the design.
    refused : int
        Number of prior draws whose simulated table is invalid, such as a loss that is not finite.
    size : float
        Probability that the test of all quantities together rejects a correct law.
    fixed : bool
        Whether the true values are fixed: then the test is of the 90% intervals, which must not
        contain the true value too rarely, and p is that of the binomial distribution.
    """

    ranks: Table
    law: str
    runs: int
    refused: int
    size: float
    fixed: bool = False

    @property
    def table(self) -> Table:
        """The test of each quantity.

        One row a quantity: p (of uniform ranks), in_50 and in_90 (fraction of true values inside
        the central interval), bias (mean rank of the true value as a fraction, less one half),
        spread (variance of that fraction over the uniform's), and verdict in words.
        """
        converged = self.ranks[self.ranks["sound"]]
        limit = self.size / self.ranks["quantity"].nunique()
        rows = {}
        for quantity, part in converged.groupby("quantity", sort=False):
            ranks = part["rank"].to_numpy()
            row = _rank_statistics(ranks)
            if self.fixed:
                hits = round(row["in_90"] * len(ranks))
                row["p"] = float(binom.cdf(hits, len(ranks), 0.9))
            failed = row["p"] < limit
            verdict = describe_deviation(row, len(ranks)) if failed else "in line"
            rows[quantity] = row | {"verdict": verdict}
        return Table.from_dict(rows, orient="index").rename_axis("quantity")

    @property
    def diagnosis(self) -> Diagnosis:
        """Which quantities fail, how many fits have not converged, how many tables were refused."""
        table, (simulations, bad) = self.table, self._counts()
        problems = tuple(
            f"{name}: {row['verdict']} (p = {row['p']:.2g}; 90% intervals contain "
            f"{row['in_90']:.0%})"
            for name, row in table[table["verdict"] != "in line"].iterrows()
        )
        cautions = ()
        if bad:
            text = (
                f"{not_converged(bad, simulations)}, and {'its' if bad == 1 else 'their'} ranks "
                "are not tested"
            )
            if bad > _MAX_NOT_CONVERGED * simulations:
                remedy = "give tighter priors, or a design that identifies the parameters"
                problems += (f"{text}; {remedy}",)
            else:
                cautions += (text,)
        if self.refused:
            cautions += (
                f"{self.refused} of {self.refused + simulations} tables simulated from the prior "
                f"{'was' if self.refused == 1 else 'were'} refused (an outcome outside its "
                "domain): the prior allows impossible outcomes",
            )
        return Diagnosis(problems, cautions, what="Calibration")

    def _counts(self) -> tuple[int, int]:
        """How many simulations there are, and how many fits have not converged."""
        fits = self.ranks.drop_duplicates("simulation")
        return len(fits), int((~fits["sound"]).sum())

    @property
    def ok(self) -> bool:
        """Whether no check of the law on this design fails."""
        return self.diagnosis.ok

    def _what(self) -> str:
        """What the tables were simulated from."""
        return "fixed true values" if self.fixed else "simulated parameters"

    def __str__(self) -> str:
        table, diagnosis, (simulations, bad) = self.table, self.diagnosis, self._counts()
        if diagnosis.ok:
            verdict = (
                f"Calibrated: {self.law} recovers {self._what()} on this design of "
                f"{self.runs} runs ({simulations - bad} simulated tables, {len(table)} quantities, "
                f"smallest p {table['p'].min():.2g}; a test of size {self.size:g})."
            )
        else:
            verdict = (
                f"NOT CALIBRATED: do not rely on the intervals of {self.law} on this design of "
                f"{self.runs} runs ({simulations} simulated tables; a test of size {self.size:g})."
            )
        problems = [f"- {text}" for text in diagnosis.sampling.problems]
        cautions = [f"- caution: {text}" for text in diagnosis.sampling.cautions]
        return "\n".join([verdict, *problems, *cautions])

    def plot(self, **options: Any) -> Any:
        """Draw the ECDF of the ranks less the uniform's, with simultaneous bands.

        Parameters
        ----------
        **options
            As in ``bayes_scaling.plot.ranks``.

        Returns
        -------
        numpy.ndarray of matplotlib.axes.Axes
        """
        return plot_figure("ranks", self, **options)

    def __repr__(self) -> str:
        return f"{self.table!r}\n{self}"

    def _repr_html_(self) -> str:
        return self.table._repr_html_() + f"<pre>{self}</pre>"


def _rank_statistics(ranks: np.ndarray) -> dict[str, float]:
    """The columns of ``Calibration.table`` for the ranks of one quantity."""
    fraction = (ranks + 0.5) / LEVELS
    distance = np.abs(fraction - 0.5)
    return {
        "p": p_value(ranks, LEVELS),
        "in_50": (distance < 0.5 / 2).mean(),
        "in_90": (distance < 0.9 / 2).mean(),
        "bias": fraction.mean() - 0.5,
        "spread": 12 * fraction.var(),
    }


def describe_deviation(statistics: dict[str, float], count: int) -> str:
    """How ranks that are not uniform deviate.

    Parameters
    ----------
    statistics : dict
        ``bias`` and ``spread`` of the ranks, as in ``Calibration.table``.
    count : int
        Number of ranks.

    Returns
    -------
    str
        Such as "posterior too narrow".
    """
    bias, excess = statistics["bias"], statistics["spread"] - 1
    # z-scores under uniform ranks
    deviations = {
        "too low": bias * np.sqrt(12 * count),
        "too high": -bias * np.sqrt(12 * count),
        "too narrow": excess * np.sqrt(count) / 0.894,
        "too wide": -excess * np.sqrt(count) / 0.894,
    }
    return f"posterior {max(deviations, key=lambda name: deviations[name])}"
