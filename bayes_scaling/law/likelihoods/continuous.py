"""What every likelihood of a continuous outcome offers."""

import numpy as np

from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.likelihoods.base import Likelihood


class ContinuousLikelihood(Likelihood):
    """Likelihood of a continuous outcome: it takes measurement errors and scores one new run."""

    takes_se: bool = True

    def log_density(
        self,
        rng: np.random.Generator,
        z: np.ndarray,
        mean: np.ndarray,
        p: Values,
        u: Numeric,
        se: Numeric | None = None,
        rows: Values | None = None,
        seen: Values | None = None,
        drift_sd: Numeric = 0.0,
    ) -> np.ndarray:
        """Log density of each encoded outcome as a single new run, its drift included.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of randomness for what is marginalized by draws.
        z : array (targets,)
            Encoded outcomes.
        mean, p, u, se, rows, seen
            As in ``draw``.
        drift_sd : array (draws, targets)
            Sd of the drift, on the link's scale.

        Returns
        -------
        array (draws, targets), in nats
        """
        raise NotImplementedError
