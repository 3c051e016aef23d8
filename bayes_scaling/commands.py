"""What the commands of the command line do. ``run`` turns every complaint into one sentence and a code."""

import io
import json
import math
import os
import sys
import warnings
from pathlib import Path

import pandas as pd

from bayes_scaling.drift import likelihood
from bayes_scaling.files import whole
from bayes_scaling.runs import SIZES, InputError, load_runs, meant, select, sources, tables_of_runs
from bayes_scaling.words import percent, typed


def run(options):
    """Run the command that was parsed; returns the exit code."""
    prog, said = f"bayes-scaling {options.command}", set()

    def say(text):
        """One line on stderr, once."""
        line = " ".join(str(text).split())
        if line not in said:
            print(f"{prog}: {line[:1000]}", file=sys.stderr)
        said.add(line)

    with warnings.catch_warnings(), typed(vars(options)):
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", UserWarning)
        warnings.showwarning = lambda message, category, *_: None if category.__name__ == "FitWarning" else say(f"warning: {message}")
        try:
            _check_options(options)
            return _COMMANDS[options.command](options, say)
        except InputError as error:
            say(error)
            return 2


def _check_options(options):
    """Refuse before any work is done what can not be written, and options that would go unheeded."""
    given = lambda *names: [f"--{name.replace('_', '-')}" for name in names if getattr(options, name, None) not in (None, [])]
    places = {}
    for name in ("output", "save", "then_save", "figure", "forecasts"):
        place = getattr(options, name, None)
        if place is not None:
            folder, (option,) = os.path.dirname(os.path.realpath(place)), given(name)
            if not os.path.isdir(folder):
                raise InputError(f"{option}: there is no folder {folder}; make it first")
            if not place or not os.access(folder, os.W_OK) or (os.path.exists(place) and not os.path.isfile(place)):
                raise InputError(f"{option}: {place!r} can not be written; name a file in a folder of your own")
            if name == "figure" and _kind(place) not in ("png", "pdf", "svg"):
                raise InputError(f"--figure: {place} ends in {Path(place).suffix or 'nothing'}; give a .png, .pdf or .svg file")
            places.setdefault(os.path.realpath(place), []).append(option)
    if options.command != "report":  # which has formats of its own: see ``report_command.check``
        kind = _kind(options.output or "")
        options.format = agreed(options, kind if kind in ("csv", "json") else None) or "table"
    for place, both in places.items():
        if len(both) > 1:
            raise InputError(f"{both[0]} and {both[1]} both name {os.path.basename(place)}; give each a file of its own")
    if options.command == "backtest":
        return
    if given("fit") and (idle := given("runs", "y", "column", "where", "train", "se", "drift", "df", "smooth", "draws", "warmup", "chains", *(["seed"] if not getattr(options, "candidates", None) else []))):
        raise InputError(f"--fit is a fit already made, and {idle[0]} would go unheeded; give one or the other")
    if not given("then") and (idle := given("then_y", "then_train", "then_save")):
        raise InputError(f"{idle[0]} needs --then, the second law")
    if (many := len(getattr(options, "law", ()))) > 1:
        if options.command not in ("forecast", "report", "plan"):
            raise InputError(f"--law names {many} laws, and {options.command} takes one; forecast, report and plan average several, backtest sets them beside one another")
        for name, why in (("fit", "is a fit already made, of one law"), ("save", "keeps the fit of one law, not an average")):
            if given(name):
                raise InputError(f"--{name} {why}, and --law names {many}; give one law")
    elif given("weights"):
        raise InputError("--weights are those of several laws, and --law names one; name several or leave --weights out")


def _kind(place):
    return Path(place).suffix.lower()[1:]


def drawn(place, draw):
    """The figure that ``draw`` makes, whole in a file."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    with plot.style():
        figure = draw()
        whole(place, lambda part: figure.savefig(part, format=_kind(place), metadata=plot.metadata(figure, _kind(place))))
        plt.close(figure)


def agreed(options, kind):
    """The format that was asked for, else ``kind``, what the file's ending asks for; refused where they differ."""
    if options.output is not None and kind is not None and options.format not in (None, kind):
        raise InputError(f"--format is {options.format} and --output {options.output}, which is for {kind}; leave --format out or name another file")
    return options.format or kind


