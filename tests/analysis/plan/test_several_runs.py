"""Several runs for a budget: a closed form, laws, the drift, stages, first runs, limits."""

import itertools

import numpy as np
import pandas as pd
import pytest
from line_law import COMPUTE, PRIOR_SD, SIGMA, fit_line
from refusals import refused

import bayes_scaling as bs
from bayes_scaling.analysis.plan.joint_outcomes import joint_outcome
from bayes_scaling.analysis.plan.run_designs import Beliefs, designs
from bayes_scaling.law.likelihoods.noise import Noise

FAR = bs.targets(C=1e22)
CANDIDATES = bs.targets(C=[1e17, 1e18, 1e20, 1e22])
GRID = pd.DataFrame([(n, m) for n in (1e8, 2e8, 4e8, 1e9, 3e9) for m in (5, 20, 80)])
GRID = bs.targets(GRID.set_axis(["N", "M"], axis=1))


@pytest.fixture(scope="module")
def line():
    return fit_line()


@pytest.fixture(scope="module")
def pooled():
    runs = bs.load_runs("gadre2024", where="N < 5e8 and M <= 20")
    return bs.fit("over_training", runs, y="loss_c4", group="dataset", draws=500, chains=2)


def _row(compute):
    return np.array([1.0, np.log10(compute / 1e18)])


def _sd_after(computes):
    """The posterior sd of the line at the target: (X'X / s^2 + I / prior^2)^-1 by hand."""
    X = np.stack([_row(c) for c in [*COMPUTE, *computes]])
    precision = X.T @ X / SIGMA**2 + np.eye(2) / PRIOR_SD**2
    return float(np.sqrt(_row(1e22) @ np.linalg.inv(precision) @ _row(1e22)))


def test_a_batch_on_a_line_has_the_closed_form(line):
    """Without the smooth error of the law, the widths are those of linear regression."""
    joint = joint_outcome(line, CANDIDATES, FAR, "mean", 0.9, 0)
    draws = line.draws(pd.concat([CANDIDATES, FAR]), of="mean")
    exact = type(joint)(np.cov(draws.T), joint.noise, joint.width, joint.drifts)
    np.testing.assert_allclose(joint.noise[:4], SIGMA**2, rtol=0.1)
    for chosen in itertools.chain.from_iterable(
        itertools.combinations(range(4), n) for n in (1, 2, 3)
    ):
        beliefs = Beliefs([exact])
        for i in chosen:
            beliefs.add(i)
        after = _sd_after(CANDIDATES["C"].to_numpy()[list(chosen)]) / _sd_after([])
        assert np.exp(beliefs.worth()) == pytest.approx(after, rel=0.06), chosen
    # a law that may be slightly off leaves more
    one = Beliefs([joint])
    one.add(2)
    assert np.exp(one.worth()) > _sd_after([1e20]) / _sd_after([])


def test_the_best_set_of_all_is_found(line):
    """Of all sets within the budget none is better than what is chosen, by the same measure."""
    runs = bs.targets(C=[1e17, 1e18, 3e18, 1e19, 1e20, 3e20])
    costs, budget = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 9.0]), 10.0
    joints = [joint_outcome(line, runs, FAR, "mean", 0.9, 0)]
    best = designs(joints, costs, budget, runs)[0]

    def worth(chosen):
        beliefs = Beliefs(joints)
        for i in chosen:
            beliefs.add(i)
        return beliefs.worth()

    sets = [
        chosen
        for n in range(1, 7)
        for chosen in itertools.combinations(range(6), n)
        if costs[list(chosen)].sum() <= budget
    ]
    assert best.value == pytest.approx(worth(best.runs))
    assert best.value <= min(map(worth, sets)) * (1 - 1 / np.e)  # both are below 0
    assert costs[best.runs].sum() <= budget


