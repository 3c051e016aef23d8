"""Pages that are written from the package, and figures as files."""

import io
import re
from types import FunctionType
from typing import Any

import bayes_scaling as bs
from bayes_scaling.analysis import observational, plan
from bayes_scaling.models import LAWS
from bayes_scaling.reporting.catalogue import readme
from bayes_scaling.reporting.pictures import typeset

# package -> title of its page
PACKAGES = {
    "runs": "Runs and targets",
    "law": "Laws, priors and noise",
    "models": "The registry of laws",
    "inference": "Inference",
    "results": "Fits and forecasts",
    "validation": "Checks",
    "analysis": "Decisions",
    "plot": "Figures",
    "reporting": "Reports",
    "_core": "Errors and warnings",
}


def pages() -> dict[str, str]:
    """Return {path of a page: its Markdown}."""
    reference = {f"api/{package.strip('_')}.md": _reference(package) for package in PACKAGES}
    return {"api/index.md": _index(), "laws.md": _laws(), **reference}


def places() -> dict[str, list[str]]:
    """Return {package: full paths of its public objects}."""
    public = [f"{place}.{name}" for name, place in bs._PUBLIC.items()]
    public += [f"{place.__module__.split('.', 1)[1]}.{place.__name__}" for place in _plans()]
    public += [f"plot.{name}" for name in dir(bs.plot) if _is_figure(name)]
    return {
        package: [f"bayes_scaling.{one}" for one in public if one.split(".")[0] == package]
        for package in PACKAGES
    }


def _plans() -> list[Any]:
    return [
        plan.compute_optimal,
        plan.next_run,
        plan.next_runs,
        plan.Allocation,
        plan.NextRuns,
        plan.RunsToTrain,
        observational.fit_scores,
        observational.ScoreFit,
    ]


def _is_figure(name: str) -> bool:
    """Whether a name of bs.plot is a public function."""
    return isinstance(getattr(bs.plot, name), FunctionType)


def _index() -> str:
    lines = ["# Reference", "", "The public names, by package.", ""]
    for package, paths in places().items():
        names = ", ".join(f"[`{path.split('.')[-1]}`][{path}]" for path in paths)
        lines.append(f"- [{PACKAGES[package]}]({package.strip('_')}.md): {names}")
    return "\n".join(lines) + "\n"


def _reference(package: str) -> str:
    entries = "\n\n".join(f"::: {path}" for path in places()[package])
    return f"# {PACKAGES[package]}\n\n{entries}\n"


def _laws() -> str:
    """Return the catalogue without how it is written, its formulas as outlines: no script."""
    text = re.sub(r"^`python -m .*? not this file\.\n", "", readme(LAWS), flags=re.M)
    return re.sub(r"```math\n(.*?)\n```", _formula, text, flags=re.S)


def _formula(found: re.Match[str]) -> str:
    outline = typeset(found[1])
    return f'<div class="formula">{outline}</div>' if outline else ""


def svg(figure: Any) -> str:
    """Return a figure as SVG, the same each time."""
    text = io.StringIO()
    with bs.plot.style():
        figure.savefig(text, format="svg", metadata=bs.plot.metadata(figure, "svg"))
    return text.getvalue()


def alternative(figure: Any, code: str) -> str:
    """Return the alternative text of a figure: its own, else the code that makes it."""
    text = bs.plot.alt(figure) or f"Figure of {code.strip().splitlines()[-1]}"
    return re.sub(r"([\[\]])", r"\\\1", text)