def _pairs(given):
    """{name: column} from NAME=COLUMN."""
    made = {}
    for text in given:
        name, mark, column = text.partition("=")
        if not (name and mark and column):
            raise InputError(f"--column is {text!r}; write NAME=COLUMN, such as N=params")
        made[name] = column
    return made


def _table(options):
    """The runs of --runs and --where, and what is left of --column for the law's own inputs."""
    if not options.runs:
        raise InputError(f"--runs is missing; give a file or a bundled table ({', '.join(tables_of_runs())})")
    pairs = _pairs(options.column)
    sizes = {name: column for name, column in pairs.items() if name in SIZES}
    runs = load_runs(options.runs, columns=sizes, where=options.where)
    return runs, {name: _column(runs, text) for name, text in pairs.items() if name not in SIZES}


def _column(runs, text):
    """A column's name or, where the runs have none of that name, one number for all of them."""
    try:
        number = float(text)
    except ValueError:
        return text
    return number if math.isfinite(number) and text not in runs.columns else text


def _asked(options):
    """How the draws are to be made, where that was asked for."""
    return {name: value for name in ("draws", "warmup", "chains", "seed") if (value := getattr(options, name)) is not None}


def _kept(runs, query):
    return runs if query is None else select(runs, query)


def _progress(say, text):
    if sys.stderr.isatty():
        say(text)


def _forecast(options, say):
    from bayes_scaling.commands_forecast import forecast

    return forecast(options, say)


def _report(options, say):
    from bayes_scaling.commands_forecast import report

    return report(options, say)


def _fit(options, say):
    from bayes_scaling.commands_law import fitted
    from bayes_scaling.diagnose import check_prob

    check_prob(options.prob)
    made, _ = fitted(options, say)
    table = made.summary(options.prob)
    if options.save:
        made.save(options.save)
    if options.format == "json":
        answer = {"law": made.law.name, "formula": made.law.formula, "y": made.y, "prob": options.prob, "parameters": table.rename_axis("parameter").reset_index()}
        answer["diagnosis"] = made.diagnosis.verdict()
        _put(options, _json(answer))
    elif options.format == "csv":
        _put(options, _csv({"parameters": table.rename_axis("parameter").reset_index()}, {"parameters": made.diagnosis}))
    else:
        brief = table.drop(columns=["meaning"]).rename_axis("parameter").reset_index()
        _put(options, _text(brief, f"{made.law.formula}: {made.y}, {percent(options.prob)} intervals") + f"\n{made.diagnosis}\n")
    return _verdict(made.diagnosis, options, say)


def _check(options, say):
    from bayes_scaling.commands_trust import check

    return check(options, say)


def _backtest(options, say):
    from bayes_scaling.commands_trust import backtest

    return backtest(options, say)


def _laws(options, say):
    from bayes_scaling.registry import find_law, laws
    from bayes_scaling.sketch import sketch

    if options.name is not None:
        law = find_law(options.name)
        table = pd.DataFrame([{"parameter": q.name, "unit": q.unit, "meaning": q.meaning, "sampled as": q.sampled, "prior": str(q.prior), "reason": q.reason} for q in law.sites])
        values = pd.DataFrame({setting: {**dict(p.values), "checked": p.checked} for setting, p in law.published.items()}).T.rename_axis("setting").reset_index()
        if options.format == "json":
            about = {key: getattr(law, key) for key in ("name", "title", "formula", "latex", "outcome", "unit", "applies", "fails", "citation", "arxiv", "bibtex")}
            about |= {"inputs": dict(law.inputs), "noise": likelihood(law), "parameters": table, "published": values}
            _put(options, _json(about))
        elif options.format == "csv":
            _put(options, table.to_csv(index=False))
        else:
            head = [f"{law.name}: {law.title}", f"  {law.formula}", *(f"  {name}: {unit}" for name, unit in law.inputs.items()), f"  outcome: {law.outcome}, {law.unit}"]
            head += [f"  noise: {likelihood(law)}", f"  applies to {law.applies}", f"  known failure: {law.fails}", f"  source: {law.citation}, arXiv {law.arxiv}"]
            parts = ["\n".join(head) + "\n", _text(table, "Parameters"), _text(values, "Published values") if len(values) else "", sketch(law)]
            _put(options, "\n".join(part for part in parts if part))
        return 0
    table = laws()
    if options.format == "json":
        _put(options, _json(table.reset_index()))
    else:
        _put(options, table.to_csv() if options.format == "csv" else _text(table[["formula", "inputs", "outcome", "arxiv"]].reset_index(), "Laws"))
    return 0


