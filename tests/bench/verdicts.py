"""How often the verdicts are right: false alarms on simulated tables, and what they find.

    python tests/bench/verdicts.py [tables]

Each table is simulated on the runs of a bundled table. Well-specified tables come from the law that
is fitted, and their fit verdict should be good in 95% and bad in at most 1%. The others come from
something else, or their outcomes are shuffled.
"""

import sys
import warnings
from collections import Counter

import numpy as np
import pandas as pd
from numpy.random import Generator

import bayes_scaling as bs

KINDS = ("well-specified", "Normal noise", "small table", "shuffled", "wrong floor", "curved in D")


def design(kind: str, rng: Generator) -> pd.DataFrame:
    """The sizes of a table's runs."""
    runs = bs.load_runs("gadre2024", where="dataset == 'c4' and N < 5e8")[["N", "D", "C", "M"]]
    if kind == "small table":
        runs = runs.sample(9, random_state=int(rng.integers(2**31)))
    return runs.reset_index(drop=True)


def outcomes(kind: str, runs: pd.DataFrame, rng: Generator) -> np.ndarray:
    """Simulated losses."""
    N, D = runs["N"].to_numpy(), runs["D"].to_numpy()
    E, alpha_N, alpha_D = rng.uniform(1.5, 2.0), rng.uniform(0.2, 0.4), rng.uniform(0.2, 0.4)
    A, B = rng.uniform(0.3, 0.8) * 1e8**alpha_N, rng.uniform(0.3, 0.8) * 3e9**alpha_D
    loss = E + A * N**-alpha_N + B * D**-alpha_D
    if kind == "wrong floor":  # falls in two steps
        loss += 0.15 / (1 + (N / 1e8) ** 6)
    if kind == "curved in D":
        loss += 0.05 * np.log10(D / 3e9) ** 2
    sigma = np.exp(rng.uniform(np.log(0.002), np.log(0.02)))
    noise = rng.standard_normal(len(N)) if kind == "Normal noise" else rng.standard_t(4, len(N))
    loss *= np.exp(sigma * noise)
    return rng.permutation(loss) if kind == "shuffled" else loss


def levels(kind: str, count: int, law: str, seed: int) -> Counter[str]:
    """How often the fit verdict has each level."""
    rng, tables = np.random.default_rng(seed), []
    for number in range(count):
        runs = design(kind, rng)
        tables.append(runs.assign(loss=outcomes(kind, runs, rng), table=number))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits = bs.fit_many(law, pd.concat(tables), y="loss", by="table", draws=500, chains=2)
    found: Counter[str] = Counter()
    for number in fits:
        verdict = fits[number].diagnosis.fit
        found[verdict.level] += 1
        if "-v" in sys.argv:
            print(f"  {number}: {verdict.text}  {verdict.numbers}")
    return found


def main() -> None:
    """Print the levels of each kind of table."""
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    count = numbers[0] if numbers else 100
    print(f"{'tables':>15}  good  caution  bad (of {count}, chinchilla)")
    for kind in KINDS:
        found = levels(kind, count, "chinchilla", 0)
        print(f"{kind:>15} {found['good']:5d} {found['caution']:8d} {found['bad']:4d}", flush=True)


if __name__ == "__main__":
    main()
