"""The contract that every law in the registry keeps."""

import formulas_loss
import formulas_moe
import formulas_open
import formulas_special
import formulas_task
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpyro.infer.util import log_density
from scipy import stats
from simulate import published, simulate

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.density import Density
from bayes_scaling.models import LAWS

every_law = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)

# the same formulas once more, in plain NumPy: what the laws are checked against
FORMULAS = {
    "over_training": lambda x, E, a, b, eta: (
        E + (a * x["M"] ** eta + b * x["M"] ** -eta) * x["C"] ** -eta
    ),
    "chinchilla": lambda x, E, A, B, alpha_N, alpha_D: (
        E + A / x["N"] ** alpha_N + B / x["D"] ** alpha_D
    ),
    "coupled": lambda x, E, k, A, B, alpha_N, alpha_D: (
        E + (A / x["N"] ** alpha_N + B / x["D"] ** alpha_D) ** k
    ),
    "perplexity_to_error": lambda x, epsilon, k, gamma: epsilon - k * np.exp(-gamma * x["L"]),
}
# and the published-form parameters from the sampled ones
PUBLISHED = {
    "over_training": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "eta": s["eta"],
        "a": s["a_term"] * (r["C"] / r["M"]) ** s["eta"],
        "b": s["b_term"] * (r["C"] * r["M"]) ** s["eta"],
    },
    "chinchilla": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_N": s["alpha_N"],
        "alpha_D": s["alpha_D"],
        "A": s["A_term"] * r["N"] ** s["alpha_N"],
        "B": s["B_term"] * r["D"] ** s["alpha_D"],
    },
    "coupled": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "k": s["k"],
        "alpha_N": s["slope_N"] / s["k"],
        "alpha_D": s["slope_D"] / s["k"],
        "A": s["share_N"] * s["reducible"] ** (1 / s["k"]) * r["N"] ** (s["slope_N"] / s["k"]),
        "B": (1 - s["share_N"])
        * s["reducible"] ** (1 / s["k"])
        * r["D"] ** (s["slope_D"] / s["k"]),
    },
    "perplexity_to_error": lambda s, r: {
        "epsilon": s["epsilon"],
        "gamma": s["gamma"],
        "k": s["gain"] * s["epsilon"] * np.exp(s["gamma"] * r["L_min"]),
    },
}
for part in (formulas_loss, formulas_special, formulas_task, formulas_moe, formulas_open):
    FORMULAS |= part.FORMULAS
    PUBLISHED |= part.PUBLISHED
SCIPY = {
    "LogNormal": lambda loc, scale: stats.lognorm(s=scale, scale=np.exp(loc)),
    "Beta": lambda concentration1, concentration0: stats.beta(concentration1, concentration0),
    "HalfNormal": lambda scale: stats.halfnorm(scale=scale),
    "Normal": lambda loc, scale: stats.norm(loc, scale),
    "StudentT": lambda df, loc, scale: stats.t(df, loc, scale),
    "TruncatedNormal": lambda loc, scale, low: stats.truncnorm(
        (low - loc) / scale, np.inf, loc, scale
    ),
}


