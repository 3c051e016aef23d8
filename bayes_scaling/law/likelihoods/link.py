"""Links: the scale on which residuals are measured."""

from dataclasses import dataclass

import numpy as np

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import ArrayModule, Numeric

# keeps a mean inside the link's domain, so that a bad proposal is improbable and not NaN
_EDGE = 1e-9


@dataclass(frozen=True)
class Link:
    """The identity link: residuals in the outcome's unit, for outcomes of any sign.

    Parameters
    ----------
    name : str
        What ``Noise(link=...)`` calls it.
    expected : str
        What an outcome must be, for messages.
    """

    name: str = "identity"
    expected: str = "a finite number"

    def forward(self, y: Numeric, xp: ArrayModule = np) -> Numeric:
        """Outcome to link scale; outcomes outside the domain go to its edge."""
        return y

    def backward(self, z: np.ndarray) -> np.ndarray:
        """Link scale to outcome, in its unit."""
        return z

    def log_jacobian(self, y: np.ndarray) -> np.ndarray:
        """Log |d link / d outcome|: turns a density on the link's scale into the outcome's."""
        return np.zeros_like(y)

    def outside(self, y: np.ndarray) -> np.ndarray:
        """Where values lie outside the domain; NaN does not count."""
        return np.zeros(np.shape(y), bool)

    def inside(self, y: np.ndarray) -> np.ndarray:
        """Where values lie inside the domain; NaN does not."""
        return np.ones(np.shape(y), bool)

    def check(self, y: np.ndarray) -> tuple[int, str] | None:
        """Index of the first invalid outcome and what it must be, or None."""
        bad = ~np.isfinite(y) | ~self.inside(y)
        return (int(np.argmax(bad)), self.expected) if bad.any() else None

    def __str__(self) -> str:
        return f"on the {self.name} of the outcome"


@dataclass(frozen=True)
class LogLink(Link):
    """The log link, for positive outcomes such as losses."""

    name: str = "log"
    expected: str = "a positive number"

    def check(self, y: np.ndarray) -> tuple[int, str] | None:
        """As ``Link.check``; values that the edge of the domain would change are invalid too."""
        bad = super().check(y)
        if bad is None and (y < 10 * _EDGE).any():
            return int((y < 10 * _EDGE).argmax()), f"at least {10 * _EDGE:g}, in a larger unit"
        return bad

    def forward(self, y: Numeric, xp: ArrayModule = np) -> Numeric:
        """As ``Link.forward``."""
        return xp.log(xp.maximum(y, _EDGE))

    def backward(self, z: np.ndarray) -> np.ndarray:
        """As ``Link.backward``."""
        return np.exp(z)

    def log_jacobian(self, y: np.ndarray) -> np.ndarray:
        """As ``Link.log_jacobian``."""
        return -np.log(y)

    def outside(self, y: np.ndarray) -> np.ndarray:
        """As ``Link.outside``."""
        return y <= 0

    def inside(self, y: np.ndarray) -> np.ndarray:
        """As ``Link.inside``."""
        return y > 0


@dataclass(frozen=True)
class LogitLink(Link):
    """The logit link, for rates between 0 and 1."""

    name: str = "logit"
    expected: str = "strictly between 0 and 1"

    def forward(self, y: Numeric, xp: ArrayModule = np) -> Numeric:
        """As ``Link.forward``."""
        y = xp.clip(y, _EDGE, 1 - _EDGE)
        return xp.log(y) - xp.log1p(-y)

    def backward(self, z: np.ndarray) -> np.ndarray:
        """As ``Link.backward``."""
        return 1 / (1 + np.exp(-z))

    def log_jacobian(self, y: np.ndarray) -> np.ndarray:
        """As ``Link.log_jacobian``."""
        return -np.log(y) - np.log1p(-y)

    def outside(self, y: np.ndarray) -> np.ndarray:
        """As ``Link.outside``."""
        return (y <= 0) | (y >= 1)

    def inside(self, y: np.ndarray) -> np.ndarray:
        """As ``Link.inside``."""
        return (y > 0) & (y < 1)


_LINKS = {link.name: link for link in (LogLink(), LogitLink(), Link())}


def link_named(name: str) -> Link:
    """The link of a name: "log", "logit" or "identity"; InputError for any other."""
    if name not in _LINKS:
        raise InputError(f"noise has link {name!r}; use one of {', '.join(_LINKS)}")
    return _LINKS[name]
