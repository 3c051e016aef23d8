"""The file of a report is self-contained, safe whatever the names, and reproducible."""

import dataclasses
import re

import numpyro.distributions as dist
import pandas as pd
import pytest
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.models import LAWS
from bayes_scaling.reporting.pictures import typeset
from bayes_scaling.reporting.recipe import recipe

MEASURED = [2.502, 2.425]
WHY = "only small runs of RedPajama were asked for"
WILD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a" * 200,
    '"&amp;`|*_$\\',
    "](javascript:alert(1))",
]


def test_names_from_the_data_do_no_harm(loss_fit, small, headline):
    wild = small.assign(run=[f"{WILD[i % 5]}{i}" for i in range(len(small))]).rename(
        columns={"loss_c4": WILD[0]}
    )
    fit = bs.fit("over_training", wild, y=WILD[0])
    left = pd.concat([wild, wild.iloc[:2].assign(run=WILD[1:3])])
    to = headline.set_axis([WILD[1], WILD[2]])
    report = bs.report(
        fit,
        to,
        runs=left,
        why=WILD[3],
        title=WILD[0],
        backtest=pd.DataFrame({WILD[0]: WILD}),
        date="2026-01-02",
    )
    page = Reader(report.html)
    assert [
        tag
        for tag, attributes in page.tags
        if tag in ("script", "img", "iframe", "object")
        or any(name.startswith("on") for name in attributes)
    ] == ["script", "script"]  # the panel's own
    assert page.rows("forecast")[0]["run"] == WILD[1] and page.rows("forecast")[2]["run"] == WILD[2]
    assert WILD[0] in page.text and [row[WILD[0]] for row in page.rows("backtest")] == WILD
    live = re.sub(
        r"\\.", "", re.sub(r"(`{3,})\w*\n.*?\n\1", "", report.markdown, flags=re.S)
    )  # what no backslash makes harmless
    assert not [part for part in ("<script", "<img", "](javascript") if part in live]


def test_same_inputs_same_bytes_but_for_the_date(loss_report, loss_fit, headline, gadre, tmp_path):
    again = bs.report(
        loss_fit,
        headline,
        tmp_path / "page.html",
        measured=MEASURED,
        runs=gadre,
        source="gadre2024",
        why=WHY,
        date="2031-05-06",
    )
    assert (
        again.html.replace("2031-05-06", "2026-01-02") == loss_report.html
        and again.markdown.replace("2031-05-06", "2026-01-02") == loss_report.markdown
    )
    assert (
        again.html.count("2031-05-06") == 1 and (tmp_path / "page.html").read_text() == again.html
    )
    again.save(tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == again.markdown


def test_one_file_that_needs_no_network(loss_report, loss_page):
    assert len(loss_report.html) < 3e6 and len(loss_report.markdown) < 3e6
    for tag, attributes in loss_page.tags:
        for name in ("src", "href", "xlink:href"):
            link = attributes.get(name, "#")
            assert link.startswith(("#", "data:")) or (
                tag == "a" and link.startswith("https://arxiv.org/")
            ), link
    assert not re.search(r"url\((?!#)|@import", loss_report.html)
    assert len(re.findall("<script", loss_report.html)) == 2  # the panel's data and its script
    assert "default-src 'none'" in loss_report.html
    assert sum(tag == "figure" for tag, _ in loss_page.tags) == 3 and all(
        attributes["aria-label"] for tag, attributes in loss_page.tags if tag == "figure"
    )


def test_the_code_in_the_report_makes_it_again(loss_report, small, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)\n```", loss_report.markdown, re.S)[1]
    exec(compile(code, "recipe", "exec"), {"runs": small})
    assert (
        Reader((tmp_path / "report.html").read_text()).tables["forecast"]
        == Reader(loss_report.html).tables["forecast"]
    )


def test_every_law_is_typeset():
    assert not [
        name
        for name, law in LAWS.items()
        if law.latex and not typeset(law.latex).startswith("<svg")
    ]
    assert typeset(r"\nosuchcommand{") == ""


@pytest.mark.parametrize(
    "ask, says",
    [
        (lambda fit, to, small: bs.report(fit, to, "page.pdf"), "give a .html or .md file"),
        (
            lambda fit, to, small: bs.report(small, to),
            "needs a Fit, a Chain, an Average or a PooledFit",
        ),
        (lambda fit, to, small: bs.report(fit, to, prob=90), "between 0 and 1"),
        (
            lambda fit, to, small: bs.report(fit, to, measured=[1.0]),
            "measured has 1 value and the forecast 2 rows",
        ),
        (
            lambda fit, to, small: bs.report(fit, to, runs=small.iloc[3:]),
            "was fitted and is not in runs",
        ),
        (lambda fit, to, small: bs.report(fit, to, backtest="good"), "backtest is of type str"),
        (lambda fit, to, small: bs.report(fit, to, "no/such/page.html"), "cannot be written"),
    ],
)
def test_bad_requests_are_refused_in_a_sentence(
    loss_fit, headline, small, tmp_path, monkeypatch, ask, says
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(bs.InputError, match=says):
        ask(loss_fit, headline, small)
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_code_in_the_report_gives_priors_and_noise_again(
    loss_fit, small, headline, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    fit = bs.fit(
        "over_training",
        small,
        y="loss_c4",
        priors={"eta": dist.LogNormal(-2.0, 0.2)},
        noise=bs.Noise(sigma=dist.HalfNormal(0.01), drift=0.01),
        seed=3,
    )
    report = bs.report(
        fit,
        headline.set_axis(["one", "two"]),
        prob=0.8,
        runs=small,
        why="none was",
        seed=5,
        title="Both",
        sensitivity=False,
        influence=False,
    )
    code = re.search(r"```python\n(.*?)\n```", report.markdown, re.S)[1]
    exec(compile(code, "recipe", "exec"), {"runs": small, "table": small})
    texts = (tmp_path / "report.html").read_text(), report.html
    first, second = (re.sub(r"Made on [\d-]+", "", text) for text in texts)
    assert first == second
    known = dataclasses.replace(loss_fit, provenance=loss_fit.provenance | {"se": "err"})
    assert (
        "y='loss_c4', se='err', draws=1000"
        in bs.report(known, headline, sensitivity=False, influence=False).markdown
    )


@pytest.mark.parametrize(
    "noise, code",
    [
        (bs.Noise(df=None), "noise=bs.Noise(df=None)"),
        (bs.Noise(df=None, drift=0.01), "noise=bs.Noise(df=None, drift=0.01)"),
        (bs.Censored(bs.Noise(), upper=9.0), "noise=bs.Censored(upper=9.0)"),
    ],
)
def test_code_in_the_report_leaves_a_default_drift_open(loss_fit, headline, noise, code):
    """A population of drifts is the law's own, and none that the reader has typed."""
    fit = dataclasses.replace(loss_fit, law=loss_fit.law.with_noise(noise))
    asked = dict.fromkeys(
        ("measured", "runs", "source", "title", "backtest", "sensitivity", "influence")
    ) | {"comparison": None, "prob": 0.9, "why": "", "seed": 0}
    assert f", {code}, draws=" in recipe(fit, headline, asked)
