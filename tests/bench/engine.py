"""The engine's cost beside its peers': ``make bench``, or ``python tests/bench/engine.py [one many
growth start] [--quick]``.

one : Chinchilla's law on 240 points, one posterior for all; bayes_scaling, PyMC with nutpie,
    NumPyro, a bootstrap.
many : 500 simulated data sets of 12 points and four sampled parameters.
growth : cost by points, by data sets, by groups, by parameters; peak memory.
start : fresh processes to a forecast, a report and an average; one learning curve.

vpnls, a point fit by variable projection, is no peer here: it is in no package index that this was
run against (``pip download vpnls``: no matching distribution).

Medians of five, methods in turn, ratios within this run. CPU seconds are user and system, of all
threads and of child processes. ESS is the rank-normalized bulk ESS, the least over the sampled
parameters. --quick: one round, smaller counts."""

import argparse
import os
import platform
from importlib.metadata import version

from engine_common import ALONE, ROOT, checks, draw, panels
from engine_growth import growth
from engine_many import sets
from engine_one import one
from engine_start import start
from measure import peak, table

PARTS = {"one": one, "many": sets, "growth": growth, "start": start}


def main():
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: all)"
    )
    parser.add_argument("--quick", action="store_true", help="one round and smaller counts")
    parser.add_argument("--alone", choices=ALONE, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}; parts are {', '.join(PARTS)}")
    if options.alone:
        ALONE[options.alone]()
        return print(peak())
    tools = ", ".join(
        f"{name} {version(name)}"
        for name in ("bayes-scaling", "jax", "numpyro", "blackjax", "pymc", "nutpie", "scipy")
    )
    print(
        f"{tools}; Python {platform.python_version()}; {os.cpu_count()} cores, load "
        f"{os.getloadavg()[0]:.1f} before this began; rounds: {1 if options.quick else 5}"
    )
    for name in options.parts or PARTS:
        PARTS[name](1 if options.quick else 5, options.quick)
    table("Held to", ("what", "measured", "wanted", ""), checks)
    if panels:
        draw(ROOT / "out" / "bench-engine.png")


if __name__ == "__main__":
    main()
