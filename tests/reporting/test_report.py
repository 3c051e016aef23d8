"""The report: its numbers are the API's, it is safe whatever the names, and it says what is wrong first."""

import dataclasses
import re
import shlex
from importlib import import_module

import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest
from simulated_backtest import tried
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.cli.commands import report as report_command
from bayes_scaling.cli.main import main
from bayes_scaling.cli.parser import parser
from bayes_scaling.models import LAWS
from bayes_scaling.reporting.assumptions import rests_on
from bayes_scaling.reporting.extrapolation import unseen_link
from bayes_scaling.reporting.page import typeset

MEASURED = [2.502, 2.425]
WHY = "only small runs of RedPajama were asked for"
WILD = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a" * 200,
    '"&amp;`|*_$\\',
    "](javascript:alert(1))",
]


@pytest.fixture(scope="module")
def made(loss_fit, headline, gadre):
    return bs.report(
        loss_fit,
        headline,
        measured=MEASURED,
        runs=gadre,
        source="gadre2024",
        why=WHY,
        date="2026-01-02",
    )


@pytest.fixture(scope="module")
def page(made):
    return Reader(made.html)


@pytest.fixture(scope="module")
def unsound(loss_fit):
    """The fit as if one draw in ten had diverged."""
    health = loss_fit.engine["health"] | {"diverging": loss_fit.engine["health"]["made"] // 10}
    return dataclasses.replace(loss_fit, engine=loss_fit.engine | {"health": health})


def numbers(text):
    return [float(number) for number in text.split(" to ")]


def close(text, values):
    """The numbers of a cell are these, to the digits shown."""
    np.testing.assert_allclose(numbers(text), values, rtol=5.1e-4)


def test_table_of_forecasts_is_the_apis(page, loss_fit, headline):
    rows = page.rows("forecast")
    assert [row["what"] for row in rows] == ["a new run", "the law's curve"] * 2
    for of, lines in (("run", rows[::2]), ("mean", rows[1::2])):
        for prob in (0.5, 0.8, 0.9, 0.95):
            told = loss_fit.forecast(headline, prob=prob, of=of)
            for line, (_, row) in zip(lines, told.iterrows(), strict=True):
                close(line[f"{prob:.0%}"], [row["lower"], row["upper"]])
                close(line["median"], [row["median"]])
    assert [row["run"] for row in rows[::2]] == [
        "1.44B parameters on 921B tokens",
        "6.89B parameters on 138B tokens",
    ]
    assert [row["measured"].split(",")[0] for row in rows[::2]] == ["2.502", "2.425"] and {
        row["measured"] for row in rows[1::2]
    } == {""}


def test_measured_values_are_placed_in_the_narrowest_interval_that_holds_them(loss_fit, headline):
    told = loss_fit.forecast(headline, prob=0.8)
    values = [(told["upper"].iloc[0] + loss_fit.forecast(headline)["upper"].iloc[0]) / 2, 9.0]
    rows = Reader(bs.report(loss_fit, headline, measured=values).html).rows("forecast")
    assert [row["measured"].split(", ")[1] for row in rows[::2]] == ["inside 90%", "outside 95%"]


def test_the_answer_comes_first_with_its_interval(page, made, loss_fit, headline):
    told = loss_fit.forecast(headline)
    answer = next(text for text in re.findall(r'<p class="answer">(.*?)</p>', made.html))
    found = [float(number) for number in re.findall(r"\d\.\d{3}", answer)]
    np.testing.assert_allclose(
        found, told[["median", "lower", "upper"]].to_numpy().ravel(), rtol=5.1e-4
    )
    assert page.text.index("is foretold at") < page.text.index("median and central intervals")
    assert "role" not in str([attributes for tag, attributes in page.tags if tag == "p"])


def test_two_targets_are_told_apart_draw_by_draw(page, loss_fit, headline):
    draws = loss_fit.draws(headline)
    gap = draws[:, 1] - draws[:, 0]
    told = re.search(
        r"Of the two, (.*?) comes out lower with probability ([\d.]+): its loss_c4 less that of (.*?) is ([-+\d.]+) in the median \(90% interval ([-+\d.]+) to ([-+\d.]+)\)",
        page.text,
    )
    assert (told[1], told[3]) == (
        "6.89B parameters on 138B tokens",
        "1.44B parameters on 921B tokens",
    ) and float(told[2]) == pytest.approx((gap < 0).mean(), abs=0.005)
    np.testing.assert_allclose(
        [float(told[i]) for i in (4, 5, 6)], np.quantile(gap, [0.5, 0.05, 0.95]), atol=6e-4
    )
    swapped = Reader(
        bs.report(loss_fit, headline.iloc[::-1], sensitivity=False, influence=False).html
    ).text
    assert (
        "Of the two, 6.89B parameters" in swapped
        and "Of the two"
        not in bs.report(loss_fit, headline.iloc[:1], sensitivity=False, influence=False).markdown
    )


def test_runs_are_counted_once_and_told_apart_by_what_they_are_for(page, loss_fit, error_fit):
    assert (
        "It rests on 32 training runs of at most 6.51e+20 training FLOPs; the farthest target needs 12.2 times the compute of the largest of them, and the largest target has 16.7 times its parameters."
        in page.text
    )
    assert (
        rests_on(bs.chain(loss_fit, error_fit))
        == "32 training runs of at most 6.51e+20 training FLOPs"
    )
    parts = dataclasses.replace(
        error_fit.parts, runs=np.append(error_fit.parts.runs[1:], ["one", "two"])
    )
    more = dataclasses.replace(error_fit, largest=1e21)
    more.__dict__["parts"] = parts
    assert (
        rests_on(bs.chain(loss_fit, more))
        == "32 training runs of at most 6.51e+20 training FLOPs for loss_c4 and 33 training runs of at most 1e+21 training FLOPs for error_17"
    )


def test_extrapolation_data_priors_and_posterior(page, loss_fit, headline, small):
    far = page.rows("extrapolation")
    for row, ratio in zip(far, headline["C"] / small["C"].max()):
        assert float(
            re.search(r"([\d.]+) times the largest", row["compute C, FLOPs"])[1]
        ) == pytest.approx(ratio, rel=6e-3)
    assert far[1]["tokens D"].endswith("inside") and far[1]["parameters N"].endswith(
        "times the largest"
    )
    ranges = {row["column"]: row for row in page.rows("data")}
    assert float(ranges["loss_c4"]["least"]) == pytest.approx(
        small["loss_c4"].min(), rel=1e-3
    ) and float(ranges["N"]["greatest"].rstrip("M")) == pytest.approx(
        small["N"].max() / 1e6, rel=6e-3
    )
    summary = loss_fit.summary()
    for row in page.rows("posterior"):
        close(
            row["90% interval"], summary.loc[row["parameter"], ["lower", "upper"]].to_numpy(float)
        )
        assert (
            f"{loss_fit.law.published['c4'].values[row['parameter']]:.4g} (c4)"
            in row["published values"]
        )
    sites = {q.sampled: q for q in loss_fit.law.sites}
    rows = {row["sampled"]: row for row in page.rows("priors")}
    assert list(rows) == list(sites)
    for name, row in rows.items():
        assert (row["prior"], row["reason"], row["meaning"]) == (
            str(sites[name].prior),
            sites[name].reason,
            sites[name].sampled_meaning,
        )
        close(row["posterior, 90%"], summary.loc[name, ["lower", "upper"]].to_numpy(float))
    prior = np.subtract(*np.quantile(loss_fit.parts.prior["eta"], [0.95, 0.05]))
    assert float(rows["eta"]["width left"].rstrip("%")) == pytest.approx(
        100 * (summary.loc["eta", "upper"] - summary.loc["eta", "lower"]) / prior, abs=0.6
    )


def test_rows_left_out_are_counted_with_the_reason(page, made, loss_fit, headline, small):
    assert f"72 rows of the table were left out, because {WHY}: " in page.text
    assert "c4_original-d=96_l=8_h=4-0.25" in page.text
    assert "No row of the table was left out" in bs.report(loss_fit, headline, runs=small).markdown
    assert "can not say which rows were left out" in bs.report(loss_fit, headline).markdown


def test_what_it_has_not_seen_it_says(page, loss_fit, headline):
    assert (
        "No backtest was given" in page.text
        and "not given to this page: how such intervals fare" in page.text
        and "Not shown on this page: what other laws foretell" in page.text
    )
    table = pd.DataFrame({"law": ["coupled"], "coverage": [0.9125]})
    shown = Reader(
        bs.report(
            loss_fit,
            headline,
            backtest=table,
            sensitivity=False,
            influence={"one": table.rename(columns={"law": "run"})},
            comparison=table,
        ).html
    )
    assert (
        shown.rows("backtest") == [{"law": "coupled", "coverage": "0.9125"}]
        and {"influence-1", "comparison"} <= set(shown.tables)
        and "sensitivity" not in shown.tables
    )
    assert (
        "No backtest" not in shown.text
        and "Not shown on this page: how other priors would move the answer." in shown.text
    )


def test_diagnosis_provenance_and_citations(page, loss_fit):
    checks = {row["check"]: row["found"] for row in page.rows("checks")}
    assert float(checks["R-hat, greatest: do the chains agree?"]) == pytest.approx(
        loss_fit.diagnosis.numbers["rhat"], abs=6e-4
    )
    for part in (
        str(loss_fit.diagnosis).splitlines()[0],
        loss_fit.provenance["data_hash"],
        f"jax {loss_fit.provenance['versions']['jax']}",
        "seed 0",
        "@software{bayes_scaling",
        "@article{gadre2024language",
        "@misc{gadre2024overtraining",
    ):
        assert part in page.text


def test_a_bad_diagnosis_stands_at_the_top(unsound, headline):
    with pytest.warns(bs.FitWarning, match="not converged"):
        made = bs.report(unsound, headline)
    page = Reader(made.html)
    at = page.text.index("Do not rely on this page")
    assert at < page.text.index("diverged") < page.text.index("is foretold at")
    assert [
        attributes["role"] for tag, attributes in page.tags if tag == "p" and "role" in attributes
    ][0] == "alert"
    assert made.markdown.index("Do not rely on this page") < made.markdown.index("is foretold at")


def test_names_from_the_data_do_no_harm(loss_fit, small, headline):
    wild = small.assign(run=[f"{WILD[i % 5]}{i}" for i in range(len(small))]).rename(
        columns={"loss_c4": WILD[0]}
    )
    fit = bs.fit("over_training", wild, y=WILD[0])
    left = pd.concat([wild, wild.iloc[:2].assign(run=WILD[1:3])])
    to = headline.set_axis([WILD[1], WILD[2]])
    made = bs.report(
        fit,
        to,
        runs=left,
        why=WILD[3],
        title=WILD[0],
        backtest=pd.DataFrame({WILD[0]: WILD}),
        date="2026-01-02",
    )
    page = Reader(made.html)
    assert not [
        tag
        for tag, attributes in page.tags
        if tag in ("script", "img", "iframe", "object")
        or any(name.startswith("on") for name in attributes)
    ]
    assert page.rows("forecast")[0]["run"] == WILD[1] and page.rows("forecast")[2]["run"] == WILD[2]
    assert WILD[0] in page.text and [row[WILD[0]] for row in page.rows("backtest")] == WILD
    live = re.sub(
        r"\\.", "", re.sub(r"(`{3,})\w*\n.*?\n\1", "", made.markdown, flags=re.S)
    )  # what no backslash makes harmless
    assert not [part for part in ("<script", "<img", "](javascript") if part in live]


def test_same_inputs_same_bytes_but_for_the_date(made, loss_fit, headline, gadre, tmp_path):
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
        again.html.replace("2031-05-06", "2026-01-02") == made.html
        and again.markdown.replace("2031-05-06", "2026-01-02") == made.markdown
    )
    assert (
        again.html.count("2031-05-06") == 1 and (tmp_path / "page.html").read_text() == again.html
    )
    again.save(tmp_path / "page.md")
    assert (tmp_path / "page.md").read_text() == again.markdown


