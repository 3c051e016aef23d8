"""A law's curve along a budget: all splits of it between parameters and tokens, the best one of each draw, and the one of least expected loss."""

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import amount, option, percent, precise
from bayes_scaling.runs.targets import as_targets

_POINTS = 512  # places along the path; a parabola tells what lies between


_ALIKE = 1.05  # runs whose tokens per parameter are within this factor have one shape


_LOST = 0.05  # share of draws without a best inside the search, beyond which what a run lacks to the best is not known


_FLAT = 1e-9  # share of the outcome by which a curve must vary along the path to tell parameters from tokens


class Path:
    """Draws of a law's curve along a budget, at places of rising tokens per parameter.

    Parameters
    ----------
    forecaster : what foretells from N and D.
    budget, serve : FLOPs, and tokens to serve among them: C = 6 N D + 2 N serve.
    span : (least, largest) tokens per parameter.
    sign : 1.0 where lower is better, -1.0 where higher is.
    tolerance : share of the outcome within which a run is close to the best.
    inputs : {name: number} of what else the law reads of a run.

    Raises
    ------
    InputError : serving alone takes the budget, or the curve is flat along it.
    """

    def __init__(self, forecaster, budget, serve, span, sign, tolerance, inputs):
        (
            self.forecaster,
            self.budget,
            self.serve,
            self.span,
            self.sign,
            self.tolerance,
            self.inputs,
        ) = forecaster, budget, serve, span, sign, tolerance, inputs
        self.runs = runs_of(forecaster)
        least = float(self.runs["N"].min()) if "N" in self.runs else 1.0
        if 2 * least * serve >= budget:
            whose = (
                f"the smallest model among the runs ({amount(least)} parameters)"
                if "N" in self.runs
                else "any model"
            )
            raise InputError(
                f"serving {amount(serve)} tokens takes {2 * least * serve:.3g} FLOPs with {whose}, and the budget is {budget:.3g}; lower serve or raise C"
            )
        self.log_m = np.linspace(*np.log(span), _POINTS)
        cost = sign * forecaster.draws(self.targets(np.exp(self.log_m)), of="mean")
        self.cost = np.where(np.isnan(cost), np.inf, cost)  # the less the better
        self.places, self.lows = lowest(self.log_m, self.cost)
        if np.isnan(self.places).all():
            text = f"{forecaster.law.name} foretells the same {forecaster.outcome_name} for every split of {budget:.3g} FLOPs"
            raise InputError(
                f"{text}: it can not tell parameters from tokens; fit a law that can, such as chinchilla"
            )
        self.inside = np.isfinite(self.places)
        # the share of draws that are close to their own best at each place; one that has none inside the search is close to it nowhere
        self.close = (
            (self.cost - self.lows[:, None] <= tolerance * np.abs(self.lows[:, None]))
            & self.inside[:, None]
        ).mean(axis=0)
        self.place = lowest(self.log_m, self.cost.mean(axis=0)[None])[0][0]

    @property
    def found(self):
        """Whether the expected loss has its least inside the search."""
        return bool(np.isfinite(self.place))

    def parameters(self, ratio):
        """N at M tokens per parameter: the root above 0 of 6 M N^2 + 2 serve N = C."""
        return self.budget / (self.serve + np.sqrt(self.serve**2 + 6 * ratio * self.budget))

    def targets(self, ratio):
        """Runs along the path, at M tokens per parameter."""
        N = self.parameters(np.atleast_1d(ratio))
        return as_targets(pd.DataFrame({"N": N, "D": N * ratio, **self.inputs}))

    def best(self, prob):
        """Rows of each draw's own best: median and interval of N, D, M and of the curve there, NaN where that end lies beyond the search."""
        ends = [0.5, (1 - prob) / 2, (1 + prob) / 2]
        ratio = np.exp(quantiles(self.places, ends))
        N = self.parameters(ratio[[0, 2, 1]])  # the more tokens per parameter, the fewer parameters
        value = quantiles(self.sign * np.where(self.inside, self.lows, -np.inf), ends)
        units = {
            "N": "parameters",
            "D": "tokens",
            "M": "tokens per parameter",
            self.forecaster.outcome_name: self.forecaster.unit,
        }
        for (name, unit), (median, lower, upper) in zip(
            units.items(), (N, self.parameters(ratio) * ratio, ratio, value)
        ):
            yield {
                "quantity": name,
                "unit": unit,
                "median": median,
                "lower": lower,
                "upper": upper,
                "none": float(1 - self.inside.mean()),
            }

    def choice(self, prob):
        """The row of the run of least expected loss: see ``plan.compute_optimal``."""
        names = (
            "N",
            "D",
            "M",
            "median",
            "lower",
            "upper",
            "excess",
            "close",
            "N_least",
            "N_most",
            "M_least",
            "M_most",
            "extrapolation",
            "outside",
        )
        row = (
            {"C": self.budget}
            | dict.fromkeys(names, np.nan)
            | {"none": float(1 - self.inside.mean())}
        )
        if "M" in self.runs:
            ratio = np.exp(self.places)
            row["outside"] = float(
                1 - ((ratio >= self.runs["M"].min()) & (ratio <= self.runs["M"].max())).mean()
            )
        if not self.found:
            return row
        to = self.targets(np.exp(self.place))
        drawn = self.forecaster.draws(to, of="mean")[:, 0]
        excess = self.sign * drawn - self.lows
        row |= {name: float(to[name].iloc[0]) for name in ("N", "D", "M")} | {
            "extrapolation": float(
                to["C"].iloc[0] / (self.runs["C"].max() if "C" in self.runs else np.nan)
            )
        }
        row["lower"], row["median"], row["upper"] = np.quantile(
            drawn, [(1 - prob) / 2, 0.5, (1 + prob) / 2]
        )
        if row["none"] > _LOST:
            return row
        row |= {
            "excess": float(excess[self.inside].mean()),
            "close": float((self.inside & (excess <= self.tolerance * np.abs(self.lows))).mean()),
        }
        row["M_least"], row["M_most"] = self._range(self.close >= prob)
        row["N_least"], row["N_most"] = (
            self.parameters(row["M_most"]),
            self.parameters(row["M_least"]),
        )
        return row

    def _range(self, good):
        """Least and largest M of the good places about the choice; NaN where there are none, or where they go on beyond the search."""
        at = int(np.abs(self.log_m - self.place).argmin())
        if not good[at]:
            return np.nan, np.nan
        bad = np.flatnonzero(~good)
        first, last = bad[bad < at].max(initial=-1) + 1, bad[bad > at].min(initial=_POINTS) - 1
        return (np.exp(self.log_m[first]) if first > 0 else np.nan), (
            np.exp(self.log_m[last]) if last < _POINTS - 1 else np.nan
        )

    def curve(self, prob):
        """How far from its own best each draw is along the path, in percent of that: median and interval, and the share of draws that is close.

        Of the draws that have a best inside the search; from the least of the search where none has.
        """
        with np.errstate(invalid="ignore"):
            above = (100 * (self.cost - self.lows[:, None]) / np.abs(self.lows[:, None]))[
                self.inside if self.inside.any() else slice(None)
            ]
        lower, median, upper = np.quantile(above, [(1 - prob) / 2, 0.5, (1 + prob) / 2], axis=0)
        to = self.targets(np.exp(self.log_m))
        return pd.DataFrame(
            {
                "C": self.budget,
                "N": to["N"],
                "D": to["D"],
                "M": to["M"],
                "median": median,
                "lower": lower,
                "upper": upper,
                "close": self.close,
            }
        )

    def told(self, row, prob):
        """The answer in words, from the row of ``choice``."""
        y, unit, p, share = (
            self.forecaster.outcome_name,
            self.forecaster.unit,
            percent(prob),
            percent(self.tolerance),
        )
        lead = f"With {self.budget:.3g} FLOPs{f', {amount(self.serve)} tokens of serving among them' if self.serve else ''}{with_inputs(self.inputs)}{',' if self.serve or self.inputs else ''}"
        missing = (
            f"{_percent(row['none'])} of the draws have no best between {self.span[0]:,g} and {self.span[1]:,g} tokens per parameter"
            if row["none"]
            else ""
        )
        if not self.found:
            end = "the fewest" if self.place < 0 else "the most"
            return f"{lead} there is no best run to name: the expected {y} is best at {end} tokens per parameter that were looked at{f', and {missing}' if missing else ''}; {further(self.span)}."
        value, lower, upper = precise(
            (row["median"], row["lower"], row["upper"]), row["upper"] - row["lower"]
        )
        text = [
            f"{lead} train {amount(row['N'])} parameters on {amount(row['D'])} tokens, {row['M']:.3g} a parameter:"
        ]
        known = np.isfinite(row["excess"])
        lacks = (
            f"expected to be {row['excess']:.2g} {unit} off the best there is"
            if known
            else "how far off the best there is can not be told"
        )
        text.append(f"{y} {value} by the law's curve ({p}: {lower} to {upper}), {lacks}.")
        ratio = np.exp(quantiles(self.places, [(1 - prob) / 2, (1 + prob) / 2]))
        if np.isfinite(ratio).all():
            N = self.parameters(ratio)
            text.append(
                f"The best itself has {amount(N[1])} to {amount(N[0])} parameters, M {ratio[1]:.3g} to {ratio[0]:.3g} ({p})."
            )
        near, least, most = (
            f"within {share} of the best {y} with probability {p} or more",
            row["N_least"],
            row["N_most"],
        )
        if np.isfinite(least) and np.isfinite(most):
            text.append(
                f"From {amount(least)} to {amount(most)} parameters (M {row['M_most']:.3g} to {row['M_least']:.3g}) a run is {near}."
            )
        elif np.isfinite(least) or np.isfinite(most):
            text.append(
                f"{f'From {amount(least)} parameters on' if np.isfinite(least) else f'Up to {amount(most)} parameters'} a run is {near}."
            )
        elif known:
            text.append(
                f"The run to train is within {share} of the best {y} with probability {row['close']:.2f}{f'; no run is so with probability {p}' if self.close.max() < prob else ''}."
            )
        if missing:
            text.append(f"{missing[0].upper()}{missing[1:]}.")
        if "M" in self.runs:
            low, high = self.runs["M"].min(), self.runs["M"].max()
            if one_shape(self.runs):
                text.append(
                    f"All runs had M = {low:.3g}: where the best M lies is the prior's word alone."
                )
            elif not low <= row["M"] <= high:
                text.append(
                    f"No run had so {'few' if row['M'] < low else 'many'} tokens per parameter ({low:.3g} to {high:.3g})."
                )
            elif row["outside"] > row["none"] + 0.05:
                text.append(
                    f"In {_percent(row['outside'])} of the draws the best M lies beyond that of all runs ({low:.3g} to {high:.3g})."
                )
        if row["extrapolation"] > 1:
            text.append(
                f"It takes {amount(row['extrapolation'])} times the compute of the largest run{' of its group' if hasattr(self.forecaster, 'key') else ''}."
            )
        elif (
            "C" in self.runs and row["extrapolation"] * self.runs["C"].max() < self.runs["C"].min()
        ):
            text.append(
                f"It takes less compute than every run ({self.runs['C'].min():.3g} FLOPs or more)."
            )
        return " ".join(text)


