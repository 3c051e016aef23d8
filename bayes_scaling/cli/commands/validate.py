"""``bayes-scaling backtest`` and ``bayes-scaling check``: what an answer is worth."""

import warnings

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import whole
from bayes_scaling._core.messages import beside, shown
from bayes_scaling.cli.fitting import fitted
from bayes_scaling.cli.options import _asked, _progress, _table, asked_targets, given, laws_of
from bayes_scaling.cli.output import _csv, _json, _put, _text, _verdict, drawn

_SHOWN = 5  # runs that the table of influence tells of


def backtest(options, say):
    """Held-out forecasts of several laws, summed up."""
    from bayes_scaling.validation.backtest import backtest

    runs, columns = _table(options)
    laws = laws_of(options)
    asked = {
        name: value
        for name in ("by", "leave", "group", "multiples", "refits", "se")
        if (value := getattr(options, name)) is not None
    }
    if options.cutoffs is not None:
        one = (
            len(options.cutoffs) == 1
            and options.cutoffs[0] < 1000
            and options.cutoffs[0] == int(options.cutoffs[0])
        )
        asked["cutoffs"] = int(options.cutoffs[0]) if one else options.cutoffs
    y = options.y if options.y is None or len(options.y) > 1 else options.y[0]
    _progress(say, f"fitting {', '.join(law.name for law in laws)}")
    made = backtest(
        laws, runs, y, baselines=options.baselines, **asked, **_asked(options), **columns
    )
    table = made.summary(options.summary)
    if options.forecasts is not None:
        whole(options.forecasts, lambda part: made.forecasts.to_csv(part, index=False))
    if options.figure is not None:
        drawn(options.figure, lambda: made.plot()[0].figure)
    if options.format == "json":
        answer = {
            "summary": table,
            "y": made.outcomes if len(made.outcomes) > 1 else made.outcomes[0],
            "by": made.by,
            "scale": made.scale,
            "skipped": made.skipped,
            "diagnosis": made.diagnosis.verdict(),
        }
        _put(options, _json(answer))
    elif options.format == "csv":
        _put(options, table.to_csv(index=False))
    else:
        title = f"{len(made.forecasts)} held-out forecasts of {shown(made.outcomes, 6)}"
        more = (
            []
            if made.fits["ok"].all()
            else ["--forecasts writes every forecast, with ok where its fit has converged"]
        )
        more += ["--format json lists what was not fitted"] if len(made.skipped) else []
        _put(
            options,
            _text(_brief(table, options.summary), title)
            + f"\n{table.foot}\n"
            + (f"{', '.join(more)}.\n" if more else ""),
        )
    return _verdict(made.diagnosis, options, say)


def _brief(table, by):
    """The columns of a summary that are read first, each score beside its standard error."""
    made = pd.DataFrame(table)[[*by, "forecasts", "not_converged", "error", "bias"]].copy()
    for name in ("interval_score", "log_score", "in_50", "in_80", "in_90", "in_95"):
        made[name] = list(map(beside, table[name], table[f"{name}_se"]))
    return made.astype({column: str for column in by})


def check(options, say):
    """Whether draws can be trusted, how much of the answer is prior, which run moves it, and whether the law is calibrated on this design."""
    from bayes_scaling._core.arguments import check_prob
    from bayes_scaling._core.errors import FitWarning
    from bayes_scaling.inference.design import check_inputs
    from bayes_scaling.results.diagnosis import Diagnosis
    from bayes_scaling.runs.targets import as_targets
    from bayes_scaling.validation.influence import influence
    from bayes_scaling.validation.sbc import calibrate
    from bayes_scaling.validation.sensitivity import sensitivity

    prob = check_prob(options.prob)
    to = asked_targets(options) if options.targets is not None or given(options) else None
    if to is not None and options.fit is None:
        check_inputs(laws_of(options)[0], as_targets(to))
    if options.sims != 0 and options.sims < 20:
        raise InputError(f"--sims is {options.sims}; give at least 20, or 0 for no calibration")
    fit, _ = fitted(options, say)
    if options.save:
        fit.save(options.save)
    d, calibration = fit.diagnosis, None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # the diagnosis is the first thing said
        moved = sensitivity(fit, to, prob=prob)
        swayed = (
            None if fit.law.noise.smooth else influence(fit, to, prob=prob)
        )  # then no run stands alone
        if options.sims:
            _progress(say, f"simulating {options.sims} tables and fitting each")
            calibration = calibrate(fit, sims=options.sims)
    if options.format == "json":
        answer = d.verdict() | {
            "numbers": d.numbers,
            "sensitivity": moved.rename_axis("quantity").reset_index(),
            "influence": swayed,
        }
        answer["calibration"] = (
            None
            if calibration is None
            else calibration.diagnosis.verdict() | {"quantities": calibration.table.reset_index()}
        )
        _put(options, _json(answer))
    elif options.format == "csv":
        _put(
            options,
            _csv(
                {
                    "checks": _numbers(d, moved, swayed, calibration)
                    .rename_axis("check")
                    .reset_index()
                },
                {"checks": d},
            ),
        )
    else:
        parts = [
            f"{d}\n",
            _text(moved.rename_axis("quantity").reset_index(), "How much is prior, how much data")
            + f"{moved.foot}\n",
        ]
        if swayed is None:
            parts.append(
                "Which runs move the answer most: not asked, for with a smooth discrepancy runs tell of one another.\n"
            )
        else:
            parts.append(
                _text(
                    swayed.drop_duplicates([swayed.columns[1], "run"]).head(_SHOWN),
                    "Which runs move the answer most",
                )
                + f"{swayed.foot}\n"
            )
        parts += [] if calibration is None else [f"{calibration}\n"]
        _put(options, "\n".join(parts))
    unfit = Diagnosis() if calibration is None else calibration.diagnosis
    for text in unfit.problems:
        say(f"not calibrated: {text}")
    return max(_verdict(d, options, say), int(not unfit.ok))


def _numbers(diagnosis, moved, swayed, calibration):
    """Every figure of a check by name."""
    made = dict(diagnosis.numbers)
    made |= {
        f"{kind} sensitivity of {name}": moved.loc[name, kind]
        for name in moved.index
        for kind in ("prior", "likelihood")
    }
    if swayed is not None:
        made |= {
            f"shift of {row[swayed.columns[1]]} without {row['run']}": row["shift"]
            for row in swayed.to_dict("records")
        }
    if calibration is not None:
        made |= {f"calibration p of {name}": p for name, p in calibration.table["p"].items()}
    return pd.Series(made, name="value")
