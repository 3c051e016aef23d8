"""Imports inside the package: no circles, and each package imports only from those below it.

Import-linter checks packages and siblings. Here every module is read, imports inside functions too,
so that ``make test`` alone finds a circle.
"""

import ast
import tomllib
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = SETTINGS["contracts"][0]["layers"]
DEFERRED = {"bayes_scaling", "bayes_scaling.models", "bayes_scaling.results._plotting"}


def modules(root):
    """{module: its file}, the folders at the top that belong to the package included."""
    found = {}
    for folder in ("bayes_scaling", "models", "data"):
        prefix = () if folder == "bayes_scaling" else ("bayes_scaling",)
        for path in (root / folder).rglob("*.py"):
            parts = prefix + path.relative_to(root).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def run_time_nodes(tree):
    """Every node of a program but those that only type checkers read."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
        else:
            waiting += ast.iter_child_nodes(node)


def imported(path, module, known):
    """The modules of the package that one of them imports."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    names = set()
    for node in run_time_nodes(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) + 1 - node.level] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            inside = {f"{source}.{alias.name}" for alias in node.names}
            names |= {name if name in known else source for name in inside}
    return {name for name in names if name in known} - {module}


def graph_of(root):
    """{module: what it imports}."""
    known = modules(root)
    return {module: imported(path, module, known) for module, path in known.items()}


def circle(root):
    """Modules that import each other in a circle, or None."""
    try:
        TopologicalSorter(graph_of(root)).prepare()
    except CycleError as error:
        return error.args[1]


def upward_imports(root):
    """(module, what it imports) where that lies in a package above, or at the root of all."""
    rank = {f"bayes_scaling.{layer}": i for i, layer in enumerate(LAYERS)}
    layer_of = {
        module: rank.get(".".join(module.split(".")[:2]), -1)
        for module in modules(root)
        if not module.startswith("bayes_scaling.data")
    }
    return [
        (module, target)
        for module, targets in graph_of(root).items()
        for target in targets
        if layer_of.get(target, len(LAYERS)) < layer_of.get(module, -1)
        and target != "bayes_scaling"  # its version; all other names there are deferred
    ]


def deferring(root):
    """The modules that import by a name made at run time."""
    return {
        module
        for module, path in modules(root).items()
        for node in ast.walk(ast.parse(path.read_text()))
        if {"import_module", "__import__"}
        & {getattr(node, field, None) for field in ("id", "attr", "name")}
    }


def from_root(root):
    """(module, name) for what modules in a package below the command line take from the root."""
    return {
        (module, alias.name)
        for module, path in modules(root).items()
        if module.count(".") and module.split(".")[1] in LAYERS and ".cli" not in module
        for node in run_time_nodes(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
        if "bayes_scaling" in (getattr(node, "module", None), alias.name)
        and alias.name not in LAYERS
    }


def test_no_modules_import_each_other_in_a_circle():
    assert circle(ROOT) is None


def test_packages_import_only_from_those_below():
    assert upward_imports(ROOT) == []


def test_names_are_imported_at_run_time_in_three_places_only():
    assert deferring(ROOT) == DEFERRED


def test_nothing_but_the_version_is_taken_from_the_root():
    assert {name for _, name in from_root(ROOT)} <= {"__version__"}


@pytest.fixture
def skeleton(tmp_path):
    """Write a small package without faults; the files it is called with replace or join those."""

    def plant(files):
        faultless = {
            "bayes_scaling/__init__.py": "from importlib import import_module\n",
            "bayes_scaling/results/__init__.py": "",
            "bayes_scaling/results/_plotting.py": "from importlib import import_module\n",
            "bayes_scaling/results/fit.py": "from bayes_scaling.runs import load\n",
            "bayes_scaling/runs/__init__.py": "",
            "bayes_scaling/runs/load.py": "import bayes_scaling.runs.sizes\n",
            "bayes_scaling/runs/sizes.py": "",
            "models/__init__.py": "from importlib import import_module\n",
            "models/power.py": "from ..runs.sizes import SIZES\n",
        }
        for name, text in (faultless | files).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path

    return plant


def test_a_skeleton_without_faults_passes(skeleton):
    only_types = (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from ..results import fit\n"
    )
    root = skeleton({"bayes_scaling/runs/sizes.py": only_types})
    assert circle(root) is None and upward_imports(root) == []
    assert deferring(root) == DEFERRED and not from_root(root)


@pytest.mark.parametrize(
    "text",
    [
        "from bayes_scaling.runs import load\n",
        "def late():\n    import bayes_scaling.runs.load as load\n",
        "def late():\n    from .load import load_runs\n",
    ],
)
def test_a_planted_circle_is_found(skeleton, text):
    found = circle(skeleton({"bayes_scaling/runs/sizes.py": text}))
    assert set(found) == {"bayes_scaling.runs.load", "bayes_scaling.runs.sizes"}


@pytest.mark.parametrize(
    "text",
    [
        "from bayes_scaling.results.fit import Fit\n",
        "def late():\n    from bayes_scaling.results import fit\n",
        "def late():\n    from ..results import fit\n",
    ],
)
def test_a_planted_import_upward_is_found(skeleton, text):
    root = skeleton({"models/power.py": text})
    assert upward_imports(root) == [("bayes_scaling.models.power", "bayes_scaling.results.fit")]


@pytest.mark.parametrize("text", ["import importlib\nimportlib.import_module('x')\n", "__import__"])
def test_a_planted_import_by_name_is_found(skeleton, text):
    root = skeleton({"models/power.py": text})
    assert deferring(root) == DEFERRED | {"bayes_scaling.models.power"}


@pytest.mark.parametrize(
    "text", ["import bayes_scaling as bs\n", "from bayes_scaling import fit\n"]
)
def test_a_planted_import_from_the_root_is_found(skeleton, text):
    assert from_root(skeleton({"models/power.py": text}))
