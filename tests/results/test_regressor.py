"""The scikit-learn regressor: the package's own answers, by scikit-learn's own checks."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.utils.estimator_checks import check_estimator

import bayes_scaling as bs

QUICK = {"draws": 50, "warmup": 50, "chains": 2}
EXCEPTIONS = {
    "check_estimators_pickle": "laws hold functions, which pickle does not store; "
    "model.fit_.save stores the fit"
}


class OnAnyData(bs.ScalingLawRegressor):
    """The regressor with features of any number, zeros too, mapped to sizes.

    The checks bring data of their own: up to ten features, one of which is zero somewhere, where a
    law has as many features as it has inputs and refuses sizes of zero.
    """

    def _table(self, values):
        rest = values[:, 1:].mean(axis=1) if values.shape[1] > 1 else values[:, 0]
        sizes = np.stack([1e8 * (0.1 + values[:, 0]), 1e10 * (0.1 + rest)], axis=1)
        return super()._table(sizes)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_scikit_learns_checks_pass():
    failed = []

    def note(check_name=None, status=None, exception=None, **_):
        if status in ("failed", "xfail"):
            failed.append((check_name, str(exception)))

    check_estimator(OnAnyData("chinchilla", **QUICK), on_fail=None, on_skip=None, callback=note)
    assert {name for name, _ in failed} == set(EXCEPTIONS), failed


def test_its_answers_are_those_of_a_fit(small):
    X, y = small[["N", "D"]].to_numpy(), small["loss_c4"].to_numpy()
    model = bs.ScalingLawRegressor("chinchilla", draws=500).fit(X, y)
    fit = bs.fit("chinchilla", pd.DataFrame(X, columns=["N", "D"]).assign(y=y), y="y", draws=500)
    to = bs.targets(N=[1.4e9, 6.9e9], D=[9e11, 1.4e11])
    big, forecast = to[["N", "D"]].to_numpy(), fit.forecast(to, prob=0.8)
    mean, ends = model.predict(big, return_interval=True, prob=0.8)
    np.testing.assert_allclose(mean, fit.draws(to, of="mean").mean(axis=0))
    np.testing.assert_allclose(ends, forecast[["lower", "upper"]], rtol=1e-6)
    np.testing.assert_allclose(model.predict(big, return_std=True)[1], forecast["sd"], rtol=1e-6)
    assert model.score(X, y) > 0.95 and model.fit_.diagnosis.sampling.level


def test_it_works_in_a_search_over_laws(small):
    search = GridSearchCV(bs.ScalingLawRegressor(**QUICK), {"law": ["chinchilla", "coupled"]}, cv=2)
    search.fit(small[["N", "D"]], small["loss_c4"])
    assert search.best_params_["law"] in ("chinchilla", "coupled")
    assert list(search.best_estimator_.feature_names_in_) == ["N", "D"]
    assert clone(search.best_estimator_).get_params()["draws"] == 50


def test_a_law_of_one_input_takes_one_feature(small):
    runs = small.query("M == 20")
    model = bs.ScalingLawRegressor("power_law_floor", ["C"], **QUICK)
    model.fit(runs[["C"]].to_numpy(), runs["loss_c4"])
    assert model.predict([[1e21]]) < runs["loss_c4"].min()


@pytest.mark.parametrize(
    "X, message",
    [
        ([[1e8], [2e8]], r"X has 1 feature\(s\) and inputs names 2 \(N, D\)"),
        ([[1e8, -1e9], [2e8, 1e9]], "Negative values"),
        ([[1e8, 0.0], [2e8, 1e9]], "0; give a positive number"),
    ],
)
def test_data_that_are_no_sizes_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        bs.ScalingLawRegressor("chinchilla", **QUICK).fit(X, [3.0, 2.9])


def test_an_sd_and_an_interval_are_one_too_many(small):
    model = bs.ScalingLawRegressor("chinchilla", **QUICK)
    model.fit(small[["N", "D"]], small["loss_c4"])
    with pytest.raises(bs.InputError, match="ask for one"):
        model.predict(small[["N", "D"]], return_std=True, return_interval=True)
