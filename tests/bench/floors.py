"""Coverage of 90% intervals where runs have reached their floor: ``python tests/bench/floors.py``.

Simulated tables of laws at fixed values (``tests/support/at_floor.py``), with the laws' own noise,
Student-t(4), of constant size, and with normal noise. Wanted are 84 to 96% of each. Normal noise
costs some of it whatever the priors: for m2 the exact posterior under flat priors and this noise
model holds 84% of 200 tables of normal noise, and 91% of 300 of its own. Floors that could not lie
above the smallest outcome held 0 to 3% (m2, power_law_floor)."""

import sys
import warnings
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "support"))

from at_floor import CASES, covered  # noqa: E402

SETS = 100


def main(names):
    """Print the coverage of the floor and of the curve far out, case by case."""
    warnings.simplefilter("ignore")
    print(f"{'law':22}{'noise':10}{'floor':>8}{'far out':>9}   of {SETS} tables (s.e. 3%)")
    for name in names or CASES:
        for label, normal in (("its own", False), ("normal", True)):
            floor, far = covered(CASES[name], SETS, normal=normal)
            print(f"{name:22}{label:10}{floor.mean():8.0%}{far.mean():9.0%}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
