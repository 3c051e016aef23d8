"""A program that uses every public name as a reader of README would, for a type checker to read.

It is not run: pyright checks that what each name takes and returns is annotated and fits together.
"""

from collections.abc import Mapping
from pathlib import Path

import jax
import numpy as np
import pandas as pd

import bayes_scaling as bs


def tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The small runs of a bundled table, and the two large runs to forecast."""
    print(bs.__version__, sorted(bs.sources()))
    try:
        runs: pd.DataFrame = bs.load_runs("gadre2024", where="dataset == 'redpajama'")
    except bs.InputError as error:
        raise SystemExit(str(error)) from error
    small: pd.DataFrame = bs.select(runs, "N < 5e8")
    large: pd.DataFrame = bs.targets(N=[1.44e9, 6.89e9], D=[921e9, 138e9])
    return small, large


def other_tables(curves: pd.DataFrame, wide: pd.DataFrame) -> list[pd.DataFrame]:
    """Tables of learning-rate schedules and of several outcomes."""
    constant: pd.DataFrame = bs.schedule(lambda step: 3e-4, 10_000, every=100)
    one = bs.add_schedule_columns(curves, by="curve")
    two = bs.to_long(wide, ["loss_c4", "loss_pile"], name="set", y="loss")
    return [constant, one, two, bs.annealed(curves, by="curve"), bs.long(wide, ["loss_c4"])]


def mean(x: Mapping[str, jax.Array], E: jax.Array, A: jax.Array, a_C: jax.Array) -> jax.Array:
    """The mean of a law of one's own."""
    return E + A * bs.power(x["C"], -a_C)


def own_law() -> bs.Law:
    """A law of one's own, with priors on what a person can hold an opinion about."""
    steep: bs.Parameter = bs.exponent("a_C", prior=bs.lognormal(0.1, 0.5))
    scale: bs.Parameter = bs.amplitude("A", lambda x, p: bs.power(x["C"], -p["a_C"]))
    return bs.Law(
        name="mine",
        formula="L = E + A / C^a_C",
        inputs={"C": "FLOPs"},
        parameters=(bs.floor("E", bs.positive_normal(0.6, 0.2)), steep, scale),
        function=mean,
        scale=lambda x: x["C"],
        published={"paper": bs.Published({"E": 1.7}, checked="table 3", source="arXiv 2403.08540")},
        noise=bs.Noise(df=None, sigma=bs.half_normal(0.02)),
    )


def one_term() -> bs.Parameter:
    """The amplitude of a law of one term."""
    return bs.level("A", lambda x, p: bs.power(x["C"], -p["a_C"]))


def priors() -> dict[str, bs.Prior]:
    """One prior of each family."""
    return {"eta": bs.normal(0.2, 0.1), "E": bs.lognormal(1.7, 0.3), "epsilon": bs.beta(9.0, 1.0)}


def likelihoods() -> list[bs.Likelihood]:
    """One likelihood of each kind."""
    return [
        bs.Noise(drift=0),
        bs.Binomial(items=1000),
        bs.BetaBinomial(items=1000),
        bs.ItemBetaBinomial(items=1000, k=5),
        bs.NegativeBinomial(),
        bs.Censored(bs.Noise()),
        bs.RunEffects(run="run"),
    ]


def single_fit(small: pd.DataFrame, large: pd.DataFrame) -> bs.Fit:
    """A fit, what it forecasts, whether it can be trusted, and its file."""
    loss: bs.Fit = bs.fit("over_training", small, y="loss_c4", noise=bs.Noise(df=None), seed=1)
    diagnosis: bs.Diagnosis = loss.diagnosis
    verdicts: tuple[bs.Verdict, ...] = (diagnosis.sampling, diagnosis.fit, diagnosis.reach)
    if not diagnosis.ok:
        raise SystemExit(" ".join(verdict.text for verdict in verdicts))
    print(diagnosis.levels, loss.plot_residuals(prob=0.9))
    forecast: bs.Forecast = loss.forecast(large, prob=0.9, of="run")
    draws: np.ndarray = loss.draws(large, of="mean")
    print(forecast, draws.mean(), loss.summary())
    loss.save("loss.nc")
    again = bs.load(Path("loss.nc"))
    if isinstance(again, bs.Fit):
        print(again.law.name, again.diagnosis)
    inputs: pd.DataFrame = loss.training
    print(inputs["N"].max(), bs.design("over_training", small, y="loss_c4"))
    return loss


