r"""Loss from parameters, tokens, learning rate and batch size: one surface with an optimum.

.. math::

    L = L^{*}(N, D)\left[1 + \kappa_u e^{g y}\, \psi(u; s_u) + \kappa_y\, \psi(y; s_y)\right],
    \qquad \psi(v; s) = \frac{e^{s v} - 1 - s v}{s^2}

y = log(B / B*) and u = log(lr / lr*) - r y - q y^2 are the distances from the best batch size and
from the best learning rate at this batch size; lr* = eta_0 N^a D^b and B* = B_0 D^c are the Step
law, and L* = (A/N^alpha_N + B/D^alpha_D)^k is ``coupled`` without a floor: a sweep spans too few
decades to separate a floor from k. psi is a parabola at its minimum and steeper to the right: a
learning rate that is too high costs more than one that is too low.
``bayes_scaling.plan.best_settings`` gives the optimum as a posterior.
Sources: Li et al. 2025, arXiv 2503.04715 (the optimum); the shape around it is this package's.
"""

import jax.numpy as jnp
from jax import Array

from bayes_scaling.law.law import Law, power
from bayes_scaling.models._types import Values
from bayes_scaling.models.lr_batch_parameters import EXAMPLE, PARAMETERS, PUBLISHED


def skewed_parabola(v: Array, s: Array) -> Array:
    """Return (exp(s v) - 1 - s v) / s^2: v^2 / 2 near 0, steeper to the right."""
    return (jnp.expm1(s * v) - s * v) / (s * s)


def best_lr(x: Values, p: Values) -> Array:
    """Return the optimal learning rate at the best batch size, from N, D and the parameters."""
    return p["eta_0"] * power(x["N"], p["a"]) * power(x["D"], p["b"])


def best_batch(x: Values, p: Values) -> Array:
    """Return the optimal batch size, from D and the parameters."""
    return p["B_0"] * power(x["D"], p["c"])


def best_loss(x: Values, p: Values) -> Array:
    """Return the loss at the optimum, from N, D and the parameters."""
    inner = p["A"] * power(x["N"], -p["alpha_N"]) + p["B"] * power(x["D"], -p["alpha_D"])
    return power(inner, p["k"])


def mean(x: Values, **p: Array) -> Array:
    """Return the loss in nats/token."""
    y = jnp.log(x["batch"] / p["B_0"]) - p["c"] * jnp.log(x["D"])
    offset = jnp.log(x["lr"] / p["eta_0"]) - p["a"] * jnp.log(x["N"]) - p["b"] * jnp.log(x["D"])
    u = offset - p["r"] * y - p["q"] * y * y
    steep = p["kappa_u"] * jnp.exp(p["g"] * y)
    return best_loss(x, p) * (
        1 + steep * skewed_parabola(u, p["s_u"]) + p["kappa_y"] * skewed_parabola(y, p["s_y"])
    )


lr_batch = Law(
    name="lr_batch",
    title="Loss surface of parameters, tokens, learning rate and batch size",
    formula=(
        "L = (A/N^alpha_N + B/D^alpha_D)^k (1 + kappa_u exp(g y) psi(u, s_u) + kappa_y "
        "psi(y, s_y)), y = log(batch/(B_0 D^c)), u = log(lr/(eta_0 N^a D^b)) - r y - q y^2, "
        "psi(v, s) = (exp(s v) - 1 - s v)/s^2"
    ),
    latex=(
        r"L = L^{*}(N, D) \left[1 + \kappa_u e^{g y} \psi(u; s_u) + \kappa_y \psi(y; s_y)\right], "
        r"\quad y = \log\frac{B}{B_0 D^{c}}, \quad u = \log\frac{\eta}{\eta_0 N^{a} D^{b}} - r y "
        r"- q y^2"
    ),
    inputs={
        "N": "parameters without embeddings",
        "D": "training tokens",
        "lr": "peak learning rate",
        "batch": "batch size, tokens or sequences",
    },
    parameters=PARAMETERS,
    function=mean,
    scale=lambda x: x["N"] * x["D"],
    applies=(
        "sweeps over learning rate and batch size at several N and D, most runs within a factor "
        "of ten of the best settings"
    ),
    fails=(
        "seventeen parameters and no floor: give a hundred runs or more; runs that diverge do not "
        "follow it, and it holds for one optimizer and schedule"
    ),
    citation="Li et al. 2025, Predictable Scale: Part I, Optimal Hyperparameter Scaling Law",
    arxiv="2503.04715",
    bibtex="""@article{li2025steplaw,
  title={Predictable Scale: Part I -- Optimal Hyperparameter Scaling Law in Large Language Model \
Pretraining},
  author={Li, Houyi and Zheng, Wenzhen and Hu, Jingcheng and others},
  journal={arXiv preprint arXiv:2503.04715},
  year={2025}
}""",
    published=PUBLISHED,
    example=EXAMPLE,
)
