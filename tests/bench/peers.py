"""What the engine is measured against: PyMC with nutpie, NumPyro's ``MCMC``, and a bootstrap with
scipy.

The models are written as a user of each tool would write them, in the package's own coordinates
and with its own priors, so that all sample one posterior. Nothing of bayes_scaling is imported
here: a peer's start is its own."""

import warnings

import numpy as np

EXPONENTS = {  # median and sd of the logarithm; the rest is the same for both laws
    "chinchilla": {"alpha_N": (0.25, 0.6), "alpha_D": (0.25, 0.6)},
    "power_law_floor": {"alpha_C": (0.15, 0.6)},
}
SIZES = {  # scale of the half-normal prior of a term
    "chinchilla": {"A_term": 1.0, "B_term": 1.0},
    "power_law_floor": {"A_term": 2.0},
}
TERMS = {
    "chinchilla": {"N": ("A_term", "alpha_N"), "D": ("B_term", "alpha_D")},
    "power_law_floor": {"C": ("A_term", "alpha_C")},
}
GROWS = {"chinchilla": True, "power_law_floor": False}


def arrays(law, runs):
    """The data of a PyMC model: log inputs about their mean, log loss, the least loss, log
    distance from the largest run."""
    about = {f"log_{name}": np.log(runs[name].to_numpy()) for name in TERMS[law]}
    size = sum(about.values())
    about = {name: value - value.mean() for name, value in about.items()}
    return {
        **about,
        "z": np.log(runs["loss"].to_numpy()),
        "least": float(runs["loss"].min()),
        "u": size.max() - size,
    }


class Nutpie:
    """A law in PyMC, compiled once; NUTS by nutpie with its low-rank metric."""

    def __init__(self, law, data):
        warnings.simplefilter("ignore", FutureWarning)
        import nutpie
        import pymc as pm
        import pytensor.tensor as pt

        self.sampler = nutpie.sample
        with pm.Model() as model:
            at = {name: pm.Data(name, value) for name, value in data.items()}
            share = pm.TruncatedNormal("E_share", 2 / 3, 0.18, lower=0.0)
            sigma = pm.HalfNormal("sigma", 0.02)
            p = {
                name: pm.LogNormal(name, np.log(median), spread)
                for name, (median, spread) in EXPONENTS[law].items()
            }
            p |= {name: pm.HalfNormal(name, scale) for name, scale in SIZES[law].items()}
            mean = share * at["least"] + sum(
                p[term] * pt.exp(-p[slope] * at[f"log_{name}"])
                for name, (term, slope) in TERMS[law].items()
            )
            sd = sigma * pt.exp(pm.Normal("kappa", 0.04, 0.07) * at["u"]) if GROWS[law] else sigma
            pm.StudentT("y", nu=4.0, mu=pt.log(mean), sigma=sd, observed=at["z"])
        self.compiled = nutpie.compile_pymc_model(model, backend="numba")

    def sample(self, data=None, **options):
        """A whole ``nutpie.sample`` call, on other data where given; ``return_raw_trace=True``
        leaves out the DataTree."""
        compiled = self.compiled if data is None else self.compiled.with_data(**data)
        return self.sampler(compiled, adaptation="low_rank", progress_bar=False, **options)

    @staticmethod
    def read(trace, names):
        """(chains, draws, names) and the number of divergences of what ``sample`` gave."""
        if hasattr(trace, "posterior"):
            return np.stack([trace.posterior[name].values for name in names], axis=-1), int(
                trace.sample_stats.diverging.sum()
            )
        kept = [
            (draw, stat, ~stat.column("tuning").to_numpy())
            for draw, stat in zip(*trace.get_arrow_trace())
        ]
        draws = np.stack(
            [
                np.stack([draw.column(name).to_numpy()[keep] for name in names], axis=-1)
                for draw, _, keep in kept
            ]
        )
        return draws, int(
            sum(stat.column("diverging").to_numpy()[keep].sum() for _, stat, keep in kept)
        )


class NumPyro:
    """A NumPyro model by ``MCMC``: dense metric, vectorized chains, double precision, one object
    for all calls."""

    def __init__(self, model, *, warmup, draws, chains):
        from numpyro.infer import MCMC, NUTS

        self.mcmc = MCMC(
            NUTS(model, dense_mass=True),
            num_warmup=warmup,
            num_samples=draws,
            num_chains=chains,
            chain_method="vectorized",
            progress_bar=False,
            jit_model_args=True,
        )

    def sample(self, data, seed):
        """Draws by name (chains, draws) and the number of divergences."""
        import jax

        with jax.enable_x64(True):
            self.mcmc.run(jax.random.key(seed), data)
            draws = {
                name: np.asarray(value)
                for name, value in self.mcmc.get_samples(group_by_chain=True).items()
            }
            return draws, int(self.mcmc.get_extra_fields()["diverging"].sum())


def bootstrap(runs, refits, seed, delta=1e-3):
    """Chinchilla refitted to resampled runs: (refits, 5) of log E, log A, log B, alpha_N, alpha_D.

    Huber's loss on log residuals, as Hoffmann et al. 2022 (arXiv 2203.15556) and Besiroglu et al.
    2024 (arXiv 2404.10102) fit the law, with an exact Jacobian; every refit starts from the point
    fit."""
    from scipy.optimize import least_squares

    log_N, log_D, z = (np.log(runs[name].to_numpy()) for name in ("N", "D", "loss"))

    def parts(p, n, d):
        logs = np.stack([np.full_like(n, p[0]), p[1] - p[3] * n, p[2] - p[4] * d])
        total = np.logaddexp.reduce(logs)
        return total, np.exp(logs - total)

    def jacobian(p, n, d, _):
        share = parts(p, n, d)[1]
        return np.stack([*share, -share[1] * n, -share[2] * d], axis=1)

    def refit(start, rows):
        return least_squares(
            lambda p, n, d, z: parts(p, n, d)[0] - z,
            start,
            jacobian,
            args=(log_N[rows], log_D[rows], z[rows]),
            loss="huber",
            f_scale=delta,
            x_scale=(0.1, 1.0, 1.0, 0.1, 0.1),
        )

    starts = [
        (E, A, B, slope, slope)
        for E in (0.0, 0.5)
        for A in (5.0, 10.0)
        for B in (5.0, 10.0)
        for slope in (0.3, 0.6)
    ]
    point = min((refit(start, slice(None)) for start in starts), key=lambda fit: fit.cost).x
    rng = np.random.default_rng(seed)
    return np.stack([refit(point, rng.integers(0, len(z), len(z))).x for _ in range(refits)])
