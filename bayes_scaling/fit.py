"""law + runs -> Fit: the posterior, with everything that was needed to make it."""

from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

import jax
import numpy as np

from bayes_scaling.density import Density
from bayes_scaling.design import data_hash, design, distance, padded
from bayes_scaling.diagnose import diagnose, summary
from bayes_scaling.forecast import Forecaster, as_targets, check_inputs, check_of, check_seed
from bayes_scaling.law import Law
from bayes_scaling.noise import Likelihood
from bayes_scaling.registry import find_law
from bayes_scaling.runs import SIZES, InputError, load_runs, numbers, spread, vector
from bayes_scaling.sampler import sample
from bayes_scaling.settings import float64

_POINTWISE = 20_000_000  # numbers in the log likelihood beyond which it is left out of the tree
_PRIOR_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class Fit(Forecaster):
    """A law's posterior given runs. Immutable.

    Parameters
    ----------
    law : the Law, with the priors and the noise that were used.
    tree : xarray.DataTree with the ArviZ groups posterior (sampled and published-form parameters), sample_stats,
        log_likelihood, log_prior, prior, observed_data, constant_data.
    y, columns : name of the outcome's column; {input: column}.
    largest : largest training compute, FLOPs (NaN where the runs have none).
    ref : the reference run.
    seed, engine, provenance : how the draws were made.
    """

    law: Law
    tree: object
    y: str
    columns: dict
    largest: float
    ref: dict
    seed: int
    engine: dict
    provenance: dict

    @property
    def outcome_name(self):
        """Name of what is foretold."""
        return self.y

    @property
    def unit(self):
        """Unit of what is foretold."""
        return self.law.unit

    @property
    def title(self):
        """The law in one line."""
        return f"{self.law.name}: {self.law.formula}"

    @property
    def input_names(self):
        """The law's inputs."""
        return tuple(self.law.inputs)

    @cached_property
    def diagnosis(self):
        """Diagnosis of the draws: see ``bayes_scaling.diagnose``."""
        return diagnose(self)

    @property
    def training(self):
        """The runs that were fitted: inputs, sizes and the outcome, as a DataFrame."""
        constant = self.tree["constant_data"].to_dataset()
        wide = {key: value for name in self.law.vectors for key, value in spread(name, constant[name].values).items()}
        constant = constant.drop_dims([f"{name}_piece" for name in self.law.vectors]).to_dataframe().assign(**wide)
        return constant.assign(**{self.y: self.tree["observed_data"]["y"].values})

    def training_mean(self):
        """The law's curve at the training runs for the first draw: what tells one law's function from another's."""
        x = {name: self.tree["constant_data"][name].values for name in self.law.inputs}
        with float64():
            mean = self.law.function(x, **{name: value[0] for name, value in self.flat(*self.law.names).items()})
        return [float(value) for value in np.ravel(mean)[:20]]

    def flat(self, *names):
        """{name: (draws,)}: draws of all chains in a row."""
        return {name: self.tree["posterior"][name].values.ravel() for name in names}

    def draws(self, to, of="run", seed=0):
        """Draws of the outcome at targets.

        Parameters
        ----------
        to : targets, a DataFrame with the law's inputs or two of N, D, C, M.
        of : "run" (noise included) or "mean".
        seed : of the noise.

        Returns
        -------
        array (draws, targets) in the unit of the outcome.
        """
        to = self.with_known(as_targets(to))
        check_inputs(self.law, to)
        x = {name: (vector if name in self.law.vectors else numbers)(to, name)[None] for name in self.law.inputs}
        return self.draws_at(x, of=of, seed=seed, rows={name: numbers(to, name) for name in self.law.noise.reads if name in to.columns})

    def with_known(self, to):
        """Targets with the inputs and numbers that were one for all runs, where they lack them."""
        return to.assign(**{name: float(value) for name, value in self.columns.items() if not isinstance(value, str) and name not in to})

    def draws_at(self, x, of="run", seed=0, paired=False, se=None, rows=None):
        """Draws at inputs of shape (1, targets), or (draws, targets) where every draw has inputs of its own.

        What the likelihood reads of a run and ``rows`` does not hold is as in the mean training run.

        ``of="mean"`` is the law's curve as it is, even where it leaves the outcome's domain; a run never does.
        """
        check_of(of), check_seed(seed)
        published = {name: value[:, None] for name, value in self.flat(*self.law.names).items()}
        noise = {name: value[:, None] for name, value in self.flat(*(q.sampled for q in self.law.sites)).items()}
        if paired:
            count = len(next(iter(x.values())))
            pick = np.random.default_rng([self.seed, 2]).permutation(len(next(iter(published.values()))))
            pick = np.resize(pick, count)
            published, noise = ({name: value[pick] for name, value in part.items()} for part in (published, noise))
        with float64():
            mean = np.asarray(_mean(self.law.function, x, published))
        if of == "mean":
            return mean
        rng = np.random.default_rng([self.seed, seed, 1])
        rows = {name: np.round(self.ref[name]) if name in ("items", "passes", "k") else self.ref[name] for name in self.law.noise.reads} | (rows or {})
        return self.law.noise.draw(rng, mean, noise, distance(self.law, x, self.ref), se, rows)

    def summary(self, prob=0.9):
        """Posterior of every parameter, published form first: mean, median, sd, interval, R-hat, ESS, prior."""
        return summary(self, prob)

    def posterior_predictive(self, seed=0):
        """The tree with one more group: outcomes that the posterior would have given at the training runs."""
        import xarray as xr

        post = self.tree["posterior"]
        constant = self.tree["constant_data"]
        x = {name: constant[name].values[None] for name in self.law.inputs}
        rows = {name: constant[f"{name}_read"].values for name in self.law.noise.reads}
        draws = self.draws_at(x, seed=seed, se=constant["se"].values if "se" in constant else None, rows=rows).reshape(post.sizes["chain"], post.sizes["draw"], -1)
        tree = self.tree.copy()
        tree["posterior_predictive"] = xr.DataTree(xr.Dataset({"y": (("chain", "draw", "run"), draws)}, coords={"run": self.tree["observed_data"]["run"]}))
        return tree

    def save(self, path):
        """Write the fit to one netCDF file: see ``bayes_scaling.store``."""
        from bayes_scaling import store

        return store.save(self, path)

    def __repr__(self):
        n = self.tree["observed_data"].sizes["run"]
        state = str(self.diagnosis).splitlines()[0] if self.diagnosis.ok else f"NOT CONVERGED: {self.diagnosis.problems[0]}"
        return f"<Fit {self.law.name} of {self.y} to {n} runs: {state}>"


