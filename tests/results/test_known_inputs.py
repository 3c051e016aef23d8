"""What is known of a group's runs, such as a chance level, is that group's own."""

import numpy as np
import pandas as pd
from scipy import stats

import bayes_scaling as bs
from bayes_scaling.inference.grouped_design import grouped

DRAWS = 4000
KNOWN = {"quarter": (0.25, 400), "half": (0.5, 25), "none": (0.0, 1000)}


def pooled_fit():
    """A pooled fit of counted errors, with one curve for all tasks and draws that are all alike.

    Each task has its own chance level and items; the three have 4, 8 and 12 runs.
    """
    law = bs.find_law("task_binomial").with_noise(bs.Binomial())
    L = np.linspace(4.5, 2.5, 12)
    parts = [
        pd.DataFrame({"task": task, "L": L[: 4 * (i + 1)], "chance": chance, "items": items})
        for i, (task, (chance, items)) in enumerate(KNOWN.items())
    ]
    table = pd.concat(parts, ignore_index=True)
    table["error"] = np.round((0.9 - 0.02 * (4.5 - table["L"])) * table["items"]) / table["items"]
    pool = bs.Pool(law, ("task",), (tuple(KNOWN),), ((0,), (1,), (2,)), {}, {}, ())
    data, place = grouped(pool, table, "error", None, {})
    names = [*law.names, *(site.sampled for site in law.sites)]
    posterior = {name: np.full((1, DRAWS, len(KNOWN)), 0.7) for name in names}
    engine = {"chains": 1, "draws": DRAWS, "warmup": 0, "attempts": 1}
    return bs.PooledFit(pool, posterior, None, table, "error", data, place, {}, None, 0, engine)


def test_targets_that_leave_out_what_is_known_have_their_own_groups_values():
    fit = pooled_fit()
    to = pd.DataFrame({"task": list(KNOWN), "L": [2.4, 2.4, 2.4]})
    chance, items = (np.array(values) for values in zip(*KNOWN.values()))
    given = to.assign(chance=chance, items=items)
    bare, named = (fit.draws(targets, of="mean") for targets in (to, given))
    np.testing.assert_array_equal(bare, named)
    published = {name: 0.7 for name in fit.law.names}
    known = np.asarray(fit.law.mean({"L": given["L"], "chance": chance}, **published))
    np.testing.assert_allclose(bare[0], known, rtol=1e-6)
    assert len(np.unique(known)) == 3  # by their chance levels alone
    for task, mean, count in zip(KNOWN, known, items):
        wrong = fit.group(task).draws(to[to["task"] == task].drop(columns="task"))[:, 0] * count
        np.testing.assert_allclose(wrong, np.round(wrong), atol=1e-6)
        sd = np.sqrt(count * mean * (1 - mean))
        assert abs(wrong.mean() - count * mean) < 5 * sd / np.sqrt(DRAWS)
        low, high = stats.chi2(DRAWS - 1).ppf([1e-6, 1 - 1e-6]) / (DRAWS - 1)
        assert low < wrong.var(ddof=1) / sd**2 < high


def test_an_unseen_group_has_the_mean_over_all_runs():
    fit = pooled_fit()
    known = fit.with_known(pd.DataFrame({"task": ["new"], "L": [2.4]}))
    assert known["chance"].item() == np.average([0.25, 0.5, 0.0], weights=[4, 8, 12])
    assert known["items"].item() == round(np.average([400, 25, 1000], weights=[4, 8, 12]))
