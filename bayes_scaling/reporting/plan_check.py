"""Whether a plan was made with the forecaster of the report."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.plan.allocation_result import Allocation
from bayes_scaling.results.protocol import ForecasterProtocol

_REMEDY = "make the plan with the forecaster of the report"


def check_groups(plan: Allocation, forecaster: ForecasterProtocol) -> None:
    """Refuse a plan for another outcome, unit or grouping.

    Raises
    ------
    InputError
        The plan and the forecaster differ in one of them.
    """
    groups = list(forecaster.group_columns)
    if (plan.y, plan.unit, plan.groups) != (forecaster.outcome_name, forecaster.unit, groups):
        raise InputError(
            f"the plan is for {_outcome(plan.y, plan.groups)}, and the report predicts "
            f"{_outcome(forecaster.outcome_name, groups)}; {_REMEDY}"
        )


def check_values(plan: Allocation, forecaster: ForecasterProtocol, to: pd.DataFrame) -> None:
    """Refuse a plan whose predictions differ from the forecaster's.

    Raises
    ------
    InputError
        The median of the law's curve differs at a target.
    """
    medians = np.median(forecaster.draws(to, of="mean"), axis=0)
    for name, planned, median in zip(to.index, plan.choice["curve"], medians):
        if abs(median / planned - 1) > 1e-6:
            raise InputError(
                f"the plan is from another fit: its curve has {plan.y} {planned:.5g} for {name}, "
                f"and the report's {median:.5g}; {_REMEDY}"
            )


def _outcome(y: str, groups: Sequence[str]) -> str:
    return f"{y} by {' and '.join(groups)}" if groups else y
