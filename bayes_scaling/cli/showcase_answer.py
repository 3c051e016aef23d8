"""What the showcase asks of each law: the loss and the error of two large runs."""

import warnings
from typing import Any, NamedTuple

import pandas as pd

from bayes_scaling._core.errors import FitWarning
from bayes_scaling.results.chain import Chain, chain
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.fitting import fit
from bayes_scaling.runs.targets import targets

LOSS, ERROR = "loss_c4", "error_17"


class Answer(NamedTuple):
    """The loss fit, the chain to the error, and both forecasts beside measured values."""

    loss: Fit
    both: Chain
    tables: tuple[Any, Any]


def as_text(table: pd.DataFrame) -> str:
    """A forecast beside measured values, as indented text."""
    table = table[["N", "M", "median", "lower", "upper", "measured", "inside", "off", "width"]]
    formats = {"N": "{:.2e}", "M": "{:.0f}", "off": "{:+.1f}%", "width": "{:.1f}%"}
    formats |= dict.fromkeys(("median", "lower", "upper", "measured"), "{:.3f}")
    columns = {
        name: table[name].map(formats[name].format) if name in formats else table[name]
        for name in map(str, table)
    }
    text = pd.DataFrame(columns).rename(columns={"lower": "5%", "upper": "95%"})
    return "    " + text.to_string(index=False).replace("\n", "\n    ")


def answer(
    law: str, loss_runs: pd.DataFrame, error_runs: pd.DataFrame, large: pd.DataFrame
) -> Answer:
    """Fit one law to one choice of runs, and print its forecasts and its diagnosis."""
    loss: Any = fit(law, loss_runs, y=LOSS)
    error = fit("perplexity_to_error", error_runs, y=ERROR, L=LOSS)
    both, to = chain(loss, error), targets(large[["N", "D"]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # the diagnosis is printed below
        tables = (
            loss.forecast(to).against(large[LOSS]),
            both.forecast(to).against(large[ERROR]),
        )
    print(f"  loss on the C4 eval set, nats/token ({len(loss_runs)} training runs)")
    print(as_text(tables[0]))
    print(f"  top-1 error, mean of 17 tasks ({len(error_runs)} training runs), through the chain")
    print(as_text(tables[1]))
    print("  " + str(both.diagnosis).replace("\n", "\n  ") + "\n")
    return Answer(loss, both, tables)