def plain_likelihood(law, mean, s, data):
    """log likelihood of every run in plain SciPy; the mean is kept off the ends of its domain as
    the law's own noise does."""
    rows, z, kind = data.get("rows", {}), np.asarray(data["z"]), type(law.noise).__name__
    if kind == "RunEffects":
        run = np.asarray(rows["run"])
        shared = s["sigma_run"] ** 2 * (run[:, None] == run)
        own = np.diag((s["sigma"] * np.exp(s.get("kappa", 0.0) * data["u"])) ** 2)
        return stats.multivariate_normal(np.log(np.maximum(mean, 1e-9)), shared + own).logpdf(z)
    if kind != "Noise":
        mean = np.clip(mean, 1e-30 if kind == "NegativeBinomial" else 1e-9, 1 - 1e-9)
        if kind == "Binomial":
            return stats.binom(rows["items"].astype(int), mean).logpmf(z)
        if kind == "BetaBinomial":
            return stats.betabinom(
                rows["items"].astype(int), mean * s["phi"], (1 - mean) * s["phi"]
            ).logpmf(z)
        if kind == "ItemBetaBinomial":
            return stats.betabinom(rows["items"].astype(int), s["alpha_p"], s["beta_p"]).logpmf(z)
        return stats.nbinom(rows["passes"], mean).logpmf(z)
    mean = (
        np.clip(mean, 1e-9, 1 - 1e-9)
        if law.noise.link == "logit"
        else np.maximum(mean, 1e-9)
        if law.noise.link == "log"
        else mean
    )
    center = (
        np.log(mean)
        if law.noise.link == "log"
        else np.log(mean / (1 - mean))
        if law.noise.link == "logit"
        else mean
    )
    sd = s["sigma"] * np.exp(s.get("kappa", 0.0) * data["u"])
    return stats.t(4).logpdf((z - center) / sd) - np.log(sd)


def data_of(law, seed=0):
    return bs.design(law, simulate(law, seed, sigma=0.01), y=law.outcome)


def draws_of_prior(law, data, count, seed=0):
    """Unconstrained prior draws, and what they are in both forms."""
    density = Density(law)
    with float64():
        theta = density.draw_prior(jax.random.key(seed), data, count)
        sampled, published_form = density.published(theta, data)
    return (
        np.asarray(theta),
        {k: np.asarray(v) for k, v in sampled.items()},
        {k: np.asarray(v) for k, v in published_form.items()},
    )


@every_law
def test_metadata_is_complete(law):
    for text in (
        law.title,
        law.formula,
        law.latex,
        law.unit,
        law.outcome,
        law.applies,
        law.fails,
        law.citation,
        law.arxiv,
        law.bibtex,
    ):
        assert text
    assert (
        all(law.inputs.values())
        and law.published
        and set(law.example) <= {*law.inputs, *law.noise.reads, "N", "D"}
    )
    assert law.arxiv in law.bibtex and law.cite() == law.bibtex
    for parameter in law.sites:
        assert parameter.meaning and parameter.reason and parameter.sampled_meaning
    for setting in law.published.values():
        assert set(setting.values) == set(law.names)
        assert (
            setting.checked
            in ("recomputed", "authors' code", "paper", "third-party notes", "illustration")
            and setting.source
        )
    assert law.name in bs.laws().index


@every_law
def test_mean_is_the_formula(law):
    x = {name: np.asarray(values, float) for name, values in law.example.items()}
    with float64():
        mean = np.asarray(law.mean(x, **published(law)))
    np.testing.assert_allclose(
        mean,
        FORMULAS[law.name]({name: x[name] for name in law.inputs}, **published(law)),
        rtol=1e-11,
    )
    assert not law.noise.outside(mean).any()


@every_law
def test_float32_and_float64_agree(law):
    x = {name: np.asarray(values, float) for name, values in law.example.items()}
    single = np.asarray(law.mean(x, **published(law)))
    with float64():
        double = np.asarray(law.mean(x, **published(law)))
    assert single.dtype == np.float32 and double.dtype == np.float64
    np.testing.assert_allclose(single, double, rtol=2e-5)


@every_law
def test_mean_falls_where_the_law_says_so(law):
    x = {name: np.asarray(values, float) for name, values in law.example.items()}
    for name in law.decreasing:
        less = {key: x[key] for key in law.inputs}
        more = {**less, name: 1.1 * x[name]}
        with float64():  # single precision can not tell 16 bits from 17.6
            assert (
                np.asarray(law.mean(more, **published(law)))
                < np.asarray(law.mean(less, **published(law)))
            ).all()


@every_law
def test_mean_is_differentiable_over_the_prior(law):
    data = data_of(law)
    density = Density(law)
    with float64():
        theta = density.draw_prior(jax.random.key(1), data, 50)
        slope = jax.jit(
            jax.vmap(jax.grad(lambda t: density.log(t, data))),
            compiler_options={"xla_backend_optimization_level": 0},
        )  # run once: compiling is what it costs
        gradients = np.asarray(slope(theta))
    assert np.isfinite(gradients).all()


