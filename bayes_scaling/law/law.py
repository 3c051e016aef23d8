"""What a law is: a mean function in its published form, and the priors of its parameters.

Everything else (the NumPyro model, the sampler's density, forecasts, tables) is derived from it, so
a new law is one Law(...) and nothing more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.array_types import Numeric, Values
from bayes_scaling.law.floor_prior import floor_reason
from bayes_scaling.law.law_inputs import check_parameters, read_inputs
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.drift import learned_drifts
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.likelihoods.scale_growth import LOSS_SCATTER
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.places import axes
from bayes_scaling.law.power import power as power
from bayes_scaling.law.prior_overrides import read_priors
from bayes_scaling.law.published import Published as Published
from bayes_scaling.law.units import rename_units

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Law:
    """A scaling law as a probabilistic model.

    Parameters
    ----------
    name : str
        Registry name.
    formula : str
        The mean as plain text.
    inputs : mapping of str to str
        Input -> unit. ``N`` parameters, ``D`` tokens, ``C`` FLOPs and ``M`` tokens per parameter
        are derived from one another where two are given.
    parameters : tuple of Parameter
        Those that a ``publish`` reads stand before those that read them.
    function : callable
        ``function(x, **published)``: the mean from a dict of inputs; arrays broadcast elementwise.
    outcome, unit : str
        What the mean is of, and its unit.
    scale : callable, optional
        ``scale(x)``: the size of a run, with which noise, discrepancy and drift vary; exp(-L) of a
        law along the loss L.
    noise : Likelihood
        The default likelihood.
    decreasing : tuple of str
        Inputs in which the mean never rises.
    known : tuple of str
        Inputs that may be the same for every run, such as a chance level; one number may stand for
        the column.
    vectors : tuple of str
        Inputs with several numbers a run, in columns name_0, name_1, ...; an array (runs, pieces)
        for the function.
    latex, title, applies, fails, citation, arxiv, bibtex : str
        The law's documentation.
    published : mapping of str to Published
        Published values by setting.
    chosen : str
        Why it was chosen for a table, where ``law="auto"`` chose it.
    example : mapping of str to tuple of float
        Values of the inputs in a small design on which tests simulate. Inputs other than N, D, C,
        M are above 0 unless it holds 0 or less.

    Raises
    ------
    InputError
        The noise has a smooth discrepancy, and there is no ``scale`` for it to vary with.
    """

    name: str
    formula: str
    inputs: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    function: Callable[..., Numeric]
    outcome: str = "loss"
    unit: str = "nats/token"
    scale: Callable[[Values], Numeric] | None = None
    noise: Likelihood = Noise()
    decreasing: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    vectors: tuple[str, ...] = ()
    latex: str = ""
    title: str = ""
    applies: str = ""
    fails: str = ""
    citation: str = ""
    arxiv: str = ""
    bibtex: str = ""
    published: Mapping[str, Published] = field(default_factory=dict[str, Published])
    example: Mapping[str, tuple[float, ...]] = field(default_factory=dict[str, tuple[float, ...]])
    chosen: str = ""

    def __post_init__(self) -> None:
        noise = self.noise
        names = [q.name for q in self.parameters]
        twice = next((name for name in names if names.count(name) > 1), None)
        if not names or twice is not None:
            what = "no parameters" if twice is None else f"two parameters {twice!r}"
            raise InputError(f"the law {self.name} has {what}; give each parameter one Parameter")
        if self.scale is None and noise.smooth:
            raise InputError(
                f"{self.name} has no scale for a smooth discrepancy to vary with; "
                "leave smooth out of its noise"
            )
        if self.scale is None and noise.grows:
            noise = noise.without_scale()
        if noise.drift and not axes(self):
            noise = noise.without_drift()
        object.__setattr__(self, "noise", noise.with_default_drift(learned_drifts(self)))

    @property
    def along_loss(self) -> bool:
        """Whether its runs lie along their loss L alone: distances then count nats."""
        return set(self.inputs) - set(self.known) == {"L"}

    @property
    def names(self) -> tuple[str, ...]:
        """Published parameter names, in order."""
        return tuple(q.name for q in self.parameters)

    def mean(self, inputs: "Values | pd.DataFrame", **parameters: Numeric) -> Numeric:
        """The law's curve: a pure JAX function of inputs and published-form parameters.

        Parameters
        ----------
        inputs : mapping or pandas.DataFrame
            Input -> array in the units of ``self.inputs``.
        **parameters : float or array
            Every published-form parameter; arrays broadcast against the inputs.

        Returns
        -------
        jax.Array in ``self.unit``

        Raises
        ------
        InputError
            An input or a parameter is missing or unknown.
        """
        x = read_inputs(self.name, self.inputs, self.vectors, inputs)
        check_parameters(self.name, self.names, parameters)
        return self.function(x, **parameters)

    def publish(self, sampled: Values, ref: Values) -> dict[str, Numeric]:
        """Published-form parameters from the sampled ones and the reference run.

        Parameters
        ----------
        sampled : mapping of str to float or array
            Values by sampled name.
        ref : mapping of str to float or array
            The reference run, as in ``Parameter``; it broadcasts against the sampled quantities.

        Returns
        -------
        dict of str to float or array, by published name
        """
        published: dict[str, Numeric] = {}
        for q in self.parameters:
            published[q.name] = (
                sampled[q.sampled] if q.publish is None else q.publish(sampled, ref, published)
            )
        return published

    def with_priors(self, **priors: Any) -> "Law":
        """The same law with other priors, of its noise too.

        Parameters
        ----------
        **priors : Prior or NumPyro distribution
            Priors by sampled name, as in ``Prior.of``.

        Returns
        -------
        Law

        Raises
        ------
        InputError
            No parameter of that name is sampled, or a prior is not a distribution.
        """
        changed = read_priors(self.name, self.parameters, self.noise.parameters, priors)
        of_noise = {q.name for q in self.noise.parameters}
        return replace(
            self,
            parameters=tuple(
                replace(q, prior=prior, reason=floor_reason(prior, q.reason))
                for q in self.parameters
                for prior in (changed.get(q.sampled, q.prior),)
            ),
            noise=self.noise.with_priors(
                **{name: prior for name, prior in changed.items() if name in of_noise}
            ),
        )

    def with_noise(self, noise: Likelihood) -> "Law":
        """The same law with another likelihood.

        Parameters
        ----------
        noise : Likelihood
            Such as ``Noise(df=None)``; a drift that it leaves open becomes the learned one where
            the law has one.

        Returns
        -------
        Law

        Raises
        ------
        InputError
            A smooth discrepancy in a law without a scale.
        """
        return replace(self, noise=noise)

    @property
    def sites(self) -> tuple[Parameter, ...]:
        """Parameters of the law and of its noise: everything that is sampled, in order."""
        noise = self.noise.parameters
        if "loss" not in self.outcome:
            reason = (
                "that of losses, which scatter by 0.002 to 0.02 in log: "
                "give one that suits the outcome"
            )
            noise = tuple(
                replace(q, reason=reason) if q.reason == LOSS_SCATTER else q for q in noise
            )
        return (*self.parameters, *noise)

    def model(self, data: Mapping[str, Any]) -> None:
        """The NumPyro model: priors, the mean, the likelihood. Any NumPyro tool takes it.

        Parameters
        ----------
        data : mapping
            What ``bayes_scaling.design`` returns: inputs ``x``, the outcome ``z`` on the noise's
            scale, ``u`` and ``ref``; where there are any, ``se``, ``rows`` and a ``mask`` of rows
            that count; and ``priors``, numbers in place of those of the law's priors, which take
            no new compilation.
        """
        import numpyro
        from numpyro.handlers import mask

        priors = data.get("priors", {})
        p = {
            q.sampled: numpyro.sample(q.sampled, q.prior.dist(priors.get(q.sampled)))
            for q in self.sites
        }
        mean = self.function(data["x"], **self.publish(p, data["ref"]))
        with numpyro.plate("run", data["u"].shape[0]), mask(mask=data.get("mask", True)):
            outcome = self.noise.distribution(mean, p, data["u"], data.get("se"), data.get("rows"))
            numpyro.sample("y", outcome, obs=data.get("z"))

    @property
    def signature(self) -> tuple[Any, ...]:
        """What decides the compiled program: laws that agree in it differ in numbers only."""
        sites = tuple(
            (q.sampled, q.publish, q.prior.family, tuple(key for key, _ in q.prior.args))
            for q in self.sites
        )
        return self.function, sites, self.noise.signature

    @property
    def priors(self) -> "pd.DataFrame":
        """What is sampled: quantity, meaning, prior, the reason for it and published name."""
        from bayes_scaling._core.table import Table

        rows = {
            q.sampled: {
                "meaning": q.sampled_meaning,
                "prior": str(q.prior),
                "reason": q.reason,
                "published as": q.name,
            }
            for q in self.sites
        }
        return Table.from_dict(rows, orient="index")

    def rename_units(self, text: str, column: str) -> str:
        """A text of this law in a column's units: see ``bayes_scaling.law.units.rename_units``."""
        return rename_units(text, column)

    def cite(self) -> str:
        """BibTeX entry of the law's source."""
        return self.bibtex

    def __repr__(self) -> str:
        return f"<Law {self.name}: {self.formula}>"
