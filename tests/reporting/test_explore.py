"""The panel of a report: its grid is Python's, and a browser shows what the grid has."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from chromium import FOUND, Browser

import bayes_scaling as bs
from bayes_scaling.reporting.blocks import Content, Section
from bayes_scaling.reporting.explore_grid import LEVELS, explore_grid
from bayes_scaling.reporting.render_html import html

in_browser = pytest.mark.skipif(
    FOUND is None, reason="no chromium on the path: the panel was not opened in a browser"
)
MOST = 1_500_000  # bytes


@pytest.fixture(scope="module")
def grid(loss_fit, headline):
    return explore_grid(loss_fit, headline)


@pytest.fixture(scope="module")
def path(loss_fit, headline, tmp_path_factory):
    path = tmp_path_factory.mktemp("explore") / "report.html"
    bs.report(loss_fit, headline, path, sensitivity=False, influence=False)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


def move(browser, name, value):
    """Set a slider or the field as a reader does."""
    browser.value(
        f"(() => {{ const e = document.getElementById('explore-{name}'); e.value = {value};"
        " e.dispatchEvent(new Event('input', {bubbles: true})); })()"
    )


def text(browser, name):
    return browser.value(f"document.getElementById('explore-{name}').textContent")


def test_the_first_target_and_every_budget_are_points_of_the_grid(grid, headline):
    i, j = grid.start
    assert grid.parameters[i] == headline["N"].iloc[0] and grid.tokens[j] == headline["D"].iloc[0]
    step = grid.parameters[1] / grid.parameters[0]
    np.testing.assert_allclose(np.diff(np.log(grid.parameters)), np.log(step))
    np.testing.assert_allclose(np.diff(np.log(grid.tokens)), np.log(step))


def test_the_grid_holds_quantiles_of_a_new_run(grid, loss_fit):
    i, j = 3, 4
    at = bs.targets(N=grid.parameters[i], D=grid.tokens[j])
    forecast = loss_fit.forecast(at)
    width = (forecast["upper"] - forecast["lower"]).iloc[0]
    for name, level in (("lower", 0.05), ("median", 0.5), ("upper", 0.95)):
        value = grid.quantiles[i, j, LEVELS.index(level)]
        assert abs(value - forecast[name].iloc[0]) < 0.1 * width  # other draws of the noise
    assert (np.diff(grid.quantiles, axis=-1) >= 0).all()


def test_laws_of_other_inputs_and_groups_have_no_panel(error_fit):
    assert explore_grid(error_fit, bs.targets(L=[2.6])) is None
    report = bs.report(
        error_fit, bs.targets(L=[2.6]), sensitivity=False, influence=False, comparison=False
    )
    assert "<script" not in report.html and "script-src" not in report.html


def test_the_file_is_small_and_its_policy_names_the_one_script(path):
    page = path.read_text("utf-8")
    assert len(page.encode()) < MOST and page.count("<script>") == 1
    assert re.search(r"script-src 'sha256-[\w+/]{43}='\"", page)
    assert "http:" not in page.replace("http://www.w3.org", "")
    assert "https:" not in page.replace("https://arxiv.org", "")


def test_data_cannot_end_its_element(grid):
    wild = "</script><script>alert(1)</script>"
    sections = (Section("Another run", (replace(grid, outcome=wild),)),)
    page = html(Content("Report", (), sections, ""))
    assert "<script>alert" not in page
    data = page.split('id="explore-data">')[1].split("</script>")[0]
    assert json.loads(data)["outcome"] == wild


@in_browser
def test_values_at_grid_points_are_pythons(browser, path, grid):
    browser.open(path.as_uri())
    assert browser.complaints == []
    assert [url for url in browser.requests if not url.startswith("data:")] == [path.as_uri()]
    for i, j in ((0, 0), (5, 9), grid.start, (len(grid.parameters) - 1, len(grid.tokens) - 1)):
        move(browser, "n", i)
        move(browser, "d", j)
        cell = grid.quantiles[i, j]
        numbers = [float(word) for word in re.findall(r"\d+\.\d+", text(browser, "answer"))]
        expected = [cell[LEVELS.index(level)] for level in (0.5, 0.05, 0.95)]
        np.testing.assert_allclose(numbers, expected, atol=0.006 * (expected[2] - expected[1]))
        for level in (0.1, 0.5, 0.975):
            move(browser, "than", cell[LEVELS.index(level)])
            shown = float(text(browser, "chance").rstrip("%"))
            assert abs(shown - 100 * level) <= 0.6
        move(browser, "than", cell[0] - 1)
        assert text(browser, "chance") == "less than 1%"
        move(browser, "than", cell[-1] + 1)
        assert text(browser, "chance") == "more than 99%"


@in_browser
def test_the_best_split_of_a_budget_is_pythons(browser, path, grid):
    browser.open(path.as_uri())
    move(browser, "c", 20)
    i, j = (int(browser.value(f"document.getElementById('explore-{n}').value")) for n in "nd")
    assert i + j == 20
    medians = {
        a: grid.quantiles[a, 20 - a, LEVELS.index(0.5)]
        for a in range(len(grid.parameters))
        if 0 <= 20 - a < len(grid.tokens)
    }
    browser.value("document.getElementById('explore-go').click()")
    best = int(browser.value("document.getElementById('explore-n').value"))
    assert best == min(medians, key=medians.__getitem__)
    assert text(browser, "best").startswith("this one")
    assert browser.value("document.getElementById('explore-go').disabled")


@in_browser
def test_keys_move_a_slider_that_names_its_value(browser, path):
    browser.open(path.as_uri())
    browser.value("document.getElementById('explore-n').focus()")
    before = int(browser.value("document.getElementById('explore-n').value"))
    for kind in ("keyDown", "keyUp"):
        browser.ask("Input.dispatchKeyEvent", type=kind, key="ArrowLeft", windowsVirtualKeyCode=37)
    assert int(browser.value("document.getElementById('explore-n').value")) == before - 1
    words = browser.value("document.getElementById('explore-n').getAttribute('aria-valuetext')")
    assert words.endswith(" parameters") and words == text(browser, "n-value")
    assert browser.value(
        "[...document.querySelectorAll('#explore-panel input')].every(e => e.labels.length == 1)"
    )


@in_browser
def test_without_script_and_on_paper_there_is_the_table(browser, path):
    shown = "getComputedStyle(document.getElementById('{}')).display"
    browser.ask("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(path.as_uri())
        assert browser.value(shown.format("explore-panel")) == "none"
        assert browser.value(shown.format("other-runs")) == "table"
    finally:
        browser.ask("Emulation.setScriptExecutionDisabled", value=False)
    browser.open(path.as_uri())
    assert browser.value(shown.format("explore-panel")) == "block"
    browser.ask("Emulation.setEmulatedMedia", media="print")
    assert browser.value(shown.format("explore-panel")) == "none"
    assert browser.value(shown.format("other-runs")) == "table"
    browser.ask("Emulation.setEmulatedMedia", media="")


@in_browser
@pytest.mark.parametrize("width", [390, 1920])
def test_the_panel_fits_the_screen(browser, path, width):
    browser.open(path.as_uri(), width=width)
    assert browser.value("document.documentElement.scrollWidth - innerWidth") <= 0
    assert browser.value(
        "[...document.querySelectorAll('#explore-panel *, .decision *')]"
        ".every(e => e.getBoundingClientRect().right <= innerWidth)"
    )


def test_explore_starts_at_the_largest_run_or_a_target(loss_fit, headline, small, tmp_path):
    panel = loss_fit.explore()
    page = panel.html
    data = json.loads(page.split('id="explore-data">')[1].split("</script>")[0])
    assert data["parameters"][data["start"][0]] == pytest.approx(small["N"].max(), rel=1e-5)
    assert "<iframe srcdoc=" in panel._repr_html_() and "<script>" not in panel._repr_html_()
    loss_fit.explore(headline).save(tmp_path / "panel.html")
    assert (tmp_path / "panel.html").stat().st_size < MOST


def test_explore_refuses_other_inputs_in_a_sentence(error_fit):
    with pytest.raises(bs.InputError, match="sliders are over parameters and tokens"):
        error_fit.explore()


@in_browser
def test_a_notebooks_frame_runs_the_panel(browser, loss_fit, tmp_path):
    """Inside another document, as Jupyter shows it."""
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><body>{loss_fit.explore()._repr_html_()}", encoding="utf-8")
    browser.open(path.as_uri())
    inside = "document.querySelector('iframe').contentDocument"
    assert browser.complaints == []
    assert browser.value(f"{inside}.getElementById('explore-panel').hidden") is False
    assert "90%" in browser.value(f"{inside}.getElementById('explore-answer').textContent")
