"""What a law is: a mean function in its published form, and the priors of its parameters.

Everything else (the NumPyro model, the sampler's density, forecasts, tables) is derived from it, so
a new law is one Law(...) and nothing more.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import meant
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.noise import LOSSES, Noise
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import Prior
from bayes_scaling.runs.columns import vector
from bayes_scaling.runs.sizes import derive


def power(x, exponent):
    """x ** exponent for positive x, as exp(exponent * log x): log x leaves the sampler's loop, twice as fast.

    Parameters
    ----------
    x : positive number or array.
    exponent : number or array; both broadcast.

    Returns
    -------
    JAX array in the unit of x ** exponent.
    """
    import jax.numpy as jnp

    return jnp.exp(exponent * jnp.log(x))


@dataclass(frozen=True)
class Published:
    """Parameter values that were published (or recomputed) for one setting.

    Parameters
    ----------
    values : published-form parameter -> value.
    checked : how the values were checked: "recomputed", "authors' code", "paper", "third-party notes" or "illustration".
    source : citation, arXiv number included.
    note : what a reader must know before using them.
    """

    values: Mapping[str, float]
    checked: str
    source: str
    note: str = ""


@dataclass(frozen=True, eq=False)
class Law:
    """A scaling law as a probabilistic model.

    Parameters
    ----------
    name : registry name.
    formula : the mean as plain text.
    inputs : input name -> unit. ``N`` parameters, ``D`` tokens, ``C`` FLOPs and ``M`` tokens per
        parameter are derived from one another where two are given.
    parameters : Parameters, those that a ``publish`` reads before those that read them.
    function : ``function(x, **published)``: the mean from a dict of inputs; arrays broadcast elementwise.
    outcome, unit : what the mean is of, and its unit.
    scale : ``scale(x)``: the size of a run, which noise, discrepancy and drift go along, exp(-L) of a law along the loss L; ``None`` where there is none.
    noise : the default likelihood.
    decreasing : inputs in which the mean never rises.
    known : inputs that may be the same for every run, such as a chance level; one number may stand for the column.
    vectors : inputs with several numbers a run, in columns name_0, name_1, ...; an array (runs, pieces) for the function.
    latex, title, applies, fails, citation, arxiv, bibtex : the law's documentation.
    published : setting -> Published.
    example : input -> values of a small design on which tests simulate. Inputs other than N, D, C, M are above 0 unless it holds 0 or less.

    Raises
    ------
    InputError : the noise has a smooth discrepancy, and there is no ``scale`` for it to go along.
    """

    name: str
    formula: str
    inputs: Mapping[str, str]
    parameters: tuple[Parameter, ...]
    function: Callable
    outcome: str = "loss"
    unit: str = "nats/token"
    scale: Callable | None = None
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
    published: Mapping[str, Published] = field(default_factory=dict)
    example: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def __post_init__(self):
        if self.scale is None and self.noise.smooth:
            raise InputError(
                f"{self.name} has no scale for a smooth discrepancy to go along; leave smooth out of its noise"
            )
        if self.scale is None and (
            self.noise.grows or self.noise.drift
        ):  # without a scale there is nothing to go along
            object.__setattr__(self, "noise", self.noise.without_scale())
        object.__setattr__(self, "noise", self.noise.settled(self.drifts))

    @property
    def along_loss(self):
        """Whether its runs lie along their loss L alone: log scale then counts nats."""
        return self.scale is not None and set(self.inputs) - set(self.known) == {"L"}

    @property
    def drifts(self):
        """Links for which the drift of such laws has been learned: of losses along compute, of errors along the loss; see ``bayes_scaling.law.likelihoods.drift``."""
        compute = self.scale is not None and ("C" in self.inputs or {"N", "D"} <= set(self.inputs))
        return ("log",) * (compute and self.outcome.startswith("loss")) + ("logit",) * (
            self.along_loss and self.outcome.startswith("error")
        )

    @property
    def names(self):
        """Published parameter names, in order."""
        return tuple(p.name for p in self.parameters)

    def worded(self, text, column):
        """A unit, or a text with units, of this law for a column: nats per token become bits per byte where the column's name says so.

        Parameters
        ----------
        text : such as ``law.unit``.
        column : name of the outcome's column; bpb or bits per byte in it decide.

        Returns
        -------
        str
        """
        return (
            re.sub(r"nats/token|nats per token|\bnats?\b", "bits/byte", text)
            if re.search(r"bpb|bits.?per.?byte", column, re.I)
            else text
        )

    def mean(self, inputs, **parameters):
        """The law's curve: a pure JAX function of inputs and published-form parameters.

        Parameters
        ----------
        inputs : mapping or DataFrame, input -> array in the units of ``self.inputs``.
        **parameters : every published-form parameter; arrays broadcast against the inputs.

        Returns
        -------
        JAX array in ``self.unit``.

        Raises
        ------
        InputError : an input or a parameter is missing or unknown.
        """
        import jax.numpy as jnp

        # floats first: 6 N D of a large run does not fit an integer
        x = derive(
            {
                key: jnp.asarray(inputs[key], float)
                for key in inputs.keys()
                if key in ("N", "D", "C", "M", *self.inputs)
            }
        )
        x |= {
            key: jnp.asarray(vector(inputs, key), float)
            for key in self.vectors
            if f"{key}_0" in inputs
        }  # a column lr beside lr_0 is another thing
        for key in self.inputs:
            if key not in x:
                raise InputError(
                    f"{self.name} needs the input {key}; give {', '.join(self.inputs)}"
                )
        for key in (*self.names, *parameters):
            if (key in self.names) != (key in parameters):
                raise InputError(
                    f"{self.name} takes the parameters {', '.join(self.names)}; {key} is {'unknown' if key in parameters else 'missing'}"
                )
        return self.function({key: x[key] for key in self.inputs}, **parameters)

    def publish(self, sampled, ref):
        """Published-form parameters from the sampled ones and the reference run.

        Parameters
        ----------
        sampled : {sampled name: number or array}.
        ref : the reference run, as in ``Parameter``; what it holds broadcasts against the sampled quantities.

        Returns
        -------
        {published name: number or array}
        """
        p = {}
        for q in self.parameters:
            p[q.name] = sampled[q.sampled] if q.publish is None else q.publish(sampled, ref, p)
        return p

    def with_priors(self, **priors):
        """The same law with other priors, of its noise too.

        Parameters
        ----------
        **priors : sampled name (or published name, where they agree) = Prior or NumPyro distribution, as in ``Prior.of``.

        Returns
        -------
        Law

        Raises
        ------
        InputError : no parameter of that name is sampled, or what is given is no such distribution.
        """
        sampled = {q.sampled: q for q in self.parameters}
        own = {q.name for q in self.noise.parameters}
        for key in priors:
            renamed = {q.name: q for q in self.parameters if q.name != q.sampled}
            if key in renamed:
                q = renamed[key]
                raise InputError(
                    f"{key} is sampled as {q.sampled} ({q.sampled_meaning}); give the prior of {q.sampled}"
                )
            if key not in sampled and key not in own:
                raise InputError(
                    f"{self.name} has no parameter {key!r}{meant(key, [*sampled, *own])}; it samples {', '.join([*sampled, *own])}"
                )
        made = {key: Prior.of(value, key) for key, value in priors.items()}
        return replace(
            self,
            parameters=tuple(
                replace(q, prior=made.get(q.sampled, q.prior)) for q in self.parameters
            ),
            noise=self.noise.with_priors(**{key: made[key] for key in made if key in own}),
        )

    def with_noise(self, noise):
        """The same law with another likelihood.

        Parameters
        ----------
        noise : a Likelihood, such as ``Noise(df=None)``; a drift that it leaves open becomes the learned one where the law has one.

        Returns
        -------
        Law

        Raises
        ------
        InputError : a smooth discrepancy in a law without a scale.
        """
        return replace(self, noise=noise)

    @property
    def sites(self):
        """Parameters of the law and of its noise: everything that is sampled, in order."""
        noise = self.noise.parameters
        if "loss" not in self.outcome:
            noise = tuple(
                replace(
                    q,
                    reason="that of losses, which scatter by 0.002 to 0.02 in log: give one that suits the outcome",
                )
                if q.reason == LOSSES
                else q
                for q in noise
            )
        return (*self.parameters, *noise)

    def model(self, data):
        """The NumPyro model: priors, the mean, the likelihood. Any NumPyro tool takes it.

        Parameters
        ----------
        data : what ``bayes_scaling.design`` makes of a table: ``x`` inputs, ``z`` outcome on the noise's scale,
            ``u`` and ``ref``; where there are any, ``se``, ``rows`` and a ``mask`` of rows that count; and ``priors``,
            numbers that stand in for those of the law's priors without a new compilation.
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
            numpyro.sample(
                "y",
                self.noise.distribution(mean, p, data["u"], data.get("se"), data.get("rows")),
                obs=data.get("z"),
            )

    @property
    def signature(self):
        """What decides the compiled program: two laws that agree here differ in numbers only."""
        sites = tuple(
            (q.sampled, q.publish, q.prior.family, tuple(key for key, _ in q.prior.args))
            for q in self.sites
        )
        return self.function, sites, self.noise.signature

    @property
    def priors(self):
        """What is sampled, as a table: sampled quantity, meaning, prior, the reason for it, published name."""
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

    def cite(self):
        """BibTeX entry of the law's source."""
        return self.bibtex

    def __repr__(self):
        return f"<Law {self.name}: {self.formula}>"
