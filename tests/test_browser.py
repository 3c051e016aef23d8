"""The report in a real browser: it opens from disk, asks the network for nothing, and fits a wide screen, a phone and paper."""

import html
import json
import re
import shutil
import subprocess

import pandas as pd
import pytest

import bayes_scaling as bs

BROWSER = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium on the path: the report was not opened in a browser")
QUIET = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-extensions", "--disable-sync", "--enable-logging=stderr", "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=4000",
)  # fmt: skip


@pytest.fixture
def browse(tmp_path):
    """Opens a page from disk: the document as text, and the console's lines."""

    def call(text, *options):
        place = tmp_path / "page.html"
        place.write_text(text, encoding="utf-8")
        done = subprocess.run([BROWSER, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", *options, place.as_uri()], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]

    return call


@pytest.fixture(scope="module")
def page(loss_fit, headline, gadre):
    wild = pd.DataFrame({"name": ["<script>console.error('run')</script>", "w" * 200]})
    return bs.report(loss_fit, headline.set_axis(list(wild["name"])), measured=[2.502, 2.425], runs=gadre, source="gadre2024", why="<img src=x onerror=console.error(1)>", backtest=wild).html


def test_the_console_is_heard(browse):
    _, console = browse("<script>console.error('planted')</script><img src='http://127.0.0.1:9/none.png'>", "--dump-dom")
    assert any("planted" in line for line in console) and len(console) > 1


def test_opens_without_console_or_network_errors(browse, page):
    document, console = browse(page, "--dump-dom")
    assert not console, console
    assert document.count("<figure") == 2 and {"forecast", "extrapolation", "priors", "posterior", "checks"} <= set(re.findall(r'<table id="(\w+)"', document))
    assert "<script" not in document


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(browse, page, width, scheme):
    bare = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)  # the measuring below is a script, which the page itself forbids
    ask = """
      const d = document.getElementById("frame").contentDocument, w = d.documentElement.clientWidth;
      const out = [...d.querySelectorAll("body *:not(svg *)")].filter(e => e.getBoundingClientRect().right > w + 1).map(e => e.tagName + "." + e.className);
      const small = [...d.querySelectorAll("figure svg")].map(e => e.getBoundingClientRect()).filter(r => r.width < 200 || r.height < 100).length;
      document.title = JSON.stringify({out: out, scroll: d.documentElement.scrollWidth - w, figures: d.querySelectorAll("figure svg").length, small: small});"""
    frame = f'<title></title><iframe id="frame" style="width:{width}px;height:900px;border:0" srcdoc="{html.escape(bare)}"></iframe><script>window.onload = () => {{{ask}}}</script>'
    options = ["--force-dark-mode"] if scheme == "dark" else []
    document, console = browse(frame, "--dump-dom", "--window-size=1400,1000", *options)
    seen = json.loads(html.unescape(re.search(r"<title>(.*?)</title>", document)[1]))
    assert not console and seen == {"out": [], "scroll": 0, "figures": 2, "small": 0}


def test_prints(browse, page, tmp_path):
    browse(page, f"--print-to-pdf={tmp_path / 'page.pdf'}", "--no-pdf-header-footer")
    printed = (tmp_path / "page.pdf").read_bytes()
    assert printed.startswith(b"%PDF") and len(printed) > 50_000
