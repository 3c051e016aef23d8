"""The command line. Exit codes: 0 sound, 1 answered but the diagnosis is bad, 2 bad input, 130 interrupted.

The answer goes to stdout, everything else to stderr. Nothing heavy is imported before it is needed.
"""

import sys

from bayes_scaling.cli.parser import parser


def main(arguments=None):
    """Run a command; returns the exit code."""
    options = parser().parse_args(arguments)
    options.typed = sys.argv[1:] if arguments is None else list(arguments)
    try:
        from bayes_scaling.cli.run import run

        return run(options)
    except KeyboardInterrupt:
        print(f"bayes-scaling {options.command}: interrupted; no answer was given", file=sys.stderr)
        return 130
