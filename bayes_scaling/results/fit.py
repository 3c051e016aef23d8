"""law + runs -> Fit: the posterior, with everything that was needed to make it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes_scaling._core.arguments import check_of, check_seed
from bayes_scaling._core.html import card
from bayes_scaling._core.versions import versions
from bayes_scaling.inference.design import data_hash, distance
from bayes_scaling.inference.mean_curve import curve
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.drift import told
from bayes_scaling.results.datatree import Sampled, parts, posterior, tree
from bayes_scaling.results.diagnosis import diagnose
from bayes_scaling.results.forecaster import LawForecaster
from bayes_scaling.results.summary import summary
from bayes_scaling.runs.columns import numbers, spread
from bayes_scaling.runs.targets import as_targets


@dataclass(frozen=True, eq=False)
class Fit(LawForecaster):
    """A law's posterior given runs. Immutable.

    Parameters
    ----------
    law : the Law, with the priors and the noise that were used.
    posterior : {name: (chains, draws)}, published-form parameters and sampled quantities.
    source : what the rest of ``tree`` is made of when first asked for: Sampled, or the tree of a saved fit.
    y, columns : name of the outcome's column; {input: column}.
    largest : largest training compute, FLOPs (NaN where the runs have none).
    ref : the reference run.
    seed, engine, provenance : how the draws were made.
    """

    law: Law
    posterior: dict
    source: object
    y: str
    columns: dict
    largest: float
    ref: dict
    seed: int
    engine: dict
    provenance: dict

    @cached_property
    def tree(self):
        """xarray.DataTree with the ArviZ groups posterior (published and sampled parameters), sample_stats,
        log_likelihood, log_prior, prior, observed_data, constant_data."""
        return (
            tree(self.law, self.source, self.posterior, self.parts)
            if isinstance(self.source, Sampled)
            else self.source
        )

    @cached_property
    def parts(self):
        """Draws from the prior, log prior and pointwise log likelihood: see ``bayes_scaling.results.datatree.Parts``."""
        return parts(self.law, self.source, self.seed)

    @cached_property
    def diagnosis(self):
        """Diagnosis of the draws: see ``bayes_scaling.results.diagnosis``."""
        return diagnose(self)

    @cached_property
    def training(self):
        """The runs that were fitted: inputs, sizes and the outcome, as a DataFrame."""
        constant = self.tree["constant_data"].to_dataset()
        wide = {
            key: value
            for name in self.law.vectors
            for key, value in spread(name, constant[name].values).items()
        }
        constant = (
            constant.drop_dims([f"{name}_piece" for name in self.law.vectors])
            .to_dataframe()
            .assign(**wide)
        )
        return constant.assign(**{self.y: self.tree["observed_data"]["y"].values})

    def training_mean(self):
        """The law's curve at the training runs for the first draw: what tells one law's function from another's."""
        x = {name: self.tree["constant_data"][name].values[None] for name in self.law.inputs}
        first = {name: value[:1, None] for name, value in self.flat(*self.law.names).items()}
        return [float(value) for value in curve(self.law, x, first)[0, :20]]

    def flat(self, *names):
        """{name: (draws,)}: draws of all chains in a row, of names as in ``Fit.posterior``."""
        return {name: self.posterior[name].ravel() for name in names}

    def draws(self, to, of="run", seed=0):
        """Draws of the outcome at targets.

        Parameters
        ----------
        to : targets, a DataFrame with the law's inputs or two of N, D, C, M.
        of : "run" (noise, discrepancy and drift included) or "mean" (the law's own curve).
        seed : of the noise.

        Returns
        -------
        array (draws, targets) in the unit of the outcome.

        Raises
        ------
        InputError : targets that can not be or lack an input of the law, or a bad ``of`` or ``seed``.
        """
        to = self.with_known(as_targets(to))
        rows = {name: numbers(to, name) for name in self.law.noise.reads if name in to.columns}
        return self.draws_at(self.inputs(to), of=of, seed=seed, rows=rows)

    def drift_note(self, to):
        """What is to be said of the drift in forecasts of new runs: its size and what it was learned from.

        Parameters
        ----------
        to : targets, as in ``draws``.

        Returns
        -------
        str; "" where no target drifts.

        Raises
        ------
        InputError : targets that can not be; of a law that drifts, also those that lack an input.
        """
        drifts = (
            self.law.noise.drift > 0
            and (
                distance(self.law, self.inputs(self.with_known(as_targets(to))), self.ref) < 0
            ).any()
        )
        return f"Beyond the data {self.y} may drift off the law: {told(self.law)}" if drifts else ""

    def with_known(self, to):
        """Targets, a DataFrame as in ``Fit.draws``, with the inputs and numbers that were given as one for all runs, where they lack them."""
        return to.assign(
            **{
                name: float(value)
                for name, value in self.columns.items()
                if not isinstance(value, str) and name not in to
            }
        )

    def draws_at(self, x, of="run", seed=0, paired=False, se=None, rows=None):
        """Draws at inputs of shape (1, targets), or (draws, targets) where every draw has inputs of its own.

        Parameters
        ----------
        x : {input: array}; (1, targets, pieces) of an input with several numbers a run.
        of, seed : as in ``draws``.
        paired : whether the posterior's draws are put in random order, as many as ``x`` has: a partner for draws of another posterior.
        se : (targets,) measurement errors on the link's scale that a new run is to have, or None.
        rows : {name: (targets,)} of what the likelihood reads of a run; what it does not hold is as in the mean training run.

        Returns
        -------
        array (draws, targets) in the unit of the outcome

        Raises
        ------
        InputError : a bad ``of`` or ``seed``.

        Notes
        -----
        ``of="mean"`` is the law's curve as it is, without a discrepancy, even where it leaves the outcome's domain; a run
        never does. What the training runs tell of a discrepancy is in ``of="run"``, draw by draw.
        """
        check_of(of), check_seed(seed)
        mean, published, noise = self._along(x, paired)
        if of == "mean":
            return mean
        rows = {
            name: np.round(self.ref[name]) if name in ("items", "passes", "k") else self.ref[name]
            for name in self.law.noise.reads
        } | (rows or {})
        return self.law.noise.draw(
            np.random.default_rng([self.seed, seed, 1]),
            mean,
            noise,
            distance(self.law, x, self.ref),
            se,
            rows,
            **self.seen(published),
        )

    def scatter_at(self, x, seed=0, se=None):
        """New runs as Normals on the link's scale, one for every draw of the posterior; for laws whose likelihood is a Noise.

        Parameters
        ----------
        x : {input: (1, targets)}.
        seed : of what is drawn of the noise.
        se : (targets,) measurement errors on the link's scale, or None.

        Returns
        -------
        centre, sd : arrays (draws, targets). The drift is left out: it adds (drift * max(-u, 0))^2 to the variance.
        u : array (1, targets), log(largest training scale / scale).
        """
        mean, published, noise = self._along(x, paired=False)
        u = distance(self.law, x, self.ref)
        return *self.law.noise.scatter(
            np.random.default_rng([self.seed, seed, 1]), mean, noise, u, se, **self.seen(published)
        ), u

    def _along(self, x, paired):
        """The law's curve at inputs, (draws, targets), and the draws it is of: published parameters, and all that is sampled, (draws, 1)."""
        published = {name: value[:, None] for name, value in self.flat(*self.law.names).items()}
        sampled = {
            name: value[:, None]
            for name, value in self.flat(*(q.sampled for q in self.law.sites)).items()
        }
        if paired:
            count = len(next(iter(x.values())))
            pick = np.random.default_rng([self.seed, 2]).permutation(
                len(next(iter(published.values())))
            )
            pick = np.resize(pick, count)
            published, sampled = (
                {name: value[pick] for name, value in part.items()} for part in (published, sampled)
            )
        return curve(self.law, x, published), published, sampled

    def seen(self, published):
        """{"seen": what the training runs tell a discrepancy, as in ``Noise.scatter``}, {} without one; of draws {published name: (draws, 1)}."""
        if not self.law.noise.smooth:
            return {}
        x, z, se = self._trained
        mean = curve(self.law, {name: values[None] for name, values in x.items()}, published)
        return {
            "seen": {
                "residual": z - self.law.noise.forward(mean),
                "u": distance(self.law, x, self.ref),
                "se": se,
            }
        }

    @cached_property
    def _trained(self):
        """Inputs of the training runs, their outcomes on the noise's scale, and the errors of those, or None."""
        if isinstance(self.source, Sampled):
            data, count = self.source.data, len(self.source.table)
            return (
                {name: values[:count] for name, values in data["x"].items()},
                data["z"][:count],
                data["se"][:count] if "se" in data else None,
            )
        constant = self.tree["constant_data"]
        return (
            {name: constant[name].values for name in self.law.inputs},
            self.law.noise.forward(self.tree["observed_data"]["y"].values),
            constant["se"].values if "se" in constant else None,
        )

    def summary(self, prob=0.9):
        """Posterior of every parameter, published form first.

        Parameters
        ----------
        prob : probability inside the central interval.

        Returns
        -------
        Table, one row a quantity: form ("published", "sampled" or both, "noise"), mean, median, sd, lower, upper, rhat, ess_bulk, ess_tail,
        unit, meaning, prior.

        Raises
        ------
        InputError : ``prob`` is not between 0 and 1.
        """
        return summary(self, prob)

    def posterior_predictive(self, seed=0):
        """The tree with one more group: outcomes that the posterior would have given at the training runs.

        Parameters
        ----------
        seed : of the noise.

        Returns
        -------
        xarray.DataTree; its ``posterior_predictive`` has y (chain, draw, run), in the outcome's unit.

        Raises
        ------
        InputError : a bad ``seed``.
        """
        import xarray as xr

        post, constant = self.tree["posterior"], self.tree["constant_data"]
        x = {name: constant[name].values[None] for name in self.law.inputs}
        rows = {name: constant[f"{name}_read"].values for name in self.law.noise.reads}
        draws = self.draws_at(
            x, seed=seed, se=constant["se"].values if "se" in constant else None, rows=rows
        ).reshape(post.sizes["chain"], post.sizes["draw"], -1)
        tree = self.tree.copy()
        tree["posterior_predictive"] = xr.DataTree(
            xr.Dataset(
                {"y": (("chain", "draw", "run"), draws)},
                coords={"run": self.tree["observed_data"]["run"]},
            )
        )
        return tree

    def save(self, path):
        """Write the fit to one netCDF file, which ``bayes_scaling.load`` reads.

        Parameters
        ----------
        path : the file, which is replaced where there is one.

        Returns
        -------
        Path of the file

        Raises
        ------
        InputError : the folder does not exist or can not be written.
        """
        from bayes_scaling.results.netcdf import save

        return save(self, path)

    def __repr__(self):
        n = len(self.parts.runs)
        state = (
            str(self.diagnosis).splitlines()[0]
            if self.diagnosis.ok
            else f"NOT CONVERGED: {self.diagnosis.problems[0]}"
        )
        return f"<Fit {self.law.name} of {self.y} to {n} runs: {state}>"

    def _repr_html_(self):
        table = self.summary().loc[list(self.law.names), ["median", "lower", "upper", "unit"]]
        return card(
            f"{self.title}; {self.y} of {len(self.parts.runs)} runs, 90% intervals",
            table._repr_html_(),
            self.diagnosis,
        )


def made(law, sampled, columns, *, seed, warmup, se=None):
    """The Fit of what the engine drew."""
    table, drawn = sampled.table, sampled.drawn
    chains, draws, _ = drawn.theta.shape
    return Fit(
        law=law, posterior=posterior(law, sampled), source=sampled, y=sampled.y, columns=columns,
        largest=float(table["C"].max()) if "C" in table.columns else float("nan"),
        ref={key: float(value) for key, value in sampled.data["ref"].items()}, seed=seed,
        engine={"modes": [list(mode) for mode in drawn.modes], "attempts": drawn.attempts, "health": drawn.health, "chains": chains, "draws": draws, "warmup": warmup},
        provenance={"data_hash": data_hash(sampled.data, len(table)), "versions": versions(), "se": se},
    )  # fmt: skip
