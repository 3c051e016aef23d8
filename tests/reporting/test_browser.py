"""The report in a real browser: no network, and it fits a wide screen, a phone and paper."""

import pandas as pd
import pytest
from chromium import FOUND, Browser

import bayes_scaling as bs

pytestmark = pytest.mark.skipif(
    FOUND is None, reason="no chromium on the path: the report was not opened in a browser"
)
WILD = ["<script>console.error('run')</script>", "w" * 200]
TABLES = {
    "forecast",
    "other-runs",
    "extrapolation",
    "backtest",
    "data",
    "priors",
    "posterior",
    "sensitivity",
    "influence",
    "checks",
}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(loss_fit, headline, gadre, tmp_path_factory):
    """A report whose runs, sources and reasons have malicious names."""
    path = tmp_path_factory.mktemp("page") / "page.html"
    source = f"</style></title>{WILD[0]}{WILD[1]}.csv"
    bs.report(
        loss_fit,
        headline.set_axis(WILD),
        path,
        measured=[2.502, 2.425],
        runs=gadre,
        source=source,
        why="<img src=x onerror=console.error(1)>",
        title=WILD[0] + WILD[1],
        backtest=pd.DataFrame({WILD[0]: WILD}),
    )
    return path.as_uri()


def test_faults_of_a_bad_page_are_found(browser, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text(
        "<meta name=viewport content='width=device-width, initial-scale=1'>"
        "<script>console.error('planted'); nothing()</script>"
        "<img src='http://127.0.0.1:9/none.png'><p style='width:900px'>wide"
    )
    browser.open(path.as_uri(), width=390)
    heard = " ".join(browser.complaints)
    assert "planted" in heard and "nothing is not defined" in heard and "ERR_" in heard
    assert "http://127.0.0.1:9/none.png" in browser.requests
    assert browser.value(LAYOUT)["scroll"] > 0


def test_opens_without_console_or_network_errors(browser, address):
    browser.open(address)
    assert browser.complaints == []
    assert [url for url in browser.requests if not url.startswith("data:")] == [address]
    assert set(browser.value("[...document.querySelectorAll('table')].map(e => e.id)")) == TABLES
    assert browser.value(
        "[...document.querySelectorAll('table')].every(e => e.tBodies[0].rows.length > 0)"
    )
    assert browser.value("document.querySelectorAll('figure svg').length") == 3


def test_malicious_names_are_only_text(browser, address):
    browser.open(address)
    assert browser.value("document.querySelectorAll('img, iframe, object').length") == 0
    assert browser.value("document.querySelectorAll('script').length") == 2  # the panel's own
    assert (
        browser.value("document.title")
        == browser.value("document.querySelector('h1').textContent")
        == WILD[0] + WILD[1]
    )
    assert browser.value(
        "[...document.querySelectorAll('#forecast tbody th')].map(e => e.textContent)"
    ) == [WILD[0], WILD[0], WILD[1], WILD[1]]


# what exceeds the screen or its cell, and texts that overlap
LAYOUT = """(() => {
  const wide = document.documentElement.clientWidth;
  const all = [...document.querySelectorAll("body *:not(svg *)")];
  const name = e => e.tagName + "." + e.className;
  const out = all.filter(e => e.getBoundingClientRect().right > wide + 1).map(name);
  const cut = all.filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && getComputedStyle(e).display != "inline" && e.tagName != "svg").map(name);
  const kinds = "h1, h2, h3, p, li, th, td, pre, figure, .formula";
  const boxes = [...document.querySelectorAll(kinds)].map(e => [e, e.getBoundingClientRect()])
    .filter(([e, r]) => r.width && r.height);
  const over = [];
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, p] = boxes[i], [b, q] = boxes[j];
    const wideOverlap = Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1;
    const highOverlap = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1;
    if (!a.contains(b) && wideOverlap && highOverlap)
      over.push(a.textContent.slice(0, 30) + " | " + b.textContent.slice(0, 30));
  }
  const figures = [...document.querySelectorAll("figure svg")].map(e => e.getBoundingClientRect())
    .map(r => r.width >= 300 && r.height >= 200);
  const scroll = document.documentElement.scrollWidth - wide;
  return {out, cut, over, scroll, figures};
})()"""


@pytest.mark.parametrize("width", [1280, 768, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_cut_or_covered_or_wider_than_the_screen(browser, address, width, scheme):
    browser.open(address, width=width, scheme=scheme)
    assert browser.value("innerWidth") == width
    assert browser.value(LAYOUT) == {
        "out": [],
        "cut": [],
        "over": [],
        "scroll": 0,
        "figures": [True, True, True],
    }


def test_dark_and_light_differ_and_can_be_read(browser, address):
    """Contrast of text with its background, by WCAG's formula: at least 4.5."""
    seen = set()
    for scheme in ("light", "dark"):
        browser.open(address, scheme=scheme)
        for selector in (
            "body",
            ".note",
            ".answer",
            ".verdicts .good b, .verdicts b",
            ".verdicts .caution b, .verdicts b",
            ".panel button",
            ".panel .scale",
            "figure svg text, figure svg",
        ):
            ink, paper = browser.value(f"""(() => {{
                  const e = document.querySelector("{selector}"); let g = e;
                  const clear = "rgba(0, 0, 0, 0)";
                  while (getComputedStyle(g).backgroundColor == clear) g = g.parentElement;
                  return [getComputedStyle(e).color, getComputedStyle(g).backgroundColor]
                    .map(c => c.match(/[0-9.]+/g).slice(0, 3).map(Number));
                }})()""")
            one, two = sorted((luminance(ink), luminance(paper)))
            assert (two + 0.05) / (one + 0.05) > 4.5, (scheme, selector)
            seen.add((scheme, tuple(paper)))
    assert len(seen) >= 4


def luminance(color):
    red, green, blue = (
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (part / 255 for part in color)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_prints(browser, address):
    browser.open(address)
    printed = browser.pdf()
    assert printed.startswith(b"%PDF") and len(printed) > 50_000
    pages = printed.count(b"/Type /Page\n") or printed.count(b"/Type /Page ")
    assert 4 <= pages <= 12
