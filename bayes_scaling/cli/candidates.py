"""Candidate runs of --candidates."""

import os
from argparse import Namespace

import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.cli.target_options import load_target_table, read_values
from bayes_scaling.runs.bundled import sources
from bayes_scaling.runs.targets import targets


def read_candidates(options: Namespace) -> pd.DataFrame:
    """Candidate runs from a table, or from NAME=VALUES."""
    texts = options.candidates
    first = texts[0]
    if len(texts) == 1 and ("=" not in first or os.path.exists(first)):
        if not os.path.exists(first) and first not in sources():
            raise InputError(
                f"--candidates {first} is no file; name one, or give sizes, such as "
                "--candidates N=4e8,1e9 M=20,20"
            )
        return targets(load_target_table(options, first))
    try:
        return targets(read_values(texts, "candidates"))
    except InputError as error:
        raise InputError(f"--candidates: {str(error).removeprefix('--candidates: ')}") from None
