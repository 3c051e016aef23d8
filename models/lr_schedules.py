r"""Loss along training from the learning-rate schedule: how much has been fed, and what annealing has won.

.. math:: L(s) = L_0 + A\, S_1^{-\alpha_S} - C\, S_2, \qquad S_2 = \sum_{k \le s} (\eta_{k-1} - \eta_k) \frac{1 - \lambda^{s - k + 1}}{1 - \lambda}

S_1 is the sum of the learning rate eta over steps. Source: Tissue et al. 2024, arXiv 2408.11029.

.. math:: L(t) = L_0 + A\, S_1^{-\alpha_S} - B \sum_{k \le t} (\eta_{k-1} - \eta_k)\, G(\eta_k^{-\gamma} S_k), \qquad G(x) = 1 - (1 + C x)^{-\beta}

S_k is the sum of the learning rate from k on. Source: Luo et al. 2025, arXiv 2503.12811.

Rows are steps of runs; ``bayes_scaling.add_schedule_columns`` makes the inputs from curves of step and learning rate.
"""

from math import cos, pi

import jax.numpy as jnp

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.law.parameter import Parameter, amplitude, exponent
from bayes_scaling.law.prior import half_normal, lognormal
from bayes_scaling.runs.schedules import add_schedule_columns
from bayes_scaling.runs.schedules import schedule


def annealing_mean(x, L0, A, C, alpha_S, lam):
    log = jnp.log(jnp.asarray(lam))[..., None]
    memory = jnp.expm1(x["age"] * log) / jnp.expm1(log)
    return L0 + A * power(x["S1"], -alpha_S) - C * jnp.sum(x["drop"] * memory, axis=-1)


def power_mean(x, L0, A, B, C, alpha_S, beta, gamma):
    C, beta, gamma = (jnp.asarray(value)[..., None] for value in (C, beta, gamma))
    done = -jnp.expm1(-beta * jnp.log1p(C * power(jnp.maximum(x["lr"], 1e-12), -gamma) * x["since"]))
    return L0 + A * power(x["S1"], -alpha_S) - B * jnp.sum(x["drop"] * done, axis=-1)


def _fall(ref):
    """The largest fall of the learning rate in a run: the measure of what annealing can win."""
    return jnp.maximum(ref["drop_max"], 1e-12)


_base = (
    Parameter(
        "L0", lognormal(0.92, 0.12), "nats/token", "loss of endless training without annealing", "a little below the least loss; annealing may have taken that below it",
        sampled="L0_share", sampled_meaning="L0 as a share of the smallest observed loss", publish=lambda s, ref, p: s["L0_share"] * ref["y_min"],
    ),
    exponent("alpha_S", lognormal(0.5, 0.3), meaning="exponent of the learning rate fed", reason="0.28 to 0.9; 0.43 to 0.52 on three sizes"),
    amplitude("A", lambda x, p: power(x["S1"], -p["alpha_S"]), unit="nats x learning rate^alpha_S", meaning="amplitude of what is yet to be learned"),
)  # fmt: skip


def _example():
    """A cosine, a constant and a stable-then-decaying schedule of 12,000 steps, 16 rows of each."""
    last, names = 12000, ("cosine", "constant", "decay")
    shapes = (lambda s: 3e-5 + 2.7e-4 * (1 + cos(pi * s / last)) / 2, lambda s: 3e-4, lambda s: 3e-4 if s <= 8000 else 3e-4 - 2.7e-4 * (s - 8000) / 4000)
    curves = [add_schedule_columns(schedule(shape, last, every=50, warmup=1000), pieces=12).iloc[20::13] for _, shape in zip(names, shapes)]
    column = lambda name: tuple(float(v) for curve in curves for v in curve[name])
    vector = lambda name: tuple(zip(*(column(f"{name}_{i}") for i in range(12))))
    return {"S1": column("S1"), **{name: vector(name) for name in ("drop", "age", "since", "lr")}}


_shown = _example()
_units = {"S1": "sum of the learning rate over steps", "drop": "falls of the learning rate, by age", "age": "steps since they fell", "since": "sum of the learning rate since they fell", "lr": "learning rate to which they fell"}  # fmt: skip
_common = dict(noise=Noise(grows=False, sigma=half_normal(0.01)), applies="losses along runs of one model and batch size, under schedules of one peak; two schedules or more, one that anneals")


def _inputs(*names):
    return {"inputs": {name: _units[name] for name in names}, "vectors": names[1:], "example": {name: _shown[name] for name in names}}


def _gain(name, publish, unit):
    return Parameter(
        name, lognormal(0.1, 0.8), unit, "amplitude of annealing", "full annealing wins 0.02 to 0.5 nats",
        sampled="gain", sampled_meaning="nats that the largest fall of the learning rate wins in the end", publish=publish,
    )  # fmt: skip