def test_the_table_and_its_sentences(line):
    plan = bs.plan.next_runs(line, CANDIDATES, FAR, budget=1.1e20, of="mean")
    assert list(plan["spent"]) == list(plan["cost"].cumsum()) and plan["spent"].iloc[-1] <= 1.1e20
    assert (plan["cost"] == plan["C"]).all() and plan["after"].is_monotonic_decreasing
    np.testing.assert_allclose(plan["after"], plan["width"] * (1 - plan["shrunk"]))
    assert plan.designs["shrunk"].is_monotonic_decreasing and plan.fit is None
    assert plan.designs["shrunk"].iloc[0] == plan["shrunk"].iloc[-1]
    assert 2 in plan.index and 3 not in plan.index  # 1e22 costs too much
    assert plan.sentences[0].startswith(f"Train {len(plan)} runs, for 1") and plan.sentences[0] in (
        repr(plan)
    )
    assert f"{plan['shrunk'].iloc[-1]:.1%} narrower" in plan.sentences[0]
    now = np.subtract(*line.forecast(FAR, of="mean")[["upper", "lower"]].iloc[0])
    assert plan["width"].iloc[0] == pytest.approx(now, rel=0.02)
    line.forecast(plan.targets)  # the runs are targets


def test_costs_of_ones_own(line):
    """Where the informative run is cheap, it is taken; costs come from a column or a function."""
    table = CANDIDATES.assign(price=[5.0, 5.0, 5.0, 2.0])
    column = bs.plan.next_runs(line, table, FAR, budget=6, cost="price", of="mean")
    function = bs.plan.next_runs(
        line, table, FAR, budget=6, cost=lambda runs: runs["price"] * 1.0, of="mean"
    )
    assert column.index[0] == 3 and column["spent"].iloc[-1] == 2.0
    pd.testing.assert_frame_equal(pd.DataFrame(column), pd.DataFrame(function))


def test_one_run_narrows_as_reweighted_draws_say(loss_fit):
    """For one run the figure is that of next_run, which needs no Normal approximation."""
    target = bs.targets(N=6.9e9, M=20)
    for of in ("run", "mean"):
        for size in (1e9, 3e9):
            run = bs.targets(N=size, M=20)
            reweighted = bs.plan.next_run(loss_fit, run, target, of=of).iloc[0]
            chosen = bs.plan.next_runs(loss_fit, run, target, budget=1e30, of=of).iloc[0]
            error = 0.06 + 3 * reweighted["error"]
            assert abs(chosen["shrunk"] - reweighted["shrunk"]) < error, (of, size)


def _certain(fit):
    """The fit with draws that all but agree."""
    first = {name: values[:1, :1] for name, values in fit.posterior.items()}
    near = {name: first[name] + 1e-6 * (v - first[name]) for name, v in fit.posterior.items()}
    return fit.with_posterior(near)


def test_a_run_near_the_target_keeps_its_worth_where_the_law_is_certain(small):
    """Parameters known all but exactly, and a drift: only a run near the target narrows it."""
    fit = bs.fit("over_training", small, y="loss_c4", noise=Noise(drift=0.05))
    target = bs.targets(N=6.9e9, M=20)
    plan = bs.plan.next_runs(_certain(fit), bs.targets(N=[2e8, 6.8e9], M=20), target, budget=1e30)
    assert list(plan.index) == [1] and plan["shrunk"].iloc[0] > 0.9


