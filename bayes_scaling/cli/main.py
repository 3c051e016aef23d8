"""The entry point of the command line.

Exit codes: 0 passed, 1 answered but a verdict is bad, 2 bad input, 130 interrupted.
The answer goes to stdout, everything else to stderr. Nothing heavy is imported before it is needed.
"""

import sys
from collections.abc import Sequence

from bayes_scaling.cli.parser import parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after the name of the program; those of the process by default.

    Returns
    -------
    int
        The exit code.
    """
    options = parser().parse_args(arguments)
    options.words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        from bayes_scaling.cli.run import run

        return run(options)
    except KeyboardInterrupt:
        print(f"bayes-scaling {options.command}: interrupted; no answer was given", file=sys.stderr)
        return 130
