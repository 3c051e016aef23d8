"""What the commands of the command line do. ``run`` turns every complaint into one sentence and a code."""

import io
import json
import os
import sys
import tempfile
import warnings
from pathlib import Path

import pandas as pd

from bayes_scaling.runs import SIZES, InputError, load_runs, meant, select, shown, sources, targets


def run(options):
    """Run the command that was parsed; returns the exit code."""
    prog = f"bayes-scaling {options.command}"
    say = lambda text: print(f"{prog}: {text}", file=sys.stderr)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, category, *_: None if category.__name__ == "FitWarning" else say(f"warning: {message}")
        try:
            _check_places(options)
            return _COMMANDS[options.command](options, say)
        except InputError as error:
            say(str(error))
            return 2
        except KeyboardInterrupt:
            say("interrupted; nothing was written")
            return 130
        except BrokenPipeError:  # the reader of the answer has gone, as with head
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0


def _check_places(options):
    """Refuse places that can not be written before any work is done."""
    for name in ("output", "save", "figure"):
        place = getattr(options, name, None)
        if place:
            folder = Path(place).parent
            if not folder.is_dir():
                raise InputError(f"--{name}: there is no folder {folder}; make it first")
            if Path(place).is_dir() or not os.access(folder, os.W_OK):
                raise InputError(f"--{name}: {place} can not be written; name a file in a folder of your own")


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
        raise InputError(f"--runs is missing; give a file or a bundled table ({', '.join(sorted(k for k in sources() if not k.endswith('_tasks')))})")
    pairs = _pairs(options.column)
    sizes = {name: column for name, column in pairs.items() if name in SIZES}
    return load_runs(options.runs, columns=sizes, where=options.where), {name: column for name, column in pairs.items() if name not in SIZES}


def _fitted(options, say):
    """The first fit and the table it came from (None with --fit)."""
    from bayes_scaling.fit import fit

    if options.fit:
        from bayes_scaling.registry import find_law
        from bayes_scaling.store import load

        own = find_law(options.law) if ".py:" in options.law else None
        return load(options.fit, law=own), None, {}
    runs, columns = _table(options)
    train = select(runs, options.train) if options.train else runs
    _progress(say, f"fitting {options.law} to {len(train)} runs")
    settings = {name: getattr(options, name) for name in ("draws", "warmup", "chains", "seed")}
    made = fit(options.law, train, y=options.y, se=options.se, **settings, **{k: v for k, v in columns.items() if not getattr(options, "then", None) or k != "L"})
    return made, runs, columns


def _progress(say, text):
    if sys.stderr.isatty():
        say(text)


def _forecast(options, say):
    from bayes_scaling.forecast import chain, check_prob
    from bayes_scaling.registry import find_law

    check_prob(options.prob)
    to = _targets(options)
    if options.then:
        find_law(options.then)
        if not options.then_y:
            raise InputError("--then needs --then-y, the column of its outcome, such as error_17")
        if options.fit:
            raise InputError("--then needs runs to fit the second law to; give --runs and --law in place of --fit")
    first, runs, columns = _fitted(options, say)
    ask = {"prob": options.prob, "of": options.of, "kind": options.kind}
    tables, forecasters = {"forecast": first.forecast(to, **ask)}, [first]
    if options.then:
        second = _second(options, first, runs, columns, say)
        forecasters.append(chain(first, second))
        tables["then"] = forecasters[-1].forecast(to, **ask)
    diagnosis = forecasters[-1].diagnosis
    if options.save:
        first.save(options.save)
    if options.figure:
        _figure(options.figure, forecasters, to, options.prob)
    if options.format == "json":
        answer = {name: _records(table) for name, table in tables.items()}
        answer |= {"prob": options.prob, "of": options.of, "law": first.law.name, "y": first.y}
        if options.then:
            answer |= {"then_law": second.law.name, "then_y": second.y}
        answer["diagnosis"] = {"ok": diagnosis.ok, "problems": list(diagnosis.problems), "cautions": list(diagnosis.cautions)}
        _put(options, json.dumps(answer, indent=2) + "\n")
    elif options.format == "csv":
        _put(options, pd.concat([pd.DataFrame(table).assign(y=table.y) for table in tables.values()]).to_csv(index=False))
    else:
        what = "a new run" if options.of == "run" else "the law's curve"
        parts = [_text(pd.DataFrame(table), f"{table.y} ({table.unit}) of {what}, {options.prob:.0%} interval") for table in tables.values()]
        _put(options, "\n".join([*parts, str(diagnosis)]) + "\n")
    return _verdict(diagnosis, options, say)