def test_an_average_looks_where_its_laws_differ(small):
    """Two certain laws that differ at the target: a run where they differ tells them apart."""
    sure = {n: _certain(bs.fit(n, small, y="loss_c4")) for n in ("over_training", "coupled")}
    average = bs.average(sure, weights="equal")
    target = bs.targets(N=6.9e9, M=300)
    near, inside = {"N": 6e9, "M": 300.0}, {"N": 2e8, "M": 20.0}
    candidates = bs.targets(pd.DataFrame([inside, near]))
    one_of_them = {"budget": 1, "cost": lambda runs: 1.0, "of": "mean"}
    plan = bs.plan.next_runs(average, candidates, target, **one_of_them)
    gap = np.ptp(np.log(average.draws(target, of="mean")))
    assert list(plan.index) == [1] and gap > 0.01 and plan["shrunk"].iloc[0] > 0.04
    for one in sure.values():
        alone = bs.plan.next_runs(one, candidates, target, **one_of_them)
        assert alone["width"].iloc[0] < 0.05 * plan["width"].iloc[0]
    reweighted = bs.plan.next_run(average, candidates, target, of="mean").loc[1]
    assert reweighted["sd_log_after"] < 0.95 * reweighted["sd_log"]


def test_runs_of_an_average_of_one_law_are_those_of_the_law(loss_fit):
    target, candidates = bs.targets(N=6.9e9, M=20), bs.targets(N=[1e9, 3e9], M=20)
    average = bs.average({"a": loss_fit, "b": loss_fit}, weights={"a": 1.0, "b": 0.0})
    for plan in (bs.plan.next_run, lambda *a: bs.plan.next_runs(*a, budget=1e21)):
        one, other = (plan(x, candidates, target) for x in (loss_fit, average))
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(other), rtol=0.03)


def test_groups_and_chains_and_several_outcomes(loss_fit, error_fit, pooled):
    target = bs.targets(N=6.9e9, M=20)
    group = pooled.groups[0]
    column = pooled.group_columns[0]
    both = pd.concat([bs.targets(N=[3e9], M=20).assign(**{column: g}) for g in pooled.groups[:2]])
    plan = bs.plan.next_runs(pooled, both, target.assign(**{column: group}), budget=1e30)
    assert plan[column].iloc[0] == group  # a run of its own group is worth more
    candidates = bs.targets(N=[1e9, 3e9], M=20)
    loss = bs.plan.next_runs(loss_fit, candidates, target, budget=1e30)
    chain = bs.plan.next_runs(bs.chain(loss_fit, error_fit), candidates, target, budget=1e30)
    assert 0 < chain["shrunk"].iloc[-1] < loss["shrunk"].iloc[-1]
    two = bs.plan.next_runs({"a": loss_fit, "b": loss_fit}, candidates, target, budget=1e30)
    assert len(two.by_target) == 2
    np.testing.assert_allclose(two["shrunk"], loss["shrunk"])


def test_stages_train_and_fit_again(line):
    """What is measured is in the last fit, and a flat truth flattens the line."""
    asked = []

    def measure(run):
        asked.append(run["C"])
        return 0.0

    plan = bs.plan.next_runs(
        line,
        bs.targets(C=[1e19, 1e20, 1e21]),
        FAR,
        budget=2,
        cost=lambda runs: 1.0,
        measure=measure,
        stages=2,
    )
    assert asked == list(plan["C"]) and (plan["outcome"] == 0).all()
    assert list(plan["stage"]) == [1, 2] and asked[0] == 1e21
    assert len(plan.fit.training) == len(COMPUTE) + len(plan)
    assert plan.fit.flat("s")["s"].mean() < line.flat("s")["s"].mean() - 0.02
    assert "Trained" in plan.sentences[0] and plan["spent"].iloc[-1] == 2


def test_first_runs_come_from_the_priors():
    """Enough runs to fit the law, cheaper than everything, and an L-shaped grid to compare."""
    target = bs.targets(N=7e9, M=20)
    plan = bs.plan.next_runs(None, GRID, target, budget=1e21)
    assert len(plan) >= 7 and plan["spent"].iloc[-1] <= 1e21 and plan["shrunk"].iloc[-1] > 0.5
    assert set(plan.designs.index) == {
        "most for the cost",
        "most a run",
        "the cheapest",
        "L-shaped grid",
    }
    assert "By the law's priors" in repr(plan) and plan["N"].nunique() > 2
    other = bs.plan.next_runs(None, GRID, target, budget=1e21, law="chinchilla")
    assert len(other) >= 6 and other["width"].iloc[0] != plan["width"].iloc[0]


