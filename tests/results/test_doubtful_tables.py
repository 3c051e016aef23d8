"""Tables of doubt: rows without a group label, outcomes and sizes in other units."""

import numpy as np
import pytest
from refusals import RUNS, refused

import bayes_scaling as bs
from bayes_scaling.results.adapt_law import load_table
from bayes_scaling.results.many_tables import report_skipped, split_table
from bayes_scaling.validation.splits import rows_by_series

LABELED = RUNS.assign(corpus=["c4"] * 5 + [None] + ["dclm"] * 6, arch=["a"] * 12)


def split(by):
    law, (table, columns) = bs.find_law("over_training"), load_table(LABELED, {})
    return split_table(law, table, by, "loss", None, columns, 0)


@pytest.mark.parametrize("by", [("corpus",), ("arch", "corpus")])
def test_rows_without_a_label_are_no_group(by):
    tables = split(by)
    assert len(tables.groups) == 2 and sum(map(len, tables.tables)) == 11
    with refused("row 5 (r5): corpus is missing; name the group or leave the row out"):
        report_skipped(tables, "raise")
    with pytest.warns(bs.RunsWarning, match=r"1 of 3 groups are left out \(None\): row 5 \(r5\)"):
        report_skipped(tables, "skip")


def test_a_series_without_a_label_is_refused():
    with refused("row 5 (r5): corpus is missing"):
        rows_by_series(LABELED, ["corpus"])
    series = rows_by_series(LABELED.dropna(), ["corpus"])
    np.testing.assert_array_equal(series[("c4",)], range(5))


def test_perplexities_and_large_losses_are_cautions():
    from bayes_scaling.results.table_doubts import outcome_cautions, size_cautions

    law = bs.find_law("chinchilla")
    assert "log(ppl)" in next(outcome_cautions(law, RUNS.loss, "ppl"))
    assert "goes up to 45" in next(outcome_cautions(law, RUNS.loss * 10, "loss"))
    for y, outcome in (("loss", RUNS.loss), ("loss_bpb", RUNS.loss * 10)):
        assert not [*outcome_cautions(law, outcome, y)]
    assert not [*outcome_cautions(bs.find_law("perplexity_to_error"), [45.0], "error")]
    assert not [*size_cautions(RUNS)]
    swapped, tokens = RUNS.index % 2 == 1, 20 * RUNS.N
    mixed = RUNS.assign(N=RUNS.N.where(~swapped, tokens), D=tokens.where(~swapped, RUNS.N))
    assert "swapped" in next(size_cautions(mixed))
