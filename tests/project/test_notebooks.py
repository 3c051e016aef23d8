"""The notebooks: they run clean, outputs are complete, and a fresh run agrees with them."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LONG = (
    "02-your-own-law",
    "03-compare-data",
    "04-can-i-trust-it",
    "05-your-own-runs",
)  # many laws; a pooled fit of 24 groups; backtests and calibrations; two fits and a report
PLACES = re.compile(
    r"/(?:home|root|tmp|usr|work|Users)/|site-packages|[A-Z]:\\"
)  # paths of a machine
MIDDLE, ENDS = 0.01, 0.02  # of a forecast's median and of its interval's ends, relative
PARAMETER = 0.15  # of a parameter's median and ends, in widths of its interval
PROBABILITY = 0.03  # of a probability in a column P(...)

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [(i, output) for i, cell in enumerate(cells(notebook), 1) for output in cell.outputs]


def texts(output):
    """All that an output shows as text."""
    return (
        [output.text]
        if output.output_type == "stream"
        else [value for kind, value in output.data.items() if kind.startswith("text/")]
    )


def check_clean(notebook):
    for i, output in outputs(notebook):
        assert output.output_type != "error", f"cell {i}: {output.ename}: {output.evalue}"
        assert output.get("name") != "stderr", f"cell {i} wrote to stderr: {output.text}"


def tables(notebook):
    """Every table of the outputs: (cell, {row: {column: text}})."""
    found = []
    for i, output in outputs(notebook):
        for html in re.findall(
            r"<table.*?</table>", output.get("data", {}).get("text/html", ""), re.DOTALL
        ):
            table = ET.fromstring(html)
            columns = [cell.text for cell in table.find("thead/tr")][1:]
            rows = {
                row[0].text: dict(zip(columns, (cell.text for cell in row[1:]), strict=True))
                for row in table.find("tbody")
            }
            found.append((i, rows))
    return found


def differences(was, now):
    """Where two runs disagree beyond Monte Carlo error, and how many intervals were compared."""
    told, compared = [], 0
    if [(i, list(rows), [list(row) for row in rows.values()]) for i, rows in was] != [
        (i, list(rows), [list(row) for row in rows.values()]) for i, rows in now
    ]:
        return ["the tables have other cells, rows or columns"], 0
    for (i, before), (_, after) in zip(was, now, strict=True):
        for name, old in before.items():
            new = after[name]
            if not {"median", "lower", "upper"} <= old.keys():
                continue
            compared += 1
            width = float(old["upper"]) - float(old["lower"])
            for key in ("median", "lower", "upper"):
                a, b = float(old[key]), float(new[key])
                limit = (
                    (MIDDLE if key == "median" else ENDS) * abs(a)
                    if "extrapolation" in old
                    else PARAMETER * width
                )
                if not abs(a - b) <= limit:
                    told.append(f"cell {i}, {name}: {key} was {a:g} and is {b:g}")
            told += [
                f"cell {i}, {name}: {key} was {old[key]} and is {new[key]}"
                for key in old
                if key.startswith("P(") and abs(float(old[key]) - float(new[key])) > PROBABILITY
            ]
            told += [
                f"cell {i}, {name}: {key} was {old[key]} and is {new[key]}"
                for key in ("measured", "inside")
                if old.get(key) != new.get(key)
            ]
    return told, compared


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """path -> the notebook as a new kernel runs it, in a folder of its own; run once."""
    made = {}

    def run(path):
        if path not in made:
            notebook = nbformat.read(path, as_version=4)
            for cell in cells(notebook):
                cell.outputs, cell.execution_count = [], None
            folder = tmp_path_factory.mktemp(path.stem)
            made[path] = NotebookClient(
                notebook,
                timeout=600,
                kernel_name="python3",
                resources={"metadata": {"path": str(folder)}},
            ).execute()
        return made[path]

    return run


def test_there_are_some():
    assert NOTEBOOKS


@each
def test_committed(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    assert [cell.execution_count for cell in cells(notebook)] == list(
        range(1, len(cells(notebook)) + 1)
    ), "run all cells in order, then save"
    assert any(cell.outputs for cell in cells(notebook))
    check_clean(notebook)
    for i, output in outputs(notebook):
        for text in texts(output):
            assert not PLACES.search(text), (
                f"cell {i} shows a path of a machine: {PLACES.search(text)}"
            )
    assert path.stat().st_size < 1_500_000


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[pytest.mark.long] * (path.stem in LONG), id=path.stem)
        for path in NOTEBOOKS
    ],
)
def test_fresh_run_agrees(path, fresh):
    was, now = nbformat.read(path, as_version=4), fresh(path)
    check_clean(now)

    def every(notebook):
        return [
            (i, output.output_type, sorted(output.get("data", {})))
            for i, output in outputs(notebook)
        ]

    # whether two lines that are printed come as one output is a matter of time
    def kinds(notebook):
        return [
            kind
            for kind, last in zip(every(notebook), [None, *every(notebook)])
            if kind[1] != "stream" or kind != last
        ]

    assert kinds(now) == kinds(was), (
        "other outputs than committed: a figure or a table is missing, or new"
    )
    told, compared = differences(tables(was), tables(now))
    assert not told, "\n".join(told)
    assert compared, "no table with median, lower and upper to compare"
