"""Parameters, published values and example of the loss surface of learning rate and batch size."""

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.parameter import Parameter
from bayes_scaling.law.prior import lognormal, normal
from bayes_scaling.models.coupled import coupled

_OPTIMUM = (
    Parameter(
        "a",
        normal(-0.5, 0.3),
        unit="1",
        meaning="exponent of the parameter count in the optimal learning rate",
        reason="larger models take smaller steps: -1.1 to 0.1; -0.71 published",
    ),
    Parameter(
        "b",
        normal(0.2, 0.25),
        unit="1",
        meaning="exponent of the token count in the optimal learning rate",
        reason="either sign; 0.31 published",
    ),
    Parameter(
        "eta_0",
        lognormal(1.0, 0.7),
        unit="learning rate x parameters^-a x tokens^-b",
        meaning="amplitude of the optimal learning rate",
        reason="the learning rates that were tried lie on both sides of the best one",
        sampled="lr_ratio",
        sampled_meaning="optimal learning rate at the mean N and D, divided by the mean one",
        publish=lambda s, ref, p: (
            s["lr_ratio"] * ref["lr"] * power(ref["N"], -p["a"]) * power(ref["D"], -p["b"])
        ),
    ),
    Parameter(
        "c",
        normal(0.45, 0.2),
        unit="1",
        meaning="exponent of the token count in the optimal batch size",
        reason="0.1 to 0.8; 0.57 published",
    ),
    Parameter(
        "B_0",
        lognormal(1.0, 0.8),
        unit="unit of batch x tokens^-c",
        meaning="amplitude of the optimal batch size",
        reason="the batch sizes that were tried lie on both sides of the best one",
        sampled="batch_ratio",
        sampled_meaning="optimal batch size at the mean D, divided by the mean one",
        publish=lambda s, ref, p: s["batch_ratio"] * ref["batch"] * power(ref["D"], -p["c"]),
    ),
)

_SHAPE = (
    Parameter(
        "r",
        normal(0.4, 0.25),
        unit="1",
        meaning="exponent of the best learning rate in the batch size, at the best batch size",
        reason="between 0 and 1: learning rates rise with the batch size, at most in proportion",
    ),
    Parameter(
        "q",
        normal(0.0, 0.1),
        unit="1",
        meaning="how that exponent changes with the log of the batch size, halved",
        reason="it changes by up to 0.4 when the batch size is e times larger",
    ),
    Parameter(
        "kappa_u",
        lognormal(0.015, 0.9),
        unit="1",
        meaning="curvature of the log loss in the log of the learning rate",
        reason="a learning rate off by a factor e costs 0.2% to 4% of the loss",
    ),
    Parameter(
        "s_u",
        lognormal(0.6, 0.4),
        unit="1",
        meaning="how much steeper the loss is at high learning rates",
        reason="each factor e of learning rate adds 30% to 250% to the curvature",
    ),
    Parameter(
        "g",
        normal(0.0, 0.2),
        unit="1",
        meaning="how the curvature in the learning rate changes with the log of the batch size",
        reason="it changes by up to half when the batch size is e times larger",
    ),
    Parameter(
        "kappa_y",
        lognormal(0.012, 0.9),
        unit="1",
        meaning="curvature of the log loss in the log of the batch size",
        reason="a batch size off by a factor e costs 0.1% to 3.5% of the loss",
    ),
    Parameter(
        "s_y",
        lognormal(0.4, 0.5),
        unit="1",
        meaning="how much steeper the loss is at large batch sizes",
        reason="each factor e of batch size adds 15% to 180% to the curvature",
    ),
)

PARAMETERS = (*(q for q in coupled.parameters if not q.is_floor), *_OPTIMUM, *_SHAPE)

PUBLISHED = {
    "li2026_lr_bsz, fitted here": Published(
        {
            "k": 0.234781,
            "alpha_N": 0.40413,
            "alpha_D": 0.475306,
            "A": 70077.1,
            "B": 1130090.0,
            "a": -0.523931,
            "b": 0.292893,
            "eta_0": 0.0558937,
            "c": 0.59707,
            "B_0": 0.000170158,
            "r": 0.34041,
            "q": -0.108374,
            "kappa_u": 0.0152157,
            "s_u": 0.767682,
            "g": 0.23155,
            "kappa_y": 0.0114433,
            "s_y": 0.486851,
        },
        checked="recomputed",
        source="this package, a posterior draw of least error",
        note="every third run; batch in sequences of 2048 tokens; the source has the optimum alone",
    )
}

_CELLS = tuple((n, d) for n in (6e7, 2.1e8, 5.4e8, 1.07e9) for d in (4e9, 2e10, 1e11))
_SETTINGS = tuple((lr, batch) for lr in (5e-4, 1.4e-3, 4e-3) for batch in (64.0, 256.0, 1024.0))
EXAMPLE = {
    "N": tuple(n for n, _ in _CELLS for _ in _SETTINGS),
    "D": tuple(d for _, d in _CELLS for _ in _SETTINGS),
    "lr": tuple(lr for _ in _CELLS for lr, _ in _SETTINGS),
    "batch": tuple(batch for _ in _CELLS for _, batch in _SETTINGS),
}
