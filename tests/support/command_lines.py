"""Options of the command line that several tests use."""

import numpy as np
import pandas as pd

RUNS = ["--runs", "gadre2024", "--where", "dataset == 'redpajama' and N < 5e8", "--y", "loss_c4"]
SMALL = [*RUNS, "--law", "over_training"]
TARGETS = ["--N", "1439795200", "6889410560", "--D", "921468928000", "137788211200"]
THEN = ["--then", "perplexity_to_error", "--then-y", "error_17"]
TABLE = pd.DataFrame(
    {
        "N": [1e7, 2e7, 4e7, 8e7] * 3,
        "D": np.repeat([2e8, 1e9, 5e9], 4),
        "loss": [4.5, 4.2, 4.0, 3.8, 4.1, 3.8, 3.6, 3.4, 3.9, 3.6, 3.3, 3.1],
        "error": np.linspace(0.8, 0.69, 12),
    }
)
