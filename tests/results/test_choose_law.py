"""``law="auto"``: the law that suits the columns at hand, and why."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.results.choose_law import choose_law, is_accuracy


def grid(sizes, tokens):
    n, d = (a.ravel() for a in np.meshgrid(sizes, tokens))
    return bs.load_runs(pd.DataFrame({"N": n, "D": d, "loss": 2 + 400 / n**0.34 + 410 / d**0.28}))


TOGETHER = np.geomspace(1e7, 1e9, 9)


@pytest.mark.parametrize(
    "table, law, reason",
    [
        (grid(np.geomspace(1e7, 1e9, 4), np.geomspace(1e9, 1e11, 4)), "coupled", "16 runs"),
        (grid([1e7, 1e8], [1e9, 1e10, 1e11]), "chinchilla", "6 runs are too few"),
        (grid([1e8], np.geomspace(1e9, 1e11, 9)), "power_law_floor", "one size N"),
        (
            bs.load_runs(pd.DataFrame({"N": TOGETHER, "D": 20 * TOGETHER, "loss": TOGETHER**-0.1})),
            "power_law_floor",
            "D/N is about the same",
        ),
        (
            bs.load_runs(
                pd.DataFrame({"N": TOGETHER, "D": 1e18 / TOGETHER, "loss": TOGETHER**0.01})
            ),
            "isoflop",
            "one compute budget",
        ),
        (pd.DataFrame({"C": [1e18, 1e19], "loss": [3.0, 2.9]}), "power_law_floor", "compute C"),
    ],
)
def test_the_law_of_a_loss_by_how_sizes_vary(table, law, reason):
    chosen = choose_law(table, "loss", {})
    assert chosen.name == law and reason in chosen.chosen


@pytest.mark.parametrize(
    "y, columns, law",
    [
        ("error", {"L": "loss"}, "perplexity_to_error"),
        ("accuracy_boolq", {"L": "loss"}, "ladder_task"),
        ("acc", {}, "sigmoid"),
    ],
)
def test_the_law_of_an_error_or_an_accuracy(y, columns, law):
    assert choose_law(grid([1e7, 1e8], [1e9, 1e10]), y, columns).name == law


def test_without_sizes_nothing_is_chosen():
    with pytest.raises(bs.InputError, match="neither compute C nor two of N, D and M"):
        choose_law(pd.DataFrame({"N": [1e8], "loss": [3.0]}), "loss", {})


def test_the_reason_is_printed_with_the_forecast_and_kept_in_a_file(tmp_path):
    rng = np.random.default_rng(0)
    runs = grid(np.geomspace(1e7, 1e9, 4), np.geomspace(1e9, 1e11, 3))
    runs["loss"] *= np.exp(0.004 * rng.standard_normal(len(runs)))
    fit = bs.fit("auto", runs, y="loss", draws=400)
    to = bs.targets(N=[5e9], D=[5e11])
    note = fit.forecast(to).note
    assert fit.law.name == "coupled"
    assert "Law: coupled, chosen because N and D vary apart in 12 runs" in note
    loaded = bs.load(fit.save(tmp_path / "fit.nc"))
    assert loaded.forecast(to).note == note
    pd.testing.assert_frame_equal(loaded.forecast(to), fit.forecast(to), check_flags=False)
    assert bs.find_law("coupled").chosen == ""


@pytest.mark.parametrize("name", ["acc", "hellaswag_acc", "acc_norm,none", "arc/acc"])
def test_an_accuracy_is_known_by_its_name(name):
    assert is_accuracy(name) and not is_accuracy(name.replace("acc", "loss"))