_mean = jax.jit(lambda function, x, p: function(x, **p), static_argnums=0)
_quantities = jax.jit(lambda density, theta, prior, data: (density.quantities(theta, data), density.published(prior, data)), static_argnums=0)
_draw_prior = jax.jit(lambda density, key, data: density.draw_prior(key, data, _PRIOR_DRAWS), static_argnums=0)


def fit(law, runs, y=None, *, priors=None, noise=None, se=None, draws=1000, warmup=200, chains=4, seed=0, **columns):
    """The posterior of a law given runs, by NUTS.

    Parameters
    ----------
    law : name of a law, or a Law.
    runs : DataFrame of runs, a path, or the name of a bundled table.
    y : column of the outcome, such as "loss_c4".
    priors : {sampled name: NumPyro distribution} in place of the law's own.
    noise : a Noise, or another likelihood such as Binomial(), in place of the law's own.
    se : column of known standard errors of the outcome, independent between runs (an error of the
        evaluation set that all runs share is none).
    draws, warmup, chains : counts; draws and warm-up are per chain.
    seed : the same seed gives the same draws on one machine.
    **columns : input=column where an input of the law, or what its likelihood reads of a run, stands under another
        name, such as L="loss_c4" or items="n"; a number of items, or a chance level, may be given as one number.

    Returns
    -------
    Fit

    Raises
    ------
    InputError : the law, a column, a value or a prior can not be; the sentence says which and how to mend it.
    """
    law = find_law(law)
    if noise is not None:
        if not isinstance(noise, Likelihood):
            raise InputError(f"noise is {noise!r}; give a bayes_scaling.Noise, such as Noise(df=None)")
        law = law.with_noise(noise)
    if priors is not None:
        if not isinstance(priors, dict):
            raise InputError(f"priors are {priors!r}; give {{sampled name: distribution}}, such as {{'{law.parameters[0].sampled}': ...}}")
        law = law.with_priors(**priors)
    for name, value, least in (("draws", draws, 4), ("chains", chains, 1), ("warmup", warmup, 50)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
            raise InputError(f"{name} is {value!r}; give a whole number of at least {least}")
    check_seed(seed)
    table = load_runs(runs, columns={name: column for name, column in columns.items() if name in SIZES and isinstance(column, str)})
    columns = {name: column for name, column in columns.items() if name not in SIZES or not isinstance(column, str)}
    y = law.outcome if y is None else y
    data = design(law, table, y, se=se, columns=columns)
    full = padded(data)
    drawn = sample(Density(law), full, seed=int(seed), chains=chains, draws=draws, warmup=warmup)
    return Fit(
        law=law, tree=_tree(law, table, y, full, drawn, int(seed)), y=y, columns=columns,
        largest=float(table["C"].max()) if "C" in table.columns else float("nan"),
        ref={key: float(value) for key, value in data["ref"].items()}, seed=int(seed),
        engine={"modes": [list(mode) for mode in drawn.modes], "attempts": drawn.attempts, "health": drawn.health, "chains": chains, "draws": draws, "warmup": warmup},
        provenance={"data_hash": data_hash(data), "versions": {name: version(name) for name in ("bayes-scaling", "jax", "numpyro", "blackjax", "numpy")}},
    )  # fmt: skip


def _tree(law, table, y, data, drawn, seed):
    """DataTree in ArviZ's groups."""
    import xarray as xr

    density, (chains, draws, size) = Density(law), drawn.theta.shape
    with float64():
        prior = _draw_prior(density, jax.random.key(seed), data)
        both = _quantities(density, drawn.theta.reshape(-1, size), prior, data)
        (sampled, published, log_prior, log_likelihood), (prior_sampled, prior_published) = jax.tree.map(np.asarray, both)
        log_likelihood = log_likelihood[:, : len(table)]
    shaped = lambda values: {name: (("chain", "draw"), a.reshape(chains, draws)) for name, a in values.items()}
    coords = {"chain": np.arange(chains), "draw": np.arange(draws)}
    labels = next((names for names in (table.get("run"), table.index) if names is not None and names.is_unique), range(len(table)))
    run = {"run": np.asarray([str(label) for label in labels])}
    kept = {name: (("run", f"{name}_piece") if name in law.vectors else "run", values[: len(table)]) for name, values in data["x"].items()}
    rows = {name: values[: len(table)] for name, values in data.get("rows", {}).items()}
    kept |= {f"{name}_read": ("run", values) for name, values in rows.items()}
    kept |= {name: ("run", table[name].to_numpy(float)) for name in SIZES if name in table.columns and name not in kept}
    if "se" in data:
        kept["se"] = ("run", data["se"][: len(table)])
    outcome = table[y].to_numpy(float)
    groups = {
        "posterior": xr.Dataset(shaped(published | sampled), coords),
        "sample_stats": xr.Dataset(shaped(drawn.stats), coords),
        "log_prior": xr.Dataset(shaped(log_prior), coords),
        "prior": xr.Dataset({name: (("chain", "draw"), a[None]) for name, a in (prior_published | prior_sampled).items()}, {"chain": [0], "draw": np.arange(_PRIOR_DRAWS)}),
        "observed_data": xr.Dataset({"y": ("run", outcome)}, run),
        "constant_data": xr.Dataset(kept, run),
    }
    if log_likelihood.size <= _POINTWISE:
        pointwise = log_likelihood.reshape(chains, draws, -1) + law.noise.log_jacobian(outcome, rows)
        groups["log_likelihood"] = xr.Dataset({"y": (("chain", "draw", "run"), pointwise)}, coords | run)
    return xr.DataTree.from_dict(groups)