@every_law
def test_log_density_is_that_of_plain_scipy(law):
    data = data_of(law)
    theta, sampled, _ = draws_of_prior(law, data, 5)
    with float64():
        ours = np.array(
            [
                float(log_density(law.model, (data,), {}, {k: v[i] for k, v in sampled.items()})[0])
                for i in range(5)
            ]
        )
    x = {name: np.asarray(data["x"][name]) for name in law.inputs}
    for i in range(5):
        s = {name: float(values[i]) for name, values in sampled.items()}
        prior = sum(
            SCIPY[q.prior.family](**dict(q.prior.args)).logpdf(s[q.sampled]) for q in law.sites
        )
        mean = FORMULAS[law.name](x, **PUBLISHED[law.name](s, data["ref"]))
        np.testing.assert_allclose(
            ours[i],
            prior + plain_likelihood(law, mean, s, data).sum(),
            rtol=1e-9 if law.noise.grows or law.noise.takes_se else 1e-6,
        )


@every_law
def test_sampler_density_is_the_models_with_its_change_of_variables(law):
    data = data_of(law)
    theta, sampled, _ = draws_of_prior(law, data, 3)
    density = Density(law)
    with float64():
        for i in range(3):
            model = float(
                log_density(law.model, (data,), {}, {k: v[i] for k, v in sampled.items()})[0]
            )
            steps = 1e-6  # d sampled / d theta by central differences: the Jacobian is diagonal
            ahead, behind = (
                density.constrain(jnp.asarray(theta[i] + sign * steps), data) for sign in (1, -1)
            )
            jacobian = sum(
                np.log(abs(float(ahead[name] - behind[name])) / (2 * steps))
                for name in density.names
            )
            np.testing.assert_allclose(
                float(density.log(jnp.asarray(theta[i]), data)),
                model + jacobian,
                rtol=1e-6,
                atol=1e-5,
            )


@every_law
def test_prior_predictive_curves_are_sane(law):
    """At least 80% of the curves that the prior allows are possible outcomes, and below 1
    (shares), ten nats, or ten times the largest outcome."""
    data = data_of(law)
    _, _, published_form = draws_of_prior(law, data, 500, seed=2)
    x = {name: np.asarray(data["x"][name])[None] for name in law.inputs}
    mean = FORMULAS[law.name](x, **{name: published_form[name][:, None] for name in law.names})
    top = (
        1.0
        if law.noise.outside(np.array(2.0))
        else 10.0
        if law.outcome.startswith("loss")
        else max(10.0, 10 * data["ref"]["y_max"])
    )
    assert (~law.noise.outside(mean) & (np.abs(mean) < top)).all(axis=1).mean() >= 0.75


@every_law
def test_published_form_gives_the_sampled_one_back(law):
    """At the reference run every sampled quantity is what its meaning says."""
    data = data_of(law)
    _, sampled, published_form = draws_of_prior(law, data, 100, seed=3)
    for i in range(100):
        mine = PUBLISHED[law.name](
            {name: values[i] for name, values in sampled.items()}, data["ref"]
        )
        for name, value in mine.items():
            np.testing.assert_allclose(published_form[name][i], value, rtol=1e-9)


def test_gadre_published_values_give_the_papers_errors(gadre):
    """arXiv 2403.08540: off by 0.7103% and 0.7320% in loss, 3.6365% and 0.0464% in error, on the
    RedPajama runs of 1.4B and 6.9B."""
    law, error_law = bs.find_law("over_training"), bs.find_law("perplexity_to_error")
    big = gadre.query("dataset == 'redpajama' and N > 1e9 and (M > 21 or N > 5e9)")
    with float64():
        loss = np.asarray(law.mean(big, **law.published["redpajama"].values))
        error = np.asarray(
            error_law.mean({"L": loss}, **error_law.published["redpajama, 17 tasks"].values)
        )
    np.testing.assert_allclose(
        100 * np.abs(loss / big["loss_c4"].to_numpy() - 1), [0.7103, 0.7320], atol=5e-4
    )
    np.testing.assert_allclose(
        100 * np.abs(error / big["error_17"].to_numpy() - 1), [3.6365, 0.0464], atol=5e-4
    )


