"""``bayes-scaling fit``: the posterior of a law's parameters."""

from argparse import Namespace

from bayes_scaling._core.formatting import percent
from bayes_scaling.cli.fitting import fit_laws
from bayes_scaling.cli.formats import as_csv, as_json, as_text
from bayes_scaling.cli.log import Log
from bayes_scaling.cli.output import exit_code, write_answer


def fit(options: Namespace, log: Log) -> int:
    """Fit a law and write a summary of its parameters; returns the exit code."""
    from bayes_scaling._core.arguments import check_prob

    check_prob(options.prob)
    result, _ = fit_laws(options)
    summary = result.summary(options.prob)
    if options.save:
        result.save(options.save)
    parameters, law = summary.rename_axis("parameter").reset_index(), result.law
    if options.format == "json":
        answer = {
            "law": law.name,
            "formula": law.formula,
            "y": result.y,
            "prob": options.prob,
            "parameters": parameters,
            "diagnosis": result.diagnosis.verdict(),
        }
        write_answer(options, as_json(answer))
    elif options.format == "csv":
        text = as_csv({"parameters": parameters}, {"parameters": result.diagnosis})
        write_answer(options, text)
    else:
        title = f"{law.formula}: {result.y}, {percent(options.prob)} intervals"
        table = as_text(parameters.drop(columns=["meaning"]), title)
        write_answer(options, f"{table}\n{result.diagnosis}\n")
    return exit_code(result.diagnosis, options, log)
