"""The mean of several outcomes, such as an average over tasks, as a forecaster of its own."""

import pandas as pd

from bayes_scaling.forecast import Forecaster
from bayes_scaling.runs import SIZES, InputError
from bayes_scaling.words import listed


class Mean(Forecaster):
    """The mean of several outcomes, draw by draw, so that what the parts have in common is not averaged away.

    Parameters
    ----------
    parts : forecasters of one unit whose draws belong together: groups of one pooled fit, or chains that end in them.
    name : what the mean is called.

    Raises
    ------
    InputError : no parts, one that is no forecaster, or parts of several units.
    """

    def __init__(self, parts, name="mean"):
        parts = list(parts)
        if not parts or not all(isinstance(part, Forecaster) for part in parts):
            raise InputError("a mean takes at least one forecaster, such as fit.group('boolq')")
        if len({part.unit for part in parts}) > 1:
            raise InputError(f"the parts of a mean have the units {listed(dict.fromkeys(part.unit for part in parts))}; give forecasters of one unit")
        self.parts, self.outcome_name, self.unit = parts, name, parts[0].unit
        self.law, self.largest = parts[0].law, max(part.largest for part in parts)
        self.input_names = tuple(name for name in parts[0].input_names if name not in self.law.known)

    @property
    def diagnosis(self):
        """That of the parts, each fit's once."""
        found = list({str(part.diagnosis): part.diagnosis for part in self.parts}.values())
        return found[0] if len(found) == 1 else sum(found[1:], found[0])

    @property
    def training(self):
        """The runs that every part has an outcome of, with the mean of those under the mean's name."""
        frames = [part.training for part in self.parts]
        common = [name for name in dict.fromkeys((*SIZES, *self.input_names)) if all(name in frame for frame in frames)]
        long = pd.concat([frame[common].assign(**{self.outcome_name: frame[part.outcome_name]}) for part, frame in zip(self.parts, frames)])
        made = long.groupby(common, sort=False)[self.outcome_name].agg(["mean", "size"]).reset_index()
        return made[made["size"] >= len(self.parts)].drop(columns="size").rename(columns={"mean": self.outcome_name})

    @property
    def title(self):
        """What it is the mean of."""
        return f"{self.outcome_name}: mean of {len(self.parts)}, {self.parts[0].title.partition(': ')[2] or self.law.name}"

    def drift_note(self, to):
        """What the parts say of their drifts: see ``Fit.drift_note``."""
        return ". ".join(dict.fromkeys(filter(None, (part.drift_note(to) for part in self.parts))))

    def draws(self, to, of="run", seed=0):
        """Draws of the mean: as ``Fit.draws``."""
        return sum(part.draws(to, of=of, seed=seed) for part in self.parts) / len(self.parts)

    def __repr__(self):
        return f"<Mean {self.title}>"


def mean_of(parts, name="mean"):
    """The mean of several outcomes as one forecaster.

    Parameters
    ----------
    parts, name : as for ``Mean``.

    Returns
    -------
    Mean

    Raises
    ------
    InputError : as for ``Mean``.

    Examples
    --------
    >>> bs.mean_of([bs.chain(loss, tasks.group(task)) for task in ("piqa", "copa")], "error of two tasks")  # doctest: +SKIP
    """
    return Mean(parts, name)