def _second(options, first, runs, columns, say):
    """Fit of the second law of a chain: its input is the first law's outcome, unless --column names another."""
    from bayes_scaling.fit import fit
    from bayes_scaling.registry import find_law

    law = find_law(options.then)
    train = select(runs, options.then_train) if options.then_train else select(runs, options.train) if options.train else runs
    link = {name: columns.get(name, first.y) for name in law.inputs}
    _progress(say, f"fitting {law.name} to {len(train)} runs")
    settings = {name: getattr(options, name) for name in ("draws", "warmup", "chains", "seed")}
    return fit(law, train, y=options.then_y, **settings, **link)


def _targets(options):
    given = {name: getattr(options, name) for name in SIZES if getattr(options, name)}
    if options.targets:
        if given:
            raise InputError("give --targets or --N and --D, not both")
        return targets(load_runs(options.targets))
    if not given:
        raise InputError("there is nothing to foretell; give --N and --D, such as --N 7e9 --D 140e9")
    return targets(**given)


def _figure(place, forecasters, to, prob):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    from bayes_scaling import plot

    if Path(place).suffix not in (".png", ".pdf", ".svg"):
        raise InputError(f"--figure: {place} ends in {Path(place).suffix or 'nothing'}; give a .png, .pdf or .svg file")
    with plot.style():
        figure, axes = plt.subplots(1, len(forecasters), figsize=(6.6 * len(forecasters), 4.8), squeeze=False)
        for ax, forecaster in zip(axes.flat, forecasters):
            plot.curve(forecaster, to, prob=prob, ax=ax)
        _whole(place, lambda part: figure.savefig(part, format=Path(place).suffix[1:]))
        plt.close(figure)


def _fit(options, say):
    made, _, _ = _fitted(options, say)
    table = made.summary(options.prob)
    if options.save:
        made.save(options.save)
    if options.format == "json":
        answer = {"law": made.law.name, "formula": made.law.formula, "y": made.y, "prob": options.prob, "parameters": _records(table.rename_axis("parameter").reset_index())}
        d = made.diagnosis
        answer["diagnosis"] = {"ok": d.ok, "problems": list(d.problems), "cautions": list(d.cautions)}
        _put(options, json.dumps(answer, indent=2) + "\n")
    elif options.format == "csv":
        _put(options, table.rename_axis("parameter").to_csv())
    else:
        brief = table.drop(columns=["meaning"]).rename_axis("parameter").reset_index()
        _put(options, _text(brief, f"{made.law.formula}: {made.y}, {options.prob:.0%} intervals") + f"\n{made.diagnosis}\n")
    return _verdict(made.diagnosis, options, say)


def _check(options, say):
    made, _, _ = _fitted(options, say)
    d = made.diagnosis
    if options.save:
        made.save(options.save)
    if options.format == "table":
        _put(options, f"{d}\n")
    elif options.format == "csv":
        _put(options, pd.Series(d.numbers, name="value").rename_axis("check").to_csv())
    else:
        _put(options, json.dumps({"ok": d.ok, "problems": list(d.problems), "cautions": list(d.cautions), "numbers": d.numbers}, indent=2) + "\n")
    return _verdict(d, options, say)