@pytest.mark.parametrize("corpus", ["c4", "redpajama", "refinedweb"])
def test_gadre_published_values_are_least_squares_on_the_papers_points(corpus):
    from scipy.optimize import approx_fprime

    from bayes_scaling.cli.showcase import paper_points

    five, _ = paper_points(corpus)
    values = bs.find_law("over_training").published[corpus].values
    x = {name: five[name].to_numpy() for name in ("C", "M")}

    def squares(p):
        return (
            (
                FORMULAS["over_training"](x, *(np.array(list(values.values())) * p))
                - five["loss_c4"].to_numpy()
            )
            ** 2
        ).sum()

    assert squares(np.ones(4)) < 5e-4  # residuals of 0.01 nats
    assert (
        np.abs(approx_fprime(np.ones(4), squares, 1e-7)).max() < 1e-3
    )  # and no way down: to four digits it would be 0.03


def test_counts_of_any_integer_type_do_not_overflow():
    law = bs.find_law("over_training")
    values = law.published["redpajama"].values
    as_int = law.mean({"N": np.array([6889410560]), "D": np.array([137788211200])}, **values)
    as_float = law.mean({"N": np.array([6889410560.0]), "D": np.array([137788211200.0])}, **values)
    np.testing.assert_allclose(as_int, as_float, rtol=1e-6)


def test_mean_names_what_is_missing():
    law = bs.find_law("chinchilla")
    with pytest.raises(bs.InputError, match="needs the input D"):
        law.mean({"N": 1e9}, **published(law))
    with pytest.raises(bs.InputError, match="B is missing"):
        law.mean({"N": 1e9, "D": 1e10}, E=1.0, A=1.0, alpha_N=0.3, alpha_D=0.3)


def test_priors_are_changed_by_name_and_the_old_law_stays():
    import numpyro.distributions as dist

    law = bs.find_law("over_training")
    other = law.with_priors(
        eta=dist.LogNormal(-2.0, 0.1), sigma=dist.HalfNormal(0.1), E_share=dist.Uniform(0.1, 0.9)
    )
    assert {q.sampled: str(q.prior) for q in other.sites}["eta"] != {
        q.sampled: str(q.prior) for q in law.sites
    }["eta"]
    assert dict(other.noise.sigma.args)["scale"] == pytest.approx(0.1)
    with pytest.raises(bs.InputError, match="E is sampled as E_share"):
        law.with_priors(E=dist.LogNormal(0.5, 0.3))
    with pytest.raises(bs.InputError, match="did you mean eta"):
        law.with_priors(etta=dist.LogNormal(0.5, 0.3))
    with pytest.raises(bs.InputError, match="scalar, continuous distribution"):
        law.with_priors(eta=0.3)


@pytest.mark.long
def test_a_law_of_ones_own_in_ten_lines(small):
    mine = bs.Law(
        name="mine",
        formula="L = E + A / C^a_C",
        inputs={"C": "FLOPs"},
        parameters=(
            bs.floor("E"),
            bs.exponent("a_C"),
            bs.amplitude("A", lambda x, p: x["C"] ** -p["a_C"]),
        ),
        function=lambda x, E, A, a_C: E + A * x["C"] ** -a_C,
        scale=lambda x: x["C"],
    )
    fit = bs.fit(mine, small.query("M == 20"), y="loss_c4")
    assert fit.diagnosis.ok
    forecast = fit.forecast(bs.targets(N=6.9e9, D=138e9))
    assert forecast["lower"].item() < 2.425 < forecast["upper"].item()
