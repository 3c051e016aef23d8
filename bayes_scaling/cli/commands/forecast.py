"""``bayes-scaling forecast`` and ``bayes-scaling report``: runs that were not trained, foretold by a law, a chain of two or an average of several."""

import pandas as pd

from bayes_scaling._core.messages import percent
from bayes_scaling.cli.fitting import forecasters_of
from bayes_scaling.cli.options import asked_targets
from bayes_scaling.cli.output import _csv, _json, _put, _text, _verdict, drawn


def forecast(options, say):
    """Intervals at the targets; of an average also the weights of its laws, and what each foretells alone."""
    to = asked_targets(options)
    forecasters = forecasters_of(options, say, to)
    first, second = forecasters[0], getattr(forecasters[-1], "second", None)
    ask = {"prob": options.prob, "of": options.of, "kind": options.kind}
    tables = {
        name: forecaster.forecast(to, **ask)
        for name, forecaster in zip(("forecast", "then"), forecasters)
    }
    several = (
        {"weights": first.weights.reset_index(), "by_law": first.by_law(to, **ask)}
        if len(options.law) > 1
        else {}
    )
    own = {"forecast": first.diagnosis, "then": forecasters[-1].diagnosis} | dict.fromkeys(
        several, first.diagnosis
    )
    diagnosis, note = (
        forecasters[-1].diagnosis,
        tables["forecast" if second is None else "then"].note,
    )
    if options.figure:
        _figure(options.figure, forecasters, to, ask)
    if options.format == "json":
        answer = {
            **tables,
            **several,
            "prob": options.prob,
            "of": options.of,
            "law": list(first.fits) if several else first.law.name,
            "y": tables["forecast"].y,
        }
        if second is not None:
            answer |= {"then_law": second.law.name, "then_y": second.y}
        answer |= {"note": note, "diagnosis": diagnosis.verdict()}
        _put(options, _json(answer))
    elif options.format == "csv":
        _put(
            options,
            _csv(
                {
                    name: pd.DataFrame(table).assign(y=tables.get(name, tables["forecast"]).y)
                    for name, table in (tables | several).items()
                },
                own,
            ),
        )
    else:
        what = "a new run" if options.of == "run" else "the law's curve"
        parts = [
            _text(
                pd.DataFrame(table),
                f"{table.y} ({table.unit}) of {what}, {percent(options.prob)} interval",
            )
            for table in tables.values()
        ]
        if several:
            parts += [
                _text(several["by_law"], "What each law foretells alone"),
                _text(several["weights"], "Weights of the laws") + f"{first.weights.foot}\n",
            ]
        _put(options, "\n".join([*parts, *([f"{note}."] if note else []), str(diagnosis)]) + "\n")
    return _verdict(diagnosis, options, say)


def _figure(place, forecasters, to, ask):
    def draw():
        import matplotlib.pyplot as plt

        from bayes_scaling import plot

        figure, axes = plt.subplots(
            1, len(forecasters), figsize=(6.6 * len(forecasters), 4.8), squeeze=False
        )
        for ax, forecaster in zip(axes.flat, forecasters):
            plot.curve(forecaster, to, ax=ax, **ask)
        return figure

    drawn(place, draw)