def _data(options, say):
    entries = sources()
    names = ", ".join(sorted(entries))
    if options.where is not None and options.name is None:
        raise InputError(f"--where needs a table; name one of {names}")
    if options.name is not None:
        if options.name not in entries:
            raise InputError(f"there is no bundled table {options.name!r}{meant(options.name, entries)}; bundled are {names}")
        from importlib import resources

        table = pd.read_csv(resources.files("bayes_scaling.data").joinpath(f"{options.name}.csv"))
        table = _kept(table, options.where)
        if options.format == "json":
            _put(options, _json(table))
        else:
            _put(options, table.to_csv(index=False) if options.format == "csv" else _text(table, entries[options.name]["title"]))
        return 0
    table = pd.DataFrame([{"table": name, **{key: entry.get(key, "") for key in ("title", "citation", "arxiv", "licence")}} for name, entry in entries.items()])
    if options.format == "json":
        _put(options, _json(table))
    else:
        _put(options, table.to_csv(index=False) if options.format == "csv" else _text(table, "Bundled tables"))
    return 0


def _compare(options, say):
    from bayes_scaling.commands_compare import compare

    return compare(options, say)


def _plan(options, say):
    from bayes_scaling.commands_plan import plan

    return plan(options, say)


_COMMANDS = {"forecast": _forecast, "plan": _plan, "fit": _fit, "check": _check, "backtest": _backtest, "compare": _compare, "report": _report, "laws": _laws, "data": _data}


def _verdict(diagnosis, options, say):
    """Exit code of an answer; a bad diagnosis, and with csv the cautions, are said on stderr."""
    for text in diagnosis.problems:
        say(f"not converged: {text}")
    if options.format == "csv":
        for text in diagnosis.cautions:
            say(f"caution: {text}")
    return 0 if diagnosis.ok else 1


def _json(answer):
    """JSON text, tables as lists of rows; numbers that are not finite become null, which JSON can hold."""

    def plain(value):
        if isinstance(value, pd.DataFrame):
            value = value.to_dict("records")
        if isinstance(value, dict):
            return {str(key): plain(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [plain(entry) for entry in value]
        return None if isinstance(value, float) and not math.isfinite(value) else value

    return json.dumps(plain(answer), indent=2) + "\n"


def _csv(tables, diagnoses):
    """CSV of {name: table}, in one: its first column says which table a row is of, where there are several; its last whether the draws have converged."""
    parts = [pd.DataFrame(table).assign(table=name, converged=diagnoses[name].ok) for name, table in tables.items() if len(table)]
    made = pd.concat(parts)
    rest = [column for column in made if column not in ("table", "converged")]
    return made[[*(["table"] if len(tables) > 1 else []), *rest, "converged"]].to_csv(index=False)


def _cell(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _text(table, title):
    """A table as text: drawn by rich on a terminal, plain columns elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    drawn = Table(box=box.SIMPLE_HEAD if terminal else None, pad_edge=False)
    for column in table.columns:
        number = pd.api.types.is_numeric_dtype(table[column])
        drawn.add_column(str(column), justify="right" if number else "left", overflow="fold", no_wrap=number or not terminal)
    for row in table.itertuples(index=False):
        drawn.add_row(*map(_cell, row))
    out = io.StringIO()
    console = Console(file=out, markup=False, emoji=False, highlight=False, force_terminal=terminal, width=None if terminal else 10_000, color_system="standard" if terminal else None)
    console.width = max(console.width, console.measure(drawn, options=console.options.update(max_width=10_000)).minimum)  # a number is never cut
    console.print(title, style="bold", soft_wrap=True)
    console.print(drawn)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _put(options, text):
    """The answer, to stdout or whole into --output."""
    if options.output is not None:
        return whole(options.output, lambda part: Path(part).write_text(text, encoding="utf-8"))
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # for letters that the terminal can not show
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left has nowhere to go, at exit either
        if not isinstance(error, BrokenPipeError):  # a reader that has gone, as head does, has seen enough
            raise InputError(f"the answer can not be written ({error.strerror}); send it elsewhere") from None
