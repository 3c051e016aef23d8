"""What every likelihood of an outcome given a law's mean has to offer."""

from dataclasses import replace

import numpy as np


class Likelihood:
    """How outcomes scatter about a law's mean: what every likelihood offers.

    u, which a law's runs are told by, is log(largest training scale / scale): below 0 beyond the data.
    ``rows`` holds what it needs to know of each run beside the outcome, as {name: (runs,)}: the names in ``reads``.
    """

    reads = {}  # name -> what it is, for a message; a column, one number, or the likelihood's own number
    grows = False  # whether the scatter may depend on scale
    smooth = None  # kernel of the law's smooth discrepancy: training runs then tell of the runs near them
    drift = 0.0  # sd of the drift beyond the data, for each unit of log scale
    takes_se = False  # whether known measurement errors can be added
    parameters = ()  # the likelihood's own Parameters

    def with_priors(self, **priors):
        """The same likelihood with other priors.

        Parameters
        ----------
        **priors : name of one of ``parameters`` = Prior or NumPyro distribution, as in ``Prior.of``.

        Returns
        -------
        Likelihood of the same kind

        Raises
        ------
        InputError : what is given is no scalar, continuous distribution.
        """
        return replace(self, **priors)

    @property
    def signature(self):
        """What decides the compiled program, beside the parameters' priors."""
        return (type(self).__name__,)

    def forward(self, y, xp=np):
        """Outcome to the scale on which measurement errors add up.

        Parameters
        ----------
        y : array, in the outcome's unit.
        xp : numpy or jax.numpy.

        Returns
        -------
        array of the same shape
        """
        return y

    def encode(self, y, rows):
        """Outcomes as ``distribution`` takes them (numpy).

        Parameters
        ----------
        y : (runs,) outcomes that passed ``check``.
        rows : {name: (runs,)} of what the likelihood reads.

        Returns
        -------
        array (runs,)
        """
        return self.forward(y)

    def without_scale(self):
        """The same likelihood for a law whose runs have no scale: nothing in it goes along one."""
        return replace(self, grows=False)

    def settled(self, links):
        """The same likelihood with its default drift decided.

        Parameters
        ----------
        links : links for which a drift was learned for laws of this kind: see ``Law.drifts``.

        Returns
        -------
        Likelihood of the same kind: with the learned drift where its own was left open and its link is among them, else with none.
        """
        return self

    def log_jacobian(self, y, rows=None):
        """log |d encoded / d outcome|: nothing for counts, whose probabilities are what they are.

        Parameters
        ----------
        y : array of outcomes, in their unit.
        rows : {name: array} of what the likelihood reads, as long as ``y``.

        Returns
        -------
        array of the shape of ``y``
        """
        return np.zeros_like(y)

    def pointwise(self, distribution, z, mask):
        """Log density of each encoded outcome given the parameters and, where they tell of it, all other outcomes.

        Parameters
        ----------
        distribution : what ``distribution`` made, of one draw.
        z : (runs,) or (groups, runs) encoded outcomes.
        mask : the same shape: which of them are runs; the rest fill up, and what is said of them means nothing.

        Returns
        -------
        JAX array of the shape of ``z``, nats
        """
        return distribution.log_prob(z)

    def outside(self, mean):
        """Where a law's mean lies outside the domain of its outcome: the law does not reach there.

        Parameters
        ----------
        mean : array, in the outcome's unit.

        Returns
        -------
        array of bool, of the same shape
        """
        return np.zeros(np.shape(mean), bool)
