"""The report in a real browser: it opens from disk, asks the network for nothing, and fits a wide screen, a phone and paper."""

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
    made = Browser(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def address(loss_fit, headline, gadre, tmp_path_factory):
    """A page whose runs, sources and reasons have evil names."""
    place = tmp_path_factory.mktemp("page") / "page.html"
    source = f"</style></title>{WILD[0]}{WILD[1]}.csv"
    bs.report(
        loss_fit,
        headline.set_axis(WILD),
        place,
        measured=[2.502, 2.425],
        runs=gadre,
        source=source,
        why="<img src=x onerror=console.error(1)>",
        title=WILD[0] + WILD[1],
        backtest=pd.DataFrame({WILD[0]: WILD}),
    )
    return place.as_uri()


def test_a_bad_page_is_seen_to_be_one(browser, tmp_path):
    place = tmp_path / "bad.html"
    place.write_text(
        "<meta name=viewport content='width=device-width, initial-scale=1'><script>console.error('planted'); nothing()</script><img src='http://127.0.0.1:9/none.png'><p style='width:900px'>wide"
    )
    browser.open(place.as_uri(), width=390)
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
    assert browser.value("document.querySelectorAll('figure svg').length") == 2


def test_evil_names_are_but_names(browser, address):
    browser.open(address)
    assert browser.value("document.querySelectorAll('script, img, iframe, object').length") == 0
    assert (
        browser.value("document.title")
        == browser.value("document.querySelector('h1').textContent")
        == WILD[0] + WILD[1]
    )
    assert browser.value(
        "[...document.querySelectorAll('#forecast tbody th')].map(e => e.textContent)"
    ) == [WILD[0], WILD[0], WILD[1], WILD[1]]


# what sticks out of the screen or of its cell, and texts that lie on one another
LAYOUT = """(() => {
  const wide = document.documentElement.clientWidth, all = [...document.querySelectorAll("body *:not(svg *)")];
  const out = all.filter(e => e.getBoundingClientRect().right > wide + 1).map(e => e.tagName + "." + e.className);
  const cut = all.filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display != "inline" && e.tagName != "svg").map(e => e.tagName + "." + e.className);
  const boxes = [...document.querySelectorAll("h1, h2, h3, p, li, th, td, pre, figure, .formula")].map(e => [e, e.getBoundingClientRect()]).filter(([e, r]) => r.width && r.height);
  const over = [];
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [a, p] = boxes[i], [b, q] = boxes[j];
    if (!a.contains(b) && Math.min(p.right, q.right) - Math.max(p.left, q.left) > 1 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 1) over.push(a.textContent.slice(0, 30) + " | " + b.textContent.slice(0, 30));
  }
  const figures = [...document.querySelectorAll("figure svg")].map(e => e.getBoundingClientRect()).map(r => r.width >= 300 && r.height >= 200);
  return {out, cut, over, scroll: document.documentElement.scrollWidth - wide, figures};
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
        "figures": [True, True],
    }


def test_dark_and_light_differ_and_can_be_read(browser, address):
    """Contrast of text with its ground, by WCAG's formula: at least 4.5."""
    seen = set()
    for scheme in ("light", "dark"):
        browser.open(address, scheme=scheme)
        for look in ("body", ".note", ".answer", "figure svg text, figure svg"):
            ink, paper = (
                browser.value(f"""(() => {{ const e = document.querySelector("{look}"); let g = e; while (getComputedStyle(g).backgroundColor == "rgba(0, 0, 0, 0)") g = g.parentElement;
                return [getComputedStyle(e).color, getComputedStyle(g).backgroundColor].map(c => c.match(/[0-9.]+/g).slice(0, 3).map(Number)); }})()""")
            )
            one, two = sorted((luminance(ink), luminance(paper)))
            assert (two + 0.05) / (one + 0.05) > 4.5, (scheme, look)
            seen.add((scheme, tuple(paper)))
    assert len(seen) >= 4


def luminance(colour):
    red, green, blue = (
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4
        for v in (part / 255 for part in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_prints(browser, address):
    browser.open(address)
    printed = browser.pdf()
    assert printed.startswith(b"%PDF") and len(printed) > 50_000
    pages = printed.count(b"/Type /Page\n") or printed.count(b"/Type /Page ")
    assert 4 <= pages <= 12
