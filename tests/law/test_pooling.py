"""Groups in one fit: the density, what pooling does, unseen groups, and what is refused."""

import jax
import numpy as np
import pytest
from corpora import BASE, LAW, THREE, at_reference, corpora, crossed_table, three
from numpyro.distributions import biject_to, constraints
from numpyro.infer.util import log_density
from scipy import stats

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.inference.grouped_design import grouped
from bayes_scaling.inference.hierarchical.density import Hierarchy
from bayes_scaling.law.pooling import build_pool
from bayes_scaling.results.adapt_law import load_table

BIG = {"N": 7e9, "D": 1.4e11}


def population(count, seed, group_sd=0.1):
    """Parameters of groups that differ in log eta by ``group_sd``."""
    rng = np.random.default_rng(seed)
    return {
        f"g{i}": at_reference(
            eta=BASE["eta"] * np.exp(group_sd * rng.normal()), E=1.7 + 0.05 * rng.normal()
        )
        for i in range(count)
    }


@pytest.fixture(scope="module")
def eight():
    true_values = population(8, 0)
    return true_values, bs.fit(LAW, corpora(true_values, 1), y="loss", group="corpus")


@pytest.fixture
def fit():
    return three()


@pytest.mark.parametrize(
    "group, pool",
    [
        pytest.param("corpus", {"E_share": "free", "kappa": "partial"}, marks=pytest.mark.long),
        (["corpus", "set"], {"eta": "shared", "E": "free", "sigma": "free"}),
    ],
)
def test_the_change_of_variables_matches_automatic_differentiation(group, pool):
    """log |d (the model's unconstrained sites) / d theta|, against the closed form."""
    table, _ = load_table(
        crossed_table()
        if isinstance(group, list)
        else corpora({"one": BASE, "two": at_reference(eta=0.14)}, 0),
        {},
    )
    pool = build_pool(LAW, table, group, pool)
    data, _ = grouped(pool, table, "y" if isinstance(group, list) else "loss", None, {})
    density = Hierarchy(pool)
    rng, shape, noise = np.random.default_rng(0), data["z"].shape, len(density.noise.names)
    root = rng.normal(size=(len(pool.cells), noise, noise))
    data["linearization"] = {  # any will do: it only sets coordinates
        "mean": 2 + rng.random(shape),
        "slope": rng.normal(size=(*shape, len(density.law.names))),
        "target": rng.normal(size=shape),
        "nonlinear_variance": rng.random(shape),
        "weight": rng.random(shape),
        "noise": (root @ root.swapaxes(1, 2), rng.normal(size=(len(pool.cells), noise))),
    }
    data["stretch"] = (
        2 * rng.random(density.tau_size),
        0.1 + rng.random(density.tau_size),
        rng.random(density.tau_size),
    )  # so that some are far below the middle
    support = {q.sampled: q.prior.dist().support for q in LAW.sites}

    def unconstrained(theta):
        sites, _ = density.sites(theta, data)
        flat, inside = [], 0.0
        for name, value in sites.items():
            constraint = (
                constraints.real
                if name.startswith("z_")
                else constraints.positive
                if name.startswith("tau_")
                else support[name.removeprefix("mu_")]
            )
            link = biject_to(constraint)
            t = link.inv(value)
            flat.append(jax.numpy.ravel(t))
            inside += jax.numpy.sum(link.log_abs_det_jacobian(t, value))
        return jax.numpy.concatenate(flat), inside

    with float64():
        theta = 0.5 * jax.random.normal(jax.random.key(3), (density.size,))
        evaluate = jax.jit(
            lambda t: (
                jax.jacfwd(lambda t: unconstrained(t)[0])(t),
                unconstrained(t)[1],
                density.sites(t, data)[0],
            )
        )
        jacobian, inside, sites = evaluate(theta)
        assert jacobian.shape == (density.size, density.size)
        change = np.linalg.slogdet(np.asarray(jacobian))[1] + float(inside)
        joint, _ = log_density(pool.model, (data,), {}, sites)  # as NumPyro computes it
        np.testing.assert_allclose(
            float(jax.jit(density.log)(theta, data)), float(joint) + change, rtol=1e-8
        )


def test_a_fit_of_three_converges_and_covers_the_true_values(fit):
    assert fit.diagnosis.ok, fit.diagnosis
    for name, p in THREE.items():
        for key, draws in fit.published(name).items():
            low, high = np.quantile(draws, [0.01, 0.99])
            assert low <= p[key] <= high, (name, key)


def test_the_coordinates_of_group_sds_have_the_tails_of_a_normal(fit):
    """Of a Normal the 0.5% quantile lies 2.6 sds below the median, of log tau itself 4 to 6.

    The data allow a group sd of zero.
    """
    u = fit.source.theta.reshape(-1, fit.source.theta.shape[-1])[
        :, : sum(name.startswith("tau_") for name in fit.posterior)
    ]
    low, middle, high = np.quantile(u, [0.005, 0.5, 0.84], axis=0)
    assert ((middle - low) / (high - middle) < 3.5).all() and (np.abs(stats.skew(u)) < 0.6).all()
    logs = np.log(
        np.column_stack(
            [values.ravel() for name, values in fit.posterior.items() if name.startswith("tau_")]
        )
    )
    assert (stats.skew(logs) < -0.5).sum() >= 3


