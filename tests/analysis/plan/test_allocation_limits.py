"""Plans that warn, are refused or are drawn."""

import importlib
from dataclasses import replace

import pytest
from crowded import crowded
from refusals import refused

import bayes_scaling as bs
from bayes_scaling import plot
from bayes_scaling.analysis.plan.allocation import check_laws
from bayes_scaling.results.diagnosis import Diagnosis


def test_runs_of_one_shape_leave_the_best_to_the_prior(loss_fit, small, monkeypatch):
    monkeypatch.setattr(bs.Fit, "training", property(lambda fit: small.query("M == 20")))
    with pytest.warns(bs.RunsWarning, match="the best M depends on the prior alone"):
        plan = bs.plan.compute_optimal(loss_fit, 1e21)
    assert "All runs had M = 20" in plan.sentences[0] and any(
        "depends on the prior alone" in text for text in plan.diagnosis.cautions
    )


def test_a_poor_fit_says_so_first(loss_fit, monkeypatch):
    monkeypatch.setattr(
        importlib.import_module("bayes_scaling.results.fit"),
        "diagnose",
        lambda fit: Diagnosis(problems=("R-hat is 1.5: raise draws",)),
    )
    bad, run = replace(loss_fit), bs.targets(N=1e9, M=20)
    with pytest.warns(bs.FitWarning, match="R-hat is 1.5"):
        plan = bs.plan.compute_optimal(bad, 1e21)
    with pytest.warns(bs.FitWarning, match="R-hat is 1.5"):
        run = bs.plan.next_run(bad, run, run, outcomes=10)
    assert repr(plan).startswith("Sampling: BAD") and not plan.diagnosis.ok and not run.diagnosis.ok
    for text in (
        plan._repr_html_(),
        plan.choice._repr_html_(),
        plan.best._repr_html_(),
        run._repr_html_(),
    ):
        assert 0 <= text.index("Sampling: BAD") < text.index("<table")


def flat(fit):
    """A law of N and D whose curve is the same for all splits of a budget."""

    def loss(x, E, a, b, eta):
        return E + (a + b) * bs.power(x["C"], -eta)

    return replace(fit, law=replace(fit.law, function=loss))


@pytest.mark.parametrize(
    "ask, words",
    [
        (lambda fit, error: bs.plan.compute_optimal([1e21], fit), ("takes a fit", "a list first")),
        (lambda fit, error: bs.plan.compute_optimal("chinchilla", 1e21), ("a str first",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, 0), ("C is 0", "above 0")),
        (lambda fit, error: bs.plan.compute_optimal(fit, [1e21, -1.0]), ("C is -1.0",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, "1e21"), ("C is '1e21'",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, []), ("C is []",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, float("nan")), ("C is nan",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, 10**400), ("finite number",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, bs.targets(N=1e9, M=20)), ("DataFrame",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, 1e3), ("as a count",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, 1e21, serve=-1), ("serve is -1",)),
        (
            lambda fit, error: bs.plan.compute_optimal(fit, 1e21, serve=1e15),
            ("serving 1e+15 tokens takes", "10.6M parameters", "lower serve"),
        ),
        (lambda fit, error: bs.plan.compute_optimal(fit, 1e21, serv=1e12), ("did you mean serve",)),
        (
            lambda fit, error: bs.plan.compute_optimal(fit, 1e21, U=1e12),
            ("U is no input of over_training",),
        ),
        (
            lambda fit, error: bs.plan.compute_optimal(fit, 1e21, within=(20, 5)),
            ("within is (20, 5)",),
        ),
        (
            lambda fit, error: bs.plan.compute_optimal(fit, 1e21, tolerance=1.5),
            ("tolerance is 1.5",),
        ),
        (lambda fit, error: bs.plan.compute_optimal(fit, 1e21, better="up"), ("better is 'up'",)),
        (lambda fit, error: bs.plan.compute_optimal(fit, 1e21, prob=90), ("prob is 90",)),
        (
            lambda fit, error: bs.plan.compute_optimal(error, 1e21),
            ("perplexity_to_error reads L of a run", "N and D, or of C and M"),
        ),
        (
            lambda fit, error: bs.plan.compute_optimal(flat(fit), 1e21),
            ("the same loss_c4 for every split", "cannot distinguish parameters from tokens"),
        ),
        (
            lambda fit, error: bs.plan.compute_optimal({"a": fit, "b": error}, 1e21),
            ("loss_c4 in nats/token and error_17",),
        ),
        (lambda fit, error: bs.plan.compute_optimal(fit, 1e21).plot("D"), ("x is 'D'",)),
    ],
)
def test_what_cannot_be_planned_is_refused(loss_fit, error_fit, ask, words):
    with refused(*words):
        ask(loss_fit, error_fit)


def test_a_law_of_more_inputs_has_one_value_of_each():
    check_laws([bs.find_law("data_constrained")], {"U": 1e11})
    with refused("data_constrained reads U", "U=..."):
        check_laws([bs.find_law("data_constrained")], {})
    with refused("U is '1e11'"):
        check_laws([bs.find_law("data_constrained")], {"U": "1e11"})
    with refused("power_law reads C, and cannot distinguish parameters from tokens"):
        check_laws([bs.find_law("power_law")], {})


@pytest.mark.parametrize("x", ["N", "M"])
def test_the_figure_shows_what_was_found(loss_fit, x):
    plan = bs.plan.compute_optimal(loss_fit, [1e21, 1e22, 1e24])
    ax = plan.plot(x)
    curves = [line for line in ax.lines if len(line.get_xdata()) > 100]
    assert len(curves) == 3 and not crowded(ax.figure)
    for line, (_, row) in zip(curves, plan.choice.iterrows()):
        assert line.get_xdata()[line.get_ydata().argmin()] == pytest.approx(row[x], rel=0.1)
        assert ax.get_xlim()[0] < row[x] < ax.get_xlim()[1]
    assert plan.sentences[0] in plot.alt(ax)


def test_a_figure_of_several_groups_and_of_no_best(loss_fit):
    plan = bs.plan.compute_optimal(
        {str(i): replace(loss_fit, seed=i) for i in range(5)}, [1e21, 1e22]
    )
    axes = plan.plot("M")
    assert [ax.get_title(loc="left") for ax in axes] == list("01234") and not crowded(
        axes[0].figure
    )
    far = bs.plan.compute_optimal(loss_fit, 1e21, within=(100.0, 1e4)).plot()
    assert "no best inside the search" in far.get_legend().get_texts()[0].get_text() and not [
        line for line in far.lines if line.get_marker() == "D"
    ]
    with refused("5 groups, and one ax"):
        plan.plot(ax=far)
