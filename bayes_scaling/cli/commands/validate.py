"""Earlier place of ``brief_summary``, until its users import it from its own module."""

from bayes_scaling.cli.commands.backtest import brief_summary as _brief

__all__ = ["_brief"]
