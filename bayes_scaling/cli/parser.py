"""The command line. Exit codes: 0 sound, 1 answered but the diagnosis is bad, 2 bad input, 130 interrupted.

The answer goes to stdout, everything else to stderr. Nothing heavy is imported before it is needed.
"""

import argparse
import re
import sys


class _Parser(argparse.ArgumentParser):
    """A parser whose complaint is one sentence."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._negative_number_matcher = re.compile(
            r"-\.?\d"
        )  # as in Python 3.14: -1e9 is a number and no option

    def error(self, message):
        print(f"{self.prog}: {' '.join(message.split())}; see {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def _number(text):
    """A number as it is typed: 7e9."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number; write it as 7e9 or 0.9") from None


def _drift(text):
    """The sd of a drift, from 0."""
    made = _number(text)
    if not 0 <= made < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no sd; give a number from 0, such as 0.005")
    return made


def _df(text):
    """Degrees of freedom, or normal."""
    if text == "normal":
        return text
    try:
        made = float(text)
    except ValueError:
        made = 0.0
    if not 0 < made < float("inf"):
        raise argparse.ArgumentTypeError(
            f"{text!r} is no number above 0; give one, such as 4, or normal"
        )
    return made


def parser():
    """The argument parser of every command."""
    top = _Parser(
        prog="bayes-scaling",
        allow_abbrev=False,
        description="Small training runs in, honest forecasts of big ones out.",
    )
    from bayes_scaling import __version__

    top.add_argument("--version", action="version", version=f"bayes-scaling {__version__}")
    commands = top.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=_Parser
    )

    def add(name, text, formats=("table", "csv", "json")):
        made = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        made.add_argument(
            "--format",
            choices=formats,
            help=f"of the answer (default: what --output ends in, or {formats[0]})",
        )
        made.add_argument(
            "--output", metavar="FILE", help="write the answer there instead of to stdout"
        )
        return made

    forecast = add(
        "forecast", "Fit a law to small runs and foretell big ones, with credible intervals."
    )
    fit = add("fit", "Fit a law and show the posterior of its parameters.")
    check = add(
        "check",
        "Fit a law and say whether its answers can be trusted: draws, priors, single runs, calibration.",
    )
    backtest = add(
        "backtest",
        "Fit laws to the smaller runs, foretell the larger ones, and score the forecasts.",
    )
    report = add(
        "report",
        "Fit a law to small runs and write a page on its forecast of big ones.",
        ("html", "markdown"),
    )
    for made in (forecast, fit, check, report):
        _fit_options(made)
    for made in (forecast, report):
        _target_options(made)
    forecast.add_argument(
        "--of",
        choices=("run", "mean"),
        default="run",
        help="a new run, noise included, or the law's curve (default: run)",
    )
    forecast.add_argument(
        "--kind",
        choices=("eti", "hdi"),
        default="eti",
        help="central interval or highest density (default: eti)",
    )
    forecast.add_argument(
        "--figure", metavar="FILE", help="draw the answer there (.png, .pdf, .svg)"
    )
    report.add_argument(
        "--measured",
        nargs="+",
        type=_number,
        metavar="Y",
        help="what was measured at the targets, one value each",
    )
    _budget_options(
        report,
        ": the page says what to train, and foretells that run in place of --N, --D, --C, --M or --targets",
    )
    report.add_argument("--title", help="heading of the page")
    report.add_argument(
        "--backtest",
        action="store_true",
        help="fit the law to the smaller of the runs, foretell the larger, and say on the page how that fared",
    )
    report.add_argument(
        "--beside",
        nargs="+",
        default=[],
        metavar="LAW",
        help="other laws, fitted to the same runs, whose forecasts stand beside this one's",
    )
    fit.add_argument(
        "--prob", type=_number, default=0.9, help="probability inside the intervals (default: 0.9)"
    )
    compare = add(
        "compare",
        "Fit groups of runs together and say which is better, at which compute, and how sure that is.",
    )
    _fit_options(compare, one=False)
    compare.add_argument(
        "--y",
        nargs="+",
        metavar="COLUMN",
        help="column of the outcome; of several each is a group of its own, crossed with the others",
    )
    _target_options(compare, then=False)
    _compare_options(compare)
    plan = add(
        "plan",
        "Fit a law and say what to train: the best parameters and tokens of a budget, or which run would narrow a forecast most.",
    )
    _fit_options(plan)
    _target_options(plan)
    _budget_options(plan)
    _plan_options(plan)
    _trust_options(check, backtest)
    for made in (fit, check, backtest, compare):
        _noise_options(made)
    for made in (forecast, report, plan):
        made.add_argument(
            "--weights",
            metavar="RULE",
            help="of the average of several laws: lfo or stacking, by how each foretold the larger runs from the smaller; equal; or a number for each law, such as 0.6,0.4 (default: lfo)",
        )
    for made in (forecast, plan):
        _noise_options(made, "; not of the law of --then")
    _noise_options(report, "; not of the law of --then; laws of --beside have the same")
    laws = add("laws", "List the laws, or show one.")
    laws.add_argument(
        "name", nargs="?", help="a law to show: formula, inputs, priors, published values, source"
    )
    data = add("data", "List the bundled tables, or print one.")
    data.add_argument("name", nargs="?", help="a bundled table")
    data.add_argument("--where", metavar="QUERY", help="rows to keep")
    return top


