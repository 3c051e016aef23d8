"""`bayes-scaling fit`."""

from bayes_scaling._core.messages import percent
from bayes_scaling.cli.output import _csv, _json, _put, _text, _verdict


def _fit(options, say):
    from bayes_scaling._core.arguments import check_prob
    from bayes_scaling.cli.fitting import fitted

    check_prob(options.prob)
    made, _ = fitted(options, say)
    table = made.summary(options.prob)
    if options.save:
        made.save(options.save)
    if options.format == "json":
        answer = {
            "law": made.law.name,
            "formula": made.law.formula,
            "y": made.y,
            "prob": options.prob,
            "parameters": table.rename_axis("parameter").reset_index(),
        }
        answer["diagnosis"] = made.diagnosis.verdict()
        _put(options, _json(answer))
    elif options.format == "csv":
        _put(
            options,
            _csv(
                {"parameters": table.rename_axis("parameter").reset_index()},
                {"parameters": made.diagnosis},
            ),
        )
    else:
        brief = table.drop(columns=["meaning"]).rename_axis("parameter").reset_index()
        _put(
            options,
            _text(brief, f"{made.law.formula}: {made.y}, {percent(options.prob)} intervals")
            + f"\n{made.diagnosis}\n",
        )
    return _verdict(made.diagnosis, options, say)
