"""The mixture of domains to train on, as a posterior."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bayes_scaling._core.arguments import check_prob
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.table import Table
from bayes_scaling.results.fit import Fit


@dataclass(frozen=True)
class BestMixture:
    """The best mixture of training domains.

    Parameters
    ----------
    choice : pandas.DataFrame
        A row for each domain: fraction, that of the one mixture with the lowest expected loss;
        median, lower and upper of each draw's own best fraction; tried_min and tried_max, the
        range of the fraction over the training runs.
    excess : float
        Expected loss of the choice above each draw's own best, weighted over the targets, in
        nats/token.
    draws : numpy.ndarray
        Each draw's own best mixture, shape (draws, domains).
    """

    choice: Table
    excess: float
    draws: np.ndarray

    @property
    def beyond(self) -> list[str]:
        """Domains whose chosen fraction lies outside the range that was tried."""
        table, slack = self.choice, 1e-3
        outside = (table["fraction"] < table["tried_min"] - slack) | (
            table["fraction"] > table["tried_max"] + slack
        )
        return list(table.index[outside])

    def __str__(self) -> str:
        parts = ", ".join(f"{name} {value:.1%}" for name, value in self.choice["fraction"].items())
        text = f"Best mixture: {parts}; expected loss {self.excess:.2g} nats/token above the best."
        if self.beyond:
            text += (
                f" Caution: {', '.join(self.beyond)}: the fraction lies outside the mixtures that "
                "were tried; train one there."
            )
        return text


def best_mixture(
    fits: Mapping[str, Fit] | Fit,
    *,
    weights: Mapping[str, float] | None = None,
    prob: float = 0.9,
    draws: int = 200,
) -> BestMixture:
    r"""Find the posterior of the mixture with the lowest weighted loss over targets.

    .. math:: h^{*} = \arg\min_h \sum_t v_t \Big/ \sum_i C_{ti} h_i^{\gamma_{ti}}

    It is the same at every size, because the mixture's term of the law is.

    Parameters
    ----------
    fits : mapping of str to Fit, or Fit
        Target -> fit of ``mixture_additive`` or ``mixture_size`` to its loss, all of the same
        domains.
    weights : mapping of str to float, optional
        Weight of each target, from 0; by default all have the same.
    prob : float
        Probability of the central intervals.
    draws : int
        Draws of the posterior whose optimum is searched.

    Returns
    -------
    BestMixture

    Raises
    ------
    InputError
        A fit is of another law, the domains differ, or a weight is missing or negative.

    References
    ----------
    Shukor et al. 2025, Scaling Laws for Optimal Data Mixtures, arXiv 2507.09404.
    """
    named = {"loss": fits} if isinstance(fits, Fit) else dict(fits)
    prob, domains = check_prob(prob), _domains(named)
    v = _weights(named, weights)
    C, gamma = (
        np.stack([_thin(fit, kind, domains, draws) for fit in named.values()], axis=1)
        for kind in ("C", "gamma")
    )
    each = np.array([_minimize(c[None], g[None], v) for c, g in zip(C, gamma)])
    chosen = _minimize(C, gamma, v)
    own = np.array([_loss(h, c[None], g[None], v) for h, c, g in zip(each, C, gamma)])
    excess = _loss(chosen, C, gamma, v) - own.mean()
    lower, upper = np.quantile(each, [0.5 - prob / 2, 0.5 + prob / 2], axis=0)
    tried = next(iter(named.values())).training[[f"w_{name}" for name in domains]].to_numpy(float)
    table = {
        "fraction": chosen,
        "median": np.median(each, axis=0),
        "lower": lower,
        "upper": upper,
        "tried_min": tried.min(axis=0),
        "tried_max": tried.max(axis=0),
    }
    return BestMixture(Table(table, index=list(domains)), float(excess), each)


def _domains(fits: Mapping[str, Fit]) -> tuple[str, ...]:
    """Return the domains that all fits have."""
    found = set()
    for target, fit in fits.items():
        if not fit.law.name.startswith(("mixture_additive", "mixture_size")):
            raise InputError(
                f"best_mixture needs fits of mixture_additive or mixture_size, and that of "
                f"{target} is one of {fit.law.name}"
            )
        found.add(tuple(n.removeprefix("w_") for n in fit.law.inputs if n.startswith("w_")))
    if len(found) != 1:
        raise InputError("the fits are of different domains; give fits of the same ones")
    return found.pop()


def _weights(fits: Mapping[str, Fit], weights: Mapping[str, float] | None) -> np.ndarray:
    """Return the targets' weights, which sum to 1."""
    if weights is None:
        return np.full(len(fits), 1 / len(fits))
    for target in fits:
        if not float(weights.get(target, -1.0)) >= 0:
            raise InputError(f"the weight of {target} is missing or negative; give one from 0")
    values = np.array([float(weights[target]) for target in fits])
    if not values.sum() > 0:
        raise InputError("all weights are 0; give one above 0")
    return values / values.sum()


def _thin(fit: Fit, kind: str, domains: tuple[str, ...], count: int) -> np.ndarray:
    """Return draws of one parameter of every domain, evenly thinned, (draws, domains)."""
    values = fit.flat(*(f"{kind}_{name}" for name in domains))
    table = np.stack(list(values.values()), axis=-1)
    return table[np.linspace(0, len(table) - 1, min(count, len(table))).astype(int)]


def _loss(h: np.ndarray, C: np.ndarray, gamma: np.ndarray, v: np.ndarray) -> float:
    """Return the mixture's weighted part of the loss, averaged over draws."""
    return float(((1 / (C * h**gamma).sum(axis=-1)) @ v).mean())


def _minimize(C: np.ndarray, gamma: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the mixture of lowest loss averaged over draws (draws, targets, domains)."""
    from scipy.optimize import minimize
    from scipy.special import softmax

    def value_and_slope(z: np.ndarray) -> tuple[float, np.ndarray]:
        h = softmax(z)
        parts = C * h**gamma
        total = parts.sum(axis=-1)
        slope = -(v[:, None] * gamma * parts / (total**2)[..., None]).sum(axis=1).mean(axis=0)
        # slope is h times the derivative in h; through the softmax it loses its sum times h
        return float(((1 / total) @ v).mean()), slope - h * slope.sum()

    start = np.zeros(C.shape[-1])
    best = minimize(
        value_and_slope, start, jac=True, method="L-BFGS-B", bounds=[(-12, 12)] * len(start)
    )
    return softmax(best.x)