def many_fits(runs: pd.DataFrame, large: pd.DataFrame) -> None:
    """One law on every corpus: together in one posterior, and each by itself."""
    pooled: bs.PooledFit = bs.fit("over_training", runs, y="loss_c4", group="dataset")
    pool: bs.Pool = pooled.pool
    compared: bs.Comparison = bs.compare(pooled, at=bs.targets(C=[1e21, 1e23], M=[20, 20]))
    print(bs.compare(pooled, at=large, of="mean").caution, compared.of)
    print(bs.load_comparison(compared.save("comparison.json")).decision)
    paths: bs.Noise = bs.GroupPaths(rate=bs.lognormal(0.01, 1.0))
    on_paths = bs.fit("power_law_floor", runs, group="dataset", noise=paths)
    print(on_paths.path_draws.nodes if isinstance(on_paths, bs.PathsFit) else on_paths)
    judged: bs.DecisionBacktest = bs.decision_backtest(runs, "loss_c4", "dataset", [1e20])
    print(judged.verdict, judged.summary, judged.calibration)
    print(pool.groups, compared.best, pooled.group("c4").forecast(large))
    fits: bs.Fits = bs.fit_many("over_training", runs, y="loss_c4", by="dataset")
    one: bs.Fit = fits["c4"]
    print(one.diagnosis, fits.summary(), bs.learn_priors(fits))


def downstream(loss: bs.Fit, small: pd.DataFrame, large: pd.DataFrame) -> None:
    """An error through the loss, for one task and for several."""
    error: bs.Fit = bs.fit("perplexity_to_error", small, y="error_17", L="loss_c4")
    both: bs.Chain = bs.chain(loss, error)
    rows: pd.DataFrame = bs.task_errors(small)
    tasks: bs.PooledFit = bs.fit("task_saturating", rows, y="error", L="loss_c4", group="task")
    chains = [bs.chain(loss, tasks.group(task)) for task in ("piqa", "copa")]
    average: bs.Mean = bs.average_outcomes(chains, name="two tasks")
    print(both.forecast(large), average.forecast(large), bs.mean_of(chains).forecast(large))
    target = bs.targets(L=[2.4])
    print(bs.tasks_above_chance(tasks, target), bs.standing(tasks, target))


def checks(loss: bs.Fit, small: pd.DataFrame, large: pd.DataFrame) -> None:
    """What an answer rests on, and how such answers performed."""
    held_out: bs.Backtest = bs.backtest("over_training", small, y="loss_c4", cutoffs=2)
    calibration: bs.Calibration = bs.calibrate("over_training", small, y="loss_c4", sims=20)
    drift: bs.Drift = bs.learn_drift("coupled", small, y="loss_c4", by="dataset")
    print(held_out.summary(), calibration, drift, bs.sensitivity(loss, large))
    needed: float = held_out.drift
    print(held_out.verdict, held_out.drift_of("over_training"), bs.Noise(drift=needed))
    print(bs.influence(loss, large), bs.prior_check("over_training", small, y="loss_c4"))


def drift_of_groups(pooled: bs.PooledFit, held_out: pd.DataFrame) -> None:
    """How far groups drift beyond the training runs."""
    print(bs.drift_by(pooled, held_out, "dataset"))


def decide(loss: bs.Fit, small: pd.DataFrame, large: pd.DataFrame) -> bs.Report:
    """Several laws as one forecast, what to train, and a report."""
    other: bs.Fit = bs.fit("coupled", small, y="loss_c4")
    mixture: bs.Average = bs.average([loss, other])
    allocation = bs.plan.compute_optimal(loss, C=[1e22, 1e24], of="run", seed=1)
    candidates = bs.targets(N=[4e8, 1e9], M=20)
    print(allocation.choice, bs.plan.next_run(loss, candidates, large))
    batch = bs.plan.next_runs(loss, candidates, large, budget=1e21)
    print(batch.designs, batch.targets, batch.sentences)
    table = small.set_index("run")
    scores = bs.observational.fit_scores(table, ["error_17"], family="dataset", compute="C")
    print(scores.forecast(), scores.diagnosis)
    print(bs.laws(), bs.find_law("coupled").formula, bs.models.chinchilla.cite())
    bs.plot.curve(loss, large)
    bs.plot_groups.forest(bs.fit("over_training", small, y="loss_c4", group="dataset"))
    report: bs.Report = bs.report(mixture, large, Path("report.html"))
    return report


def strict_warnings() -> tuple[type[Warning], ...]:
    """The warnings that a program may turn into errors."""
    return bs.RunsWarning, bs.FitWarning


def as_estimator(small: pd.DataFrame, large: pd.DataFrame) -> np.ndarray:
    """A law as a scikit-learn estimator."""
    model: bs.ScalingLawRegressor = bs.ScalingLawRegressor("coupled", ["N", "D"], draws=500)
    sizes = small[["N", "D"]].to_numpy(float)
    model.fit(sizes, small["loss_c4"].to_numpy(float))
    means: np.ndarray = model.predict(large[["N", "D"]].to_numpy(float))
    return means


def main() -> None:
    """Everything in order."""
    small, large = tables()
    loss = single_fit(small, large)
    many_fits(small, large)
    downstream(loss, small, large)
    checks(loss, small, large)
    decide(loss, small, large).save("report.md")
    print(priors(), likelihoods(), own_law(), strict_warnings(), as_estimator(small, large))


if __name__ == "__main__":
    main()