def _laws(options, say):
    from bayes_scaling.registry import find_law, laws

    if options.name:
        law = find_law(options.name)
        table = pd.DataFrame([{"parameter": q.name, "unit": q.unit, "meaning": q.meaning, "sampled as": q.sampled, "prior": str(q.prior), "reason": q.reason} for q in law.sites])
        values = pd.DataFrame({setting: {**dict(p.values), "checked": p.checked} for setting, p in law.published.items()}).T.rename_axis("setting").reset_index()
        if options.format == "json":
            about = {key: getattr(law, key) for key in ("name", "title", "formula", "latex", "outcome", "unit", "applies", "fails", "citation", "arxiv", "bibtex")}
            about |= {"inputs": dict(law.inputs), "noise": str(law.noise), "parameters": _records(table), "published": _records(values)}
            _put(options, json.dumps(about, indent=2) + "\n")
        elif options.format == "csv":
            _put(options, table.to_csv(index=False))
        else:
            head = [f"{law.name}: {law.title}", f"  {law.formula}", *(f"  {name}: {unit}" for name, unit in law.inputs.items()), f"  outcome: {law.outcome}, {law.unit}"]
            head += [f"  noise: {law.noise}", f"  applies to {law.applies}", f"  known failure: {law.fails}", f"  source: {law.citation}, arXiv {law.arxiv}"]
            _put(options, "\n".join(head) + "\n\n" + _text(table, "Parameters") + ("\n" + _text(values, "Published values") if len(values) else ""))
        return 0
    table = laws()
    if options.format == "json":
        _put(options, json.dumps(_records(table.reset_index()), indent=2) + "\n")
    else:
        _put(options, table.to_csv() if options.format == "csv" else _text(table[["formula", "inputs", "outcome", "arxiv"]].reset_index(), "Laws"))
    return 0


def _data(options, say):
    entries = sources()
    if options.name:
        if options.name not in entries:
            raise InputError(f"there is no bundled table {options.name!r}{meant(options.name, entries)}; bundled are {shown(entries)}")
        from importlib import resources

        table = pd.read_csv(resources.files("bayes_scaling.data").joinpath(f"{options.name}.csv"))
        table = select(table, options.where) if options.where else table
        if options.format == "json":
            _put(options, table.to_json(orient="records", indent=2) + "\n")
        else:
            _put(options, table.to_csv(index=False) if options.format == "csv" else _text(table, entries[options.name]["title"]))
        return 0
    table = pd.DataFrame([{"table": name, **{key: entry.get(key, "") for key in ("title", "citation", "arxiv", "licence")}} for name, entry in entries.items()])
    if options.format == "json":
        _put(options, json.dumps(_records(table), indent=2) + "\n")
    else:
        _put(options, table.to_csv(index=False) if options.format == "csv" else _text(table, "Bundled tables"))
    return 0


_COMMANDS = {"forecast": _forecast, "fit": _fit, "check": _check, "laws": _laws, "data": _data}


def _verdict(diagnosis, options, say):
    """Exit code of an answer; a bad diagnosis, and with csv the cautions, are said on stderr."""
    for text in diagnosis.problems:
        say(f"not converged: {text}")
    if options.format == "csv":
        for text in diagnosis.cautions:
            say(f"caution: {text}")
    return 0 if diagnosis.ok else 1


def _records(table):
    """Rows as plain dicts; numbers that are not finite become null, which JSON can hold."""
    return json.loads(pd.DataFrame(table).to_json(orient="records", double_precision=15))


def _cell(value):
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _text(table, title):
    """A table as text: drawn by rich on a terminal, plain columns elsewhere."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    terminal = sys.stdout.isatty()
    drawn = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD if terminal else None, pad_edge=False)
    for column in table.columns:
        number = pd.api.types.is_numeric_dtype(table[column])
        drawn.add_column(str(column), justify="right" if number else "left", overflow="fold", no_wrap=number or not terminal)
    for row in table.itertuples(index=False):
        drawn.add_row(*map(_cell, row))
    out = io.StringIO()
    Console(file=out, force_terminal=terminal, width=None if terminal else 10_000, color_system="standard" if terminal else None).print(drawn)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _put(options, text):
    """The answer, to stdout or whole into --output."""
    if options.output:
        _whole(options.output, lambda part: Path(part).write_text(text, encoding="utf-8"))
    else:
        sys.stdout.write(text)
        sys.stdout.flush()


def _whole(place, write):
    """Write a file through a temporary one, so that it is there whole or not at all."""
    part = None
    try:
        handle, part = tempfile.mkstemp(dir=Path(place).parent, suffix=".part")
        os.close(handle)
        write(part)
        os.chmod(part, 0o644)
        os.replace(part, place)
    except OSError as error:
        raise InputError(f"{place} can not be written ({error.strerror or error}); name a file in a folder of your own") from None
    finally:
        if part and os.path.exists(part):
            os.unlink(part)