def _trust_options(check, backtest):
    for name, text in (
        ("N", "parameters"),
        ("D", "training tokens"),
        ("C", "training FLOPs"),
        ("M", "tokens per parameter"),
    ):
        check.add_argument(
            f"--{name}",
            nargs="+",
            type=_number,
            metavar=name,
            help=f"{text} of runs whose forecasts are asked about",
        )
    check.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="another input of such runs: L=2.4,2.3; may be given again",
    )
    check.add_argument(
        "--targets", metavar="FILE", help="a table of such runs, in place of --N, --D and --at"
    )
    check.add_argument(
        "--prob", type=_number, default=0.9, help="probability inside the intervals (default: 0.9)"
    )
    check.add_argument(
        "--sims",
        type=int,
        default=100,
        help="tables simulated from the prior to see whether the law is calibrated on this design; 0 for none (default: 100)",
    )
    backtest.add_argument(
        "--law",
        nargs="+",
        default=["over_training"],
        help="names of laws, or path.py:name (default: over_training)",
    )
    backtest.add_argument(
        "--runs", metavar="TABLE", help="a bundled table or a file (.csv, .tsv, .parquet, .jsonl)"
    )
    backtest.add_argument(
        "--y",
        nargs="+",
        metavar="COLUMN",
        help="column of the outcome; several are series of their own",
    )
    backtest.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="a column that stands under another name; may be given again",
    )
    backtest.add_argument("--where", metavar="QUERY", help="rows of the table to keep")
    backtest.add_argument(
        "--by", metavar="COLUMN", help="column along which the runs are cut (default: C)"
    )
    backtest.add_argument(
        "--group", nargs="+", metavar="COLUMN", help="columns that tell series apart"
    )
    backtest.add_argument(
        "--cutoffs",
        nargs="+",
        type=_number,
        metavar="VALUE",
        help="values of --by, the last that is still fitted; or one number below 1000, how many to choose (default: 6)",
    )
    backtest.add_argument(
        "--leave",
        metavar="COLUMN",
        help="leave out one group of runs at a time, in place of cutoffs",
    )
    backtest.add_argument(
        "--multiples",
        nargs="+",
        type=_number,
        metavar="X",
        help="edges of the classes of distance (default: 2 5 10 30)",
    )
    backtest.add_argument(
        "--baselines",
        nargs="+",
        choices=("point", "bootstrap"),
        default=[],
        help="point fits and bootstraps beside the posterior",
    )
    backtest.add_argument("--refits", type=int, help="of the bootstrap (default: 100)")
    backtest.add_argument("--se", metavar="COLUMN", help="known standard errors of the outcome")
    backtest.add_argument(
        "--summary",
        nargs="+",
        default=["law", "method"],
        metavar="COLUMN",
        help="what tells the lines of the answer apart, such as law distance (default: law method)",
    )
    backtest.add_argument(
        "--forecasts", metavar="FILE", help="write every forecast and its scores there, as csv"
    )
    backtest.add_argument(
        "--figure", metavar="FILE", help="draw the calibration there (.png, .pdf, .svg)"
    )
    for name, text in (
        ("draws", "kept draws a chain (default: 500)"),
        ("warmup", "warm-up steps a chain (default: 200)"),
        ("chains", "chains (default: 2)"),
        ("seed", "the same seed gives the same draws (default: 0)"),
    ):
        backtest.add_argument(f"--{name}", type=int, help=text)


