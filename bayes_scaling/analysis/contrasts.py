"""What ``compare`` counts: the sides of a contrast, and contrasts, crossings and multipliers from their draws."""

import numpy as np

from bayes_scaling._core.messages import percent
from bayes_scaling._core.table import Table

GRID = 121  # places along compute at which two curves are compared


REACH = 1e6  # a compute multiplier beyond this counts as never


_HALVINGS = 50


class Contrasts(Table):
    """A table of contrasts with a sentence for each row, or for each target: ``.sentences``. A part of it prints without them."""

    _metadata = ["sentences", "whole"]

    @classmethod
    def of(cls, rows, sentences):
        """The table of rows, with its sentences."""
        made = cls(rows)
        made.sentences, made.whole = sentences, made.shape
        return made

    def _foot(self):
        return "\n".join(self.sentences) if getattr(self, "whole", None) == self.shape else ""


def contrast_row(a, b, prob, rope):
    """Difference a - b and, of positive quantities, ratio a / b, with intervals; P(a > b), ties half; the share in which they are within ``rope`` of b."""
    ends = [(1 - prob) / 2, 0.5, (1 + prob) / 2]
    low, middle, high = np.quantile(a - b, ends)
    row = {
        "difference": middle,
        "lower": low,
        "upper": high,
        "ratio": np.nan,
        "ratio_lower": np.nan,
        "ratio_upper": np.nan,
    }
    if (a > 0).all() and (b > 0).all():
        low, middle, high = np.quantile(a / b, ends)
        row |= {"ratio": middle, "ratio_lower": low, "ratio_upper": high}
        same = np.abs(np.log(a / b)) < np.log1p(rope)
    else:
        same = np.abs(a - b) < rope * np.median(np.abs(b))
    return {
        **row,
        "p_above": float((a > b).mean() + (a == b).mean() / 2),
        "rope": rope,
        "p_same": float(same.mean()),
    }


def best_shares(stack, better):
    """How often each group is best, ties shared out: (groups, targets) from curves (groups, draws, targets)."""
    first = stack == (stack.min if better == "lower" else stack.max)(axis=0)
    return (first / first.sum(axis=0)).mean(axis=1)


def crossing(one, two, ratio, low, high, prob, better):
    """Where the order of two curves turns along compute: median and interval of the draws in which it does, and P(it does not).

    Of several turns in one draw the last counts: the order beyond it lasts to the end of the range.
    """
    log_c = np.linspace(np.log(low), np.log(high), GRID)
    away = one.along(np.exp(log_c)[None], ratio) - two.along(np.exp(log_c)[None], ratio)
    turn = np.sign(away[:, 1:]) != np.sign(away[:, :-1])
    some = turn.any(axis=1)
    row = {
        "C": np.nan,
        "lower": np.nan,
        "upper": np.nan,
        "p_none": float(1 - some.mean()),
        "p_better_beyond": np.nan,
    }
    if some.any():
        at = GRID - 2 - turn[some][:, ::-1].argmax(axis=1)
        left, right = (
            np.take_along_axis(away[some], at[:, None], 1)[:, 0],
            np.take_along_axis(away[some], at[:, None] + 1, 1)[:, 0],
        )
        place = np.exp(log_c[at] + (log_c[1] - log_c[0]) * left / (left - right))
        row["lower"], row["C"], row["upper"] = np.quantile(
            place, [(1 - prob) / 2, 0.5, (1 + prob) / 2]
        )
        row["p_better_beyond"] = float(((right < 0) == (better == "lower")).mean())
    return row


def multiplier(poor, goal, compute, ratio, better):
    """Compute at which the curve of ``poor`` reaches ``goal`` (draws,), over ``compute``: by halving, along M = ``ratio``; inf beyond REACH."""
    sign = 1.0 if better == "lower" else -1.0
    short = lambda log_c: (
        sign * (poor.along(np.exp(log_c)[:, None], ratio)[:, 0] - goal) > 0
    )  # not there yet
    low, high = (
        np.full(len(goal), np.log(compute / REACH)),
        np.full(len(goal), np.log(compute * REACH)),
    )
    never = short(high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        more = short(middle)
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.where(never, np.inf, np.exp(high) / compute)


def spoken(what, one, two, row, prob):
    """A contrast in words."""
    p, names = row["p_above"], (one.name, two.name)
    way, sure = ("above", p) if p >= 0.5 else ("below", 1 - p)
    size = f"{row['ratio']:.4g} times that of {names[1]} ({percent(prob)}: {row['ratio_lower']:.4g} to {row['ratio_upper']:.4g})" if np.isfinite(row["ratio"]) else f"{row['difference']:+.4g} away from that of {names[1]} ({percent(prob)}: {row['lower']:+.4g} to {row['upper']:+.4g})"  # fmt: skip
    return f"{one.where}{what} of {names[0]} is {size}: {way} it with probability {sure:.2f}, within {percent(row['rope'])} of it with probability {row['p_same']:.2f}."