@pytest.mark.long
def test_groups_are_recovered(eight):
    true_values, fit = eight
    assert fit.diagnosis.ok, fit.diagnosis
    hits = 0
    for name, p in true_values.items():
        for key, draws in fit.published(name).items():
            low, high = np.quantile(draws, [0.05, 0.95])
            hits += low <= p[key] <= high
    assert (
        hits >= stats.binom(8, 0.9).ppf(0.005) * 4
    )  # the four parameters of a group move together
    tau = fit.flat("tau_eta")["tau_eta"]
    assert np.quantile(tau, 0.025) < 0.1 < np.quantile(tau, 0.975)
    mu = fit.flat("mu_eta")["mu_eta"]
    assert np.quantile(mu, 0.01) < BASE["eta"] < np.quantile(mu, 0.99)


@pytest.mark.long
def test_free_groups_are_separate_fits():
    """With nothing shared each group's posterior is the one of a fit of its own."""
    table = corpora({"one": BASE, "two": at_reference(eta=0.14)}, 2)
    free = dict.fromkeys(("E", "eta", "a", "b", "sigma", "kappa"), "free")
    together = bs.fit(LAW, table, y="loss", group="corpus", pool=free)
    assert together.diagnosis.ok and not [
        name for name in together.posterior if name.startswith(("mu_", "tau_", "z_"))
    ]
    for i, name in enumerate(("one", "two")):
        alone = bs.fit(LAW, table[table["corpus"] == name], y="loss", seed=i)
        for key, draws in alone.flat("E", "eta", "sigma", "kappa").items():
            other = together.flat(key)[key][:, i]
            np.testing.assert_allclose(other.mean(), draws.mean(), atol=0.15 * draws.std())
            np.testing.assert_allclose(other.std(), draws.std(), rtol=0.15)


@pytest.mark.long
def test_pooling_shrinks():
    """Of alike groups with few runs, pooled estimates lie closer and are more certain than free."""
    table = corpora(dict.fromkeys("abcdef", BASE), 3, sigma=0.01, ratios=(20.0, 80.0))
    eta = {
        mode: bs.fit(
            LAW,
            table,
            y="loss",
            group="corpus",
            pool=dict.fromkeys(("E_share", "eta", "a_term", "b_term"), mode),
        ).flat("eta")["eta"]
        for mode in ("free", "partial", "shared")
    }
    middle, width = (
        {mode: np.ptp(np.median(draws, axis=0)) for mode, draws in eta.items()},
        {mode: draws.std(axis=0).mean() for mode, draws in eta.items()},
    )
    assert middle["partial"] < 0.7 * middle["free"] and middle["shared"] == 0
    assert width["shared"] < width["partial"] < 0.9 * width["free"]


@pytest.mark.long
def test_two_groups_are_enough_and_an_unseen_one_is_less_certain():
    fit = bs.fit(
        LAW, corpora({"one": BASE, "two": at_reference(eta=0.135)}, 4), y="loss", group="corpus"
    )
    assert fit.diagnosis.ok, fit.diagnosis
    table = fit.forecast(bs.targets(**BIG, corpus=["one", "two", "three"]))
    width = (table["upper"] - table["lower"]).to_numpy()
    assert width[2] > 2 * width[:2].max()
    assert table["lower"][2] < min(table["median"][:2]) and table["upper"][2] > max(
        table["median"][:2]
    )
    again = fit.forecast(bs.targets(**BIG, corpus="three"))
    np.testing.assert_array_equal(
        again["median"], table["median"][2:]
    )  # the same unseen group in every answer


def test_unseen_groups_follow_the_population(fit):
    """Log eta of an unseen group is normal about mu with sd tau, draw by draw."""
    mu, tau = fit.flat("mu_eta", "tau_eta").values()
    z = (np.log(fit.published("new")["eta"]) - np.log(mu)) / tau
    assert stats.kstest(z, "norm").pvalue > 1e-3


def test_invalid_input_is_refused(tmp_path, fit):
    table = corpora({"one": BASE, "two": BASE}, 0)
    for options, message in (
        ({"group": "corpse"}, "corpse.*corpus"),
        ({"group": "corpus", "pool": {"et": "free"}}, "et.*eta"),
        ({"group": "corpus", "pool": {"eta": "half"}}, "partial"),
        ({"pool": {"eta": "free"}}, "group"),
        (
            {
                "group": "corpus",
                "pool": {"eta": "free"},
                "priors": {"tau_eta": LAW.parameters[1].prior},
            },
            "not partially pooled",
        ),
    ):
        with pytest.raises(bs.InputError, match=message):
            bs.fit(LAW, table, y="loss", **options)
    with pytest.raises(bs.InputError, match="one group"):
        bs.fit(LAW, table[table["corpus"] == "one"], y="loss", group="corpus")
    with pytest.raises(bs.InputError, match="corpus"):
        fit.draws(bs.targets(**BIG))
    for given, message in (
        (("corpse", {"one": 0.01}), "corpse.*corpus"),
        (("corpus", {"four": 0.01}), "four.*no runs"),
        (("corpus", {"one": -0.01}), "drift of one"),
        (("corpus", {}), "empty"),
    ):
        with pytest.raises(bs.InputError, match=message):
            fit.with_drift(*given)


def test_a_floor_is_not_shared_by_its_published_name():
    """E is a fraction of each group's smallest outcome: one fraction would not be one E."""
    with pytest.raises(bs.InputError, match="one E_share for all groups does not make one E"):
        bs.fit(
            LAW,
            corpora({"one": BASE, "two": BASE}, 0),
            y="loss",
            group="corpus",
            pool={"E": "shared"},
        )
    with pytest.raises(bs.InputError, match="give a way for each name"):
        bs.fit(
            LAW, corpora({"one": BASE, "two": BASE}, 0), y="loss", group="corpus", pool="partial"
        )