RUN = {"N": 1e9, "M": 20}


@pytest.mark.parametrize(
    "options, words",
    [
        ({"budget": 0}, ("budget is 0",)),
        ({"budget": True}, ("budget is True",)),
        ({"budget": 1e10}, ("cheapest candidate costs",)),
        ({"budget": 1e21, "cost": "price"}, ("no column price", "give cost")),
        ({"budget": 1e21, "cost": 3}, ("cost is 3",)),
        ({"budget": 1e21, "cost": lambda runs: [1.0, 2.0]}, ("one number for each",)),
        ({"budget": 1e21, "cost": lambda runs: -1.0}, ("candidate 0: its cost is -1",)),
        ({"budget": 1e21, "stages": 0}, ("stages is 0",)),
        ({"budget": 1e21, "of": "loss"}, ("of is 'loss'",)),
        ({"budget": 1e21, "prob": 2}, ("prob is 2",)),
    ],
)
def test_what_cannot_be_asked_is_refused(loss_fit, options, words):
    with refused(*words):
        bs.plan.next_runs(loss_fit, RUN, RUN, **options)


def test_fits_that_do_not_serve_are_refused(loss_fit, error_fit):
    ask = bs.plan.next_runs
    with refused("takes a fit", "a DataFrame first"):
        ask(GRID, GRID, RUN, budget=1e21)
    with refused("mapping of fits is empty"):
        ask({}, GRID, RUN, budget=1e21)
    with refused("candidates: the targets have C alone"):
        ask(loss_fit, pd.DataFrame({"C": [1e20]}), RUN, budget=1e21)
    with refused("measure adds what was measured to one Fit"):
        ask(bs.chain(loss_fit, error_fit), GRID, RUN, budget=1e21, measure=lambda run: 1.0)


@pytest.mark.long
def test_new_fits_with_a_simulated_batch_say_the_same(small):
    """Widths of 20 new fits with three more runs each, against the width that was expected."""
    fit, target = bs.fit("coupled", small, y="loss_c4", draws=2000), bs.targets(N=6.9e9, M=20)
    batch = bs.targets(pd.DataFrame({"N": [4e8, 1e9, 3e9], "M": [80.0, 20.0, 20.0]}))
    drawn = fit.draws(batch, seed=7)[np.linspace(5, 7_995, 20).astype(int)]
    runs = [
        pd.concat([small[["N", "D", "loss_c4"]], batch[["N", "D"]].assign(loss_c4=y)]).assign(s=s)
        for s, y in enumerate(drawn)
    ]
    fits = bs.fit_many("coupled", pd.concat(runs, ignore_index=True), y="loss_c4", by="s")
    for of in ("run", "mean"):
        expected = bs.plan.next_runs(fit, batch, target, budget=1e30, of=of)["shrunk"].iloc[-1]

        def width(one, of=of):
            return np.subtract(*np.quantile(one.draws(target, of=of), [0.95, 0.05]))

        ratio = np.array([width(fits[s]) for s in fits]) / width(fit)
        error = ratio.std(ddof=1) / np.sqrt(20)
        # no more than was promised may be missing, beyond the errors and a twentieth
        assert 1 - ratio.mean() > expected - 3 * error - 0.05, (of, expected, ratio.mean())
        assert 1 - ratio.mean() < expected + 3 * error + 0.15, (of, expected, ratio.mean())


def test_too_many_candidates_are_refused_before_the_first_run_too():
    many = bs.targets(N=list(np.geomspace(1e7, 1e9, 5001)), M=20)
    with refused("5,001 candidates", "at most"):
        bs.plan.next_runs(None, many, bs.targets(N=1e10, M=20), budget=1e20)
