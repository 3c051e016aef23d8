"""Do parameters and tokens interact on the testbed? ``python tests/bench/interaction.py``, part of
``make bench``.

The coupled law's k, the power in the mean of the two terms' fractions, is 1 where it is
Chinchilla's law. Its posterior in each of 24 series (three corpora, eight validation sets; runs of
at most 411M parameters), and what freeing it changes in the 72 forecasts of the big runs."""

import numpy as np
import pandas as pd
from forecasts import scores, series

import bayes_scaling as bs


def main():
    """Print both tables."""
    long = {
        (corpus, y): (small.rename(columns={y: "loss"}), big.rename(columns={y: "loss"}))
        for corpus, y, small, big in series()
    }
    label = {key: f"{corpus}, {y.removeprefix('loss_')}" for key, (corpus, y) in zip(long, long)}
    runs = pd.concat(
        [small[["N", "D", "loss"]].assign(series=label[key]) for key, (small, _) in long.items()],
        ignore_index=True,
    )
    fits = {
        name: bs.fit_many(name, runs, y="loss", by="series", chains=4, draws=1000, progress=False)
        for name in ("chinchilla", "coupled")
    }
    rows, moved = [], []
    for key, (_, big) in long.items():
        pair = {name: made[label[key]] for name, made in fits.items()}
        k = pair["coupled"].flat("k")["k"]
        low, middle, high = np.quantile(k, [0.05, 0.5, 0.95])
        rows.append(
            (
                *label[key].split(", "),
                f"{middle:.2f}",
                f"{low:.2f} to {high:.2f}",
                f"{(k < 1).mean():.3f}",
                "yes" if pair["coupled"].diagnosis.ok else "NO",
            )
        )
        draws = {name: fit.draws(big[["N", "D"]]) for name, fit in pair.items()}
        table = {name: scores(d, big["loss"].to_numpy()) for name, d in draws.items()}
        moved.append(
            pd.DataFrame(
                {
                    "N": big["N"].to_numpy(),
                    "M": big["M"].to_numpy(),
                    "median": 100
                    * (
                        np.median(draws["coupled"], axis=0) / np.median(draws["chinchilla"], axis=0)
                        - 1
                    ),
                    **{
                        f"{what} {name}": t[what].to_numpy()
                        for name, t in table.items()
                        for what in ("error", "width", "in 90%", "score")
                    },
                }
            )
        )
    print(
        "\n### k of the coupled law: 1 where parameters and tokens do not interact\n\n| corpus | "
        "validation set | median of k | 90% interval | P(k < 1) | converged "
        "|\n|---|---|---|---|---|---|"
    )
    for row in rows:
        print(f"| {' | '.join(row)} |")
    moved = pd.concat(moved, ignore_index=True)
    print(
        "\n### What freeing k changes in the forecasts (% of the truth; Chinchilla's law, k = 1, "
        "to the coupled law)\n\n| target | forecasts | median forecast moves by (mean) | error | "
        "width | 90% holds | interval score |\n|---|---|---|---|---|---|---|"
    )
    kinds = np.select(
        [moved["N"] > 5e9, moved["M"] > 40], ["6.9B, M = 20", "1.4B, over-trained"], "1.4B, M = 20"
    )
    for kind, part in [*moved.groupby(kinds), ("all", moved)]:
        cells = [
            f"{part[f'{what} chinchilla'].mean():.1f} to {part[f'{what} coupled'].mean():.1f}"
            for what in ("error", "width", "in 90%", "score")
        ]
        print(f"| {kind} | {len(part)} | {part['median'].mean():+.2f}% | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
