"""Scores of a ranking of groups against the ranking that larger runs gave."""

from typing import Any

import numpy as np


def pairs_of(measured: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Indices of all pairs of groups whose measured outcomes differ."""
    one, two = np.triu_indices(len(measured), 1)
    differ = measured[one] != measured[two]
    return one[differ], two[differ]


def score_ranking(
    forecast: np.ndarray,
    measured: np.ndarray,
    better: str,
    p_better: np.ndarray | None = None,
) -> tuple[dict[str, float], np.ndarray]:
    """Score a ranking.

    Parameters
    ----------
    forecast : np.ndarray (groups,)
        Forecast outcomes.
    measured : np.ndarray (groups,)
        Measured outcomes.
    better : {"lower", "higher"}
        Which outcomes are better.
    p_better : np.ndarray (pairs,), optional
        Probability that the first group of each pair is better.

    Returns
    -------
    scores : dict
        pairs; accuracy, the fraction in the right order; top1, whether the group that is forecast
        best was best; regret, its measured outcome less the best; brier, the mean squared error of
        ``p_better``.
    judged : np.ndarray (pairs, 2)
        The stated confidence of each pair's likelier order, and whether that was right (a half
        where neither was likelier).
    """
    sign = 1.0 if better == "lower" else -1.0
    one, two = pairs_of(measured)
    won = (sign * (measured[one] - measured[two]) < 0).astype(float)
    ahead = sign * (forecast[one] - forecast[two])
    if p_better is None:
        p_better = 0.5 - 0.5 * np.sign(ahead)
    right = np.where(p_better == 0.5, 0.5, np.where(p_better > 0.5, won, 1 - won))
    chosen = int(np.argmin(sign * forecast))
    best = int(np.argmin(sign * measured))
    scores: dict[str, Any] = {
        "pairs": len(one),
        "accuracy": float(right.mean()) if len(one) else np.nan,
        "top1": float(measured[chosen] == measured[best]),
        "regret": float(abs(measured[chosen] - measured[best])),
        "brier": float(((p_better - won) ** 2).mean()) if len(one) else np.nan,
    }
    return scores, np.stack([np.maximum(p_better, 1 - p_better), right], axis=-1)


def constant_brier(accuracy: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Brier score of rankings stated with the one confidence that scores best over all of them.

    Parameters
    ----------
    accuracy, pairs : np.ndarray (decisions,)
        Accuracy and number of pairs of each ranking.

    Returns
    -------
    np.ndarray (decisions,)
    """
    confidence = np.average(accuracy, weights=pairs)
    return accuracy * (1 - confidence) ** 2 + (1 - accuracy) * confidence**2


def calibration_by_thirds(judged: np.ndarray) -> list[dict[str, float]]:
    """Compare stated confidence with accuracy in thirds of the pairs, least confident first."""
    order = np.argsort(judged[:, 0], kind="stable")
    return [
        {
            "confidence": float(part[:, 0].mean()),
            "accuracy": float(part[:, 1].mean()),
            "pairs": len(part),
        }
        for part in np.array_split(judged[order], 3)
        if len(part)
    ]