lr_annealing = Law(
    name="lr_annealing",
    title="LR annealing: loss along training under any schedule",
    formula="L = L0 + A S1^-alpha_S - C S2, S2 = sum_k (lr_(k-1) - lr_k) (1 - lam^age) / (1 - lam)",
    latex=r"L(s) = L_0 + A\, S_1^{-\alpha_S} - C\, S_2",
    parameters=(
        *_base,
        Parameter(
            "lam", lognormal(1e-3, 0.7), "1", "memory of annealing a step", "annealing takes effect over 250 to 4,000 steps",
            sampled="forgotten", sampled_meaning="1 - lam, one over the steps that annealing takes to come into effect", publish=lambda s, ref, p: 1 - s["forgotten"],
        ),
        _gain("C", lambda s, ref, p: s["gain"] * s["forgotten"] / _fall(ref), "nats / (learning rate x steps)"),
    ),
    function=annealing_mean,
    **_inputs("S1", "drop", "age"),
    **_common,
    fails="steps at a learning rate of 0 lower the forecast; scaling the whole schedule up always lowers it; noise along a run is correlated",
    citation="Tissue et al. 2024, Scaling Law with Learning Rate Annealing",
    arxiv="2408.11029",
    bibtex="""@article{tissue2024scaling,
  title={Scaling Law with Learning Rate Annealing},
  author={Tissue, Howe and Wang, Venus and Wang, Lu},
  journal={arXiv preprint arXiv:2408.11029},
  year={2024}
}""",
    published={
        f"{size}, cosine and constant": Published(
            {"L0": L0, "A": A, "alpha_S": alpha_S, "C": C, "lam": 0.999}, "recomputed", "curves of arXiv 2503.12811",
            "robust least squares on the cosine and the constant schedule of 24,000 steps, lam held at 0.999",
        )
        for size, L0, A, alpha_S, C in (("25M", 3.164, 0.509, 0.524, 0.406), ("100M", 2.790, 0.592, 0.456, 0.480), ("400M", 2.537, 0.639, 0.430, 0.573))
    },
)  # fmt: skip

multi_power = Law(
    name="multi_power",
    title="Multi-power law: loss along training under any schedule",
    formula="L = L0 + A S1^-alpha_S - B sum_k (lr_(k-1) - lr_k) (1 - (1 + C lr_k^-gamma S_k)^-beta)",
    latex=r"L(t) = L_0 + A\, S_1^{-\alpha_S} - B \sum_k (\eta_{k-1} - \eta_k)\left(1 - (1 + C \eta_k^{-\gamma} S_k)^{-\beta}\right)",
    parameters=(
        *_base,
        Parameter("beta", lognormal(0.6, 0.25), "1", "how slowly annealing comes into effect in the end", "0.37 to 1; 0.58 to 0.60 on three sizes"),
        Parameter("gamma", lognormal(0.65, 0.25), "1", "by how much sooner at a low learning rate", "0.4 to 1.06; 0.64 to 0.66 on three sizes"),
        Parameter(
            "C", lognormal(30.0, 1.0), "learning rate^(gamma - 1)", "speed at which annealing comes into effect", "half of what a fall wins is won after 4 to 200 steps",
            sampled="half", sampled_meaning="steps after which half of what a fall wins is won, at a learning rate of the largest fall",
            publish=lambda s, ref, p: jnp.expm1(jnp.log(2.0) / p["beta"]) / (power(_fall(ref), 1 - p["gamma"]) * s["half"]),
        ),
        _gain("B", lambda s, ref, p: s["gain"] / _fall(ref), "nats / learning rate"),
    ),
    function=power_mean,
    **_inputs("S1", "drop", "since", "lr"),
    **_common,
    fails="seven parameters want three schedules of different kinds; noise along a run is correlated, which iid noise denies",
    citation="Luo et al. 2025, A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules",
    arxiv="2503.12811",
    bibtex="""@inproceedings{luo2025multipower,
  title={A Multi-Power Law for Loss Curve Prediction Across Learning Rate Schedules},
  author={Luo, Kairong and Wen, Haodong and Hu, Shengding and others},
  booktitle={International Conference on Learning Representations},
  note={arXiv 2503.12811},
  year={2025}
}""",
    published={
        size: Published(
            dict(zip(("L0", "A", "alpha_S", "B", "C", "beta", "gamma"), values)), "authors' code", "arXiv 2503.12811",
            f"L0 is the authors' {theirs} plus B times the peak of 3e-4: they count the warm-up's rise among the falls, this law does not; R2 0.998 to 0.999 on their curves (luo2025)",
        )
        for size, theirs, *values in (
            ("25M", "3.040", 3.149, 0.525, 0.508, 363.8, 2.066, 0.583, 0.641),
            ("100M", "2.651", 2.782, 0.601, 0.453, 437.9, 2.132, 0.598, 0.655),
            ("400M", "2.375", 2.532, 0.654, 0.429, 523.4, 2.025, 0.594, 0.635),
        )
    },
)  # fmt: skip