def _target_options(made, then=True):
    made.add_argument(
        "--N", nargs="+", type=_number, metavar="N", help="parameters of the runs to foretell"
    )
    made.add_argument(
        "--D", nargs="+", type=_number, metavar="D", help="training tokens of the runs to foretell"
    )
    made.add_argument(
        "--C",
        nargs="+",
        type=_number,
        metavar="C",
        help="training FLOPs of the runs to foretell (C = 6 N D)",
    )
    made.add_argument(
        "--M",
        nargs="+",
        type=_number,
        metavar="M",
        help="tokens per parameter of the runs to foretell (M = D / N)",
    )
    made.add_argument(
        "--at",
        action="append",
        default=[],
        metavar="NAME=VALUES",
        help="another input of the runs to foretell: L=2.4,2.3; may be given again",
    )
    made.add_argument(
        "--targets",
        metavar="FILE",
        help="a table of the runs to foretell, in place of --N, --D and --at",
    )
    made.add_argument(
        "--prob", type=_number, default=0.9, help="probability inside the interval (default: 0.9)"
    )
    if not then:
        return
    made.add_argument(
        "--then",
        metavar="LAW",
        help="a second law on the first one's outcome, such as perplexity_to_error",
    )
    made.add_argument(
        "--then-y", metavar="COLUMN", help="outcome of the second law, such as error_17"
    )
    made.add_argument("--then-save", metavar="FILE", help="write the second law's fit there (.nc)")
    made.add_argument(
        "--then-train",
        metavar="QUERY",
        help="runs that the second law is fitted to (default: those of --train)",
    )


def _compare_options(made):
    made.add_argument(
        "--group",
        nargs="+",
        required=True,
        metavar="COLUMN",
        help="column that tells the groups apart, such as dataset; several are crossed",
    )
    made.add_argument(
        "--pool",
        action="append",
        default=[],
        metavar="NAME=MODE",
        help="how groups share a parameter: partial, shared or free; may be given again",
    )
    made.add_argument(
        "--reference",
        metavar="GROUP",
        help="the group that all others are compared with (default: every pair)",
    )
    made.add_argument(
        "--across",
        metavar="COLUMN",
        help="of crossed groups, the column whose values are compared (default: the first)",
    )
    made.add_argument(
        "--within",
        nargs=2,
        type=_number,
        metavar=("LOW", "HIGH"),
        help="FLOPs between which crossovers are looked for (default: those of runs and targets)",
    )
    made.add_argument(
        "--rope",
        action="append",
        default=[],
        metavar="NAME=SHARE",
        help="within this share two values count as the same: eta=0.02, parameters=0.05, forecasts=0.005",
    )
    made.add_argument(
        "--better",
        choices=("lower", "higher"),
        default="lower",
        help="lower for losses and errors, higher for accuracies (default: lower)",
    )
    made.add_argument(
        "--figure",
        metavar="FILE",
        help="draw the exponents of every group there (.png, .pdf, .svg)",
    )


