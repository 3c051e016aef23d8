"""Tables print their caveats, and in a notebook a bad diagnosis comes first."""

from dataclasses import dataclass

import pytest

from bayes_scaling._core.html import card, note
from bayes_scaling._core.table import AnnotatedTable, Table


@dataclass
class Findings:
    """Findings on a fit, as a table carries them."""

    ok: bool

    def __str__(self):
        return "Findings.\n- <one>"


def annotated(ok):
    table = AnnotatedTable({"loss": [2.34567, 1.0]})
    table.foot, table.diagnosis = "Read this.", Findings(ok)
    return table


def test_a_table_prints_four_digits_and_its_foot():
    assert repr(Table({"loss": [2.34567]})) == "   loss\n0 2.346"
    assert repr(annotated(True)).splitlines()[1:] == ["0 2.346", "1     1", "Read this."]
    assert repr(AnnotatedTable({"loss": [1.0]})) == "   loss\n0     1"


def test_rows_of_a_table_keep_its_foot_and_its_diagnosis():
    part = annotated(False).iloc[:1]
    assert (type(part), part.foot, part.diagnosis.ok) == (AnnotatedTable, "Read this.", False)
    assert Table({"loss": [1.0]}).diagnosis is None


@pytest.mark.parametrize("ok", [True, False])
def test_a_bad_diagnosis_comes_before_the_table(ok):
    html = annotated(ok)._repr_html_()
    assert (html.index("<table") < html.index("Read this.")) == ok
    html = card("A title", "<table></table>", Findings(ok))
    assert (html.index("<table") < html.index("Findings.")) == ok
    assert ("<b>Findings.</b>" not in html) == ok and "<li>&lt;one&gt;</li>" in html
    html = card("A title", "<table></table>", Findings(ok), first=True)
    assert html.index("Findings.") < html.index("<table")


def test_a_note_escapes_its_text():
    assert "a &lt; b" in note("a < b") and "<ul>" not in note("a < b")