def test_one_file_that_needs_no_network(made, page):
    assert len(made.html) < 3e6 and len(made.markdown) < 3e6
    for tag, attributes in page.tags:
        for name in ("src", "href", "xlink:href"):
            link = attributes.get(name, "#")
            assert link.startswith(("#", "data:")) or (
                tag == "a" and link.startswith("https://arxiv.org/")
            ), link
    assert not re.search(r"url\((?!#)|@import|<script", made.html)
    assert "default-src 'none'" in made.html
    assert sum(tag == "figure" for tag, _ in page.tags) == 2 and all(
        attributes["aria-label"] for tag, attributes in page.tags if tag == "figure"
    )


def test_the_code_on_the_page_makes_it_again(made, small, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)\n```", made.markdown, re.S)[1]
    exec(compile(code, "recipe", "exec"), {"runs": small})
    assert (
        Reader((tmp_path / "report.html").read_text()).tables["forecast"]
        == Reader(made.html).tables["forecast"]
    )


def test_chain_shows_both_outcomes_and_both_fits(loss_fit, error_fit, headline):
    both = bs.chain(loss_fit, error_fit)
    page = Reader(bs.report(both, headline).html)
    told, first = both.forecast(headline), loss_fit.forecast(headline)
    close(page.rows("forecast")[0]["90%"], told[["lower", "upper"]].iloc[0])
    close(page.rows("forecast-first")[0]["90%"], first[["lower", "upper"]].iloc[0])
    assert {"data-1", "data-2", "priors-1", "priors-2", "posterior-1", "posterior-2"} <= set(
        page.tables
    )
    assert f"fitted at loss_c4 from {error_fit.training['L'].min():.4g}" in page.text


def test_a_chain_says_where_its_second_law_was_not_fitted(loss_fit, error_fit, headline):
    """Below the lowest loss the drift allows for it, and the page says by how much; above the highest nothing does; nor below without a drift."""
    both, still = (
        bs.chain(
            loss_fit,
            dataclasses.replace(
                error_fit,
                law=error_fit.law.with_noise(dataclasses.replace(error_fit.law.noise, drift=drift)),
            ),
        )
        for drift in (0.046, 0.0)
    )
    tiny = bs.targets(N=[2e6], D=[1e7])
    assert unseen_link(both, headline) == "" and "asked beyond" in unseen_link(still, headline)
    assert "asked beyond" in unseen_link(both, tiny)
    text = Reader(bs.report(both, headline, sensitivity=False, influence=False).html).text
    assert re.search(
        r"nats below the lowest loss, that is an sd of 0\.0\d+ on the logit of error_17", text
    )


@pytest.mark.long
def test_a_chain_may_end_in_a_group(loss_fit, gadre, headline, monkeypatch, tmp_path):
    """The page of a chain whose second law is a group's part of a pooled fit, and the code on it, which makes it again."""
    monkeypatch.chdir(tmp_path)
    runs = gadre.query("N < 5e8")
    pooled = bs.fit(
        "perplexity_to_error",
        runs,
        y="error_17",
        L="loss_c4",
        group="dataset",
        priors={"tau_gamma": dist.HalfNormal(0.2)},
        draws=400,
    )
    both = bs.chain(loss_fit, pooled.group("redpajama"))
    made = bs.report(both, headline, source="gadre2024")
    own = runs.loc[runs["dataset"] == "redpajama", "loss_c4"]
    assert (
        f"fitted at loss_c4 from {own.min():.4g} to {own.max():.4g}" in made.markdown
        and "cannot be reweighted yet" in made.markdown
    )
    code = re.search(r"```python\n(.*?)\n```", made.markdown, re.S)[1]
    assert "dist.HalfNormal(scale=0.2)" in code and "source='gadre2024'" in code
    exec(
        compile(code, "recipe", "exec"),
        {"runs_1": runs.query("dataset == 'redpajama'"), "runs_2": runs},
    )
    assert (
        Reader((tmp_path / "report.html").read_text()).tables["forecast"]
        == Reader(made.html).tables["forecast"]
    )
    with pytest.raises(bs.InputError, match="give one, such as fit.group"):
        bs.chain(loss_fit, pooled)


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
def test_bad_requests_are_told_in_a_sentence(
    loss_fit, headline, small, tmp_path, monkeypatch, ask, says
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(bs.InputError, match=says):
        ask(loss_fit, headline, small)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "typed, says",
    [
        (["--output", "r.pdf"], "ends in .pdf; give a .html or .md file"),
        (
            ["--output", "r.md", "--format", "html"],
            "--output r.md, which is for markdown; leave --format out",
        ),
    ],
)
def test_the_commands_file_is_of_the_pages_kind(tmp_path, monkeypatch, capsys, typed, says):
    monkeypatch.chdir(tmp_path)
    assert (
        main(
            ["report", "--runs", "gadre2024", "--y", "loss_c4", "--N", "7e9", "--D", "1e11", *typed]
        )
        == 2
    )
    assert says in capsys.readouterr()[1] and not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "typed, kind",
    [
        ([], "html"),
        (["--format", "markdown"], "markdown"),
        (["--output", "r.md"], "markdown"),
        (["--output", "r.html"], "html"),
    ],
)
def test_the_commands_page_is_what_its_file_asks_for(typed, kind):
    options = parser().parse_args(["report", *typed])
    report_command.check(options)
    assert options.format == kind


def test_command_writes_the_same_page(made, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    words = [
        "report",
        "--runs",
        "gadre2024",
        "--where",
        "dataset == 'redpajama'",
        "--train",
        "N < 5e8",
        "--y",
        "loss_c4",
        "--N",
        "1439795200",
        "6889410560",
        "--D",
        "921468928000",
        "137788211200",
        "--measured",
        "2.502",
        "2.425",
    ]
    assert main([*words, "--output", "page.html"]) == 0
    page = Reader((tmp_path / "page.html").read_text())
    assert page.tables["forecast"] == Reader(made.html).tables["forecast"]
    assert (
        "72 rows of the table were left out, because only rows with (dataset == 'redpajama') and (N < 5e8) were asked for"
        in page.text
    )
    command = re.search(r"To make this page again: (bayes-scaling .*?) To cite", page.text)[1]
    assert shlex.split(command)[1:] == [*words, "--output", "page.html"]
    assert "@misc{gadre2024overtraining" in page.text
    asked = []
    monkeypatch.setattr(
        import_module("bayes_scaling.validation.backtest"),
        "backtest",
        lambda laws, runs, y, **options: (
            asked.append(([law.name for law in laws], len(runs), y, options["by"])) or tried()
        ),
    )
    assert main([*words, "--format", "markdown", "--backtest", "--beside", "chinchilla"]) == 0
    out, err = capsys.readouterr()
    assert (
        out.startswith("# Forecast of loss")
        and err == ""
        and asked == [(["over_training"], 32, "loss_c4", "C")]
    )
    assert (
        "over_training, fitted to smaller runs of dataset c4 and refinedweb, foretold larger ones"
        in out
        and "| chinchilla | " in out[out.index("### Other laws and data") :]
    )
    assert main([*words, "--beside", "over_training"]) == 2
    assert "--beside names over_training, the page's own law" in capsys.readouterr()[1]
    assert main(["report", "--fit", "fit.nc", "--N", "7e9", "--D", "1e11", "--backtest"]) == 2
    assert "--backtest fits the runs anew" in capsys.readouterr()[1]