def _budget_options(made, more=""):
    made.add_argument(
        "--budget",
        nargs="+",
        type=_number,
        metavar="C",
        help=f"FLOPs to be split between parameters and tokens{more}",
    )
    made.add_argument(
        "--serve",
        type=_number,
        metavar="D",
        help="tokens that the trained model is to be run on, which the budget pays for too (default: 0)",
    )
    made.add_argument(
        "--tolerance",
        type=_number,
        metavar="SHARE",
        help="of the outcome, within which runs are as good in practice (default: 0.001)",
    )
    made.add_argument(
        "--within",
        nargs=2,
        type=_number,
        metavar=("LOW", "HIGH"),
        help="tokens per parameter in which the best is looked for (default: 0.1 100000)",
    )
    made.add_argument(
        "--better",
        choices=("lower", "higher"),
        help="lower for losses and errors, higher for accuracies (default: lower)",
    )


def _plan_options(made):
    made.add_argument(
        "--candidates",
        nargs="+",
        metavar="RUNS",
        help="runs that could be trained next, a table or NAME=VALUES such as N=4e8,1e9 M=20,20: which narrows the forecast of --N, --D, --C, --M, --at or --targets most",
    )
    made.add_argument(
        "--of",
        choices=("run", "mean"),
        help="of candidates: the forecast of a new run, noise included, or of the law's curve (default: run)",
    )
    made.add_argument(
        "--outcomes",
        type=int,
        metavar="COUNT",
        help="simulated outcomes of each candidate (default: 100)",
    )
    made.add_argument(
        "--figure", metavar="FILE", help="draw the splits of the budgets there (.png, .pdf, .svg)"
    )


def _fit_options(made, one=True):
    if one:  # of one outcome, in a file of its own
        made.add_argument(
            "--fit", metavar="FILE", help="a saved fit, in place of --law, --runs and --y"
        )
        made.add_argument("--save", metavar="FILE", help="write the fit there (.nc)")
        made.add_argument("--y", metavar="COLUMN", help="column of the outcome, such as loss_c4")
    several = (
        "; forecast, report and plan average several, each weighed by how it foretells the larger runs from the smaller"
        if one
        else ""
    )
    made.add_argument(
        "--law",
        nargs="+",
        default=["over_training"],
        help=f"name of a law, or path.py:name (default: over_training){several}",
    )
    made.add_argument(
        "--runs", metavar="TABLE", help="a bundled table or a file (.csv, .tsv, .parquet, .jsonl)"
    )
    made.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="NAME=COLUMN",
        help="a column that stands under another name: N=params, L=loss_c4; or one number of all runs: chance=0.25, items=500; may be given again",
    )
    made.add_argument(
        "--where", metavar="QUERY", help="rows of the table to keep, such as \"dataset == 'c4'\""
    )
    made.add_argument(
        "--train", metavar="QUERY", help="of those, the rows to fit, such as 'N < 5e8'"
    )
    made.add_argument("--se", metavar="COLUMN", help="known standard errors of the outcome")
    made.add_argument("--draws", type=int, help="kept draws a chain (default: 1000)")
    made.add_argument("--warmup", type=int, help="warm-up steps a chain (default: 200)")
    made.add_argument("--chains", type=int, help="chains (default: 4)")
    made.add_argument("--seed", type=int, help="the same seed gives the same draws (default: 0)")


def _noise_options(made, more=""):
    made = made.add_argument_group(
        "likelihood", f"Of each law of --law, in place of its own, which laws NAME shows{more}."
    )
    made.add_argument(
        "--drift",
        type=_drift,
        metavar="SD",
        help="drift off the law beyond the data: sd for each unit of log(scale / largest scale of the runs); 0 turns it off",
    )
    made.add_argument(
        "--df",
        type=_df,
        metavar="NUMBER",
        help="degrees of freedom of the Student-t noise, or normal",
    )
    made.add_argument(
        "--smooth",
        choices=("ou", "matern"),
        help="a smooth discrepancy of the law along the log of scale, rough or Matern-3/2; it needs Normal noise and sets --df normal",
    )