def lowest(log_m, cost):
    """Where along the path each row of (draws, places) is lowest, told by a parabola between places, and how low it is there.

    At an end of the path there is no lowest: -inf at the first place, inf at the last. NaN where a row is flat.
    """
    at, last, rows = cost.argmin(axis=1), cost.shape[1] - 1, np.arange(len(cost))
    middle = np.clip(at, 1, last - 1)
    left, centre, right = (cost[rows, middle + i] for i in (-1, 0, 1))
    inside = (at > 0) & (at < last)
    with np.errstate(all="ignore"):
        step = np.where(
            inside & (left + right > 2 * centre) & np.isfinite(left + right),
            0.5 * (left - right) / (left - 2 * centre + right),
            0.0,
        )
        low = np.where(step != 0, centre - 0.25 * (left - right) * step, cost[rows, at])
        place = np.where(
            inside, log_m[middle] + step * (log_m[1] - log_m[0]), np.where(at == 0, -np.inf, np.inf)
        )
        flat = cost.max(axis=1) - cost[rows, at] <= _FLAT * np.abs(cost[rows, at])
    return np.where(flat | ~np.isfinite(low), np.nan, place), low


def further(span):
    """The mend where a best lies at an end of the search."""
    low, high = span[0] / 10, span[1] * 10
    return f"look further with {option('within', f'{low:g} {high:g}', f'within=({low:g}, {high:g})')}, unless the law has no best"


def with_inputs(inputs):
    """Other inputs that all runs of a plan have, in words."""
    return "".join(f", {name} = {amount(value)}" for name, value in inputs.items())


def quantiles(values, shares):
    """Quantiles of values that may be infinite; NaN where infinite ones decide."""
    with np.errstate(invalid="ignore"):
        made = np.quantile(values, shares)
    return np.where(np.isfinite(made), made, np.nan)


def runs_of(forecaster):
    """The runs whose sizes were fitted: of a chain those of its first law, of a group without runs those of all groups."""
    first = getattr(forecaster, "first", forecaster)
    return first.training if len(first.training) else first.fit.training


def one_shape(runs):
    """Whether all runs have the same tokens per parameter."""
    return "M" in runs and runs["M"].max() < _ALIKE * runs["M"].min()


def _percent(share):
    """A share of the draws in words."""
    return f"{share:.0%}" if share >= 0.01 else "less than 1%"
