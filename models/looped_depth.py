r"""Loss of models that run part of their layers several times.

.. math:: L = E + A \left(N_1 + r^{\varphi} N_r\right)^{-\alpha_N} + B D^{-\alpha_D}

N_1 are the parameters used once, N_r those of the block that runs r times. phi is what a
repetition is worth: 1 where r runs are as good as r blocks of their own, 0 where they add nothing.
Source: Schwethelm et al. 2026, arXiv 2604.21106.
"""

from dataclasses import replace

from jax import Array

from bayes_scaling.law.law import Published, power
from bayes_scaling.law.parameter import Parameter, amplitude
from bayes_scaling.law.prior import beta
from bayes_scaling.models._types import Values
from bayes_scaling.models.chinchilla import chinchilla


def _size(x: Values, phi: Array) -> Array:
    """Return the parameters that a model without loops would need."""
    return x["N_1"] + power(x["r"], phi) * x["N_r"]


def mean(
    x: Values, E: Array, A: Array, B: Array, alpha_N: Array, alpha_D: Array, phi: Array
) -> Array:
    """Return the loss in nats/token."""
    return E + A * power(_size(x, phi), -alpha_N) + B * power(x["D"], -alpha_D)


_E, _ALPHA_N, _ALPHA_D, _, _B = chinchilla.parameters

looped_depth = replace(
    chinchilla,
    name="looped_depth",
    title="Looped models: parameters used once and parameters used r times",
    formula="L = E + A/(N_1 + r^phi N_r)^alpha_N + B/D^alpha_D",
    latex=(
        r"L = E + \frac{A}{\left(N_1 + r^{\varphi} N_r\right)^{\alpha_N}} + "
        r"\frac{B}{D^{\alpha_D}}"
    ),
    inputs={
        "N_1": "parameters used once",
        "N_r": "parameters of the block that is repeated",
        "r": "times that the block runs",
        "D": "training tokens",
    },
    parameters=(
        _E,
        _ALPHA_N,
        _ALPHA_D,
        Parameter(
            "phi",
            beta(2.0, 2.0),
            meaning="what a repetition is worth, in parameters of its own",
            reason="between nothing and a block of its own; 0.38 to 0.65 published",
        ),
        amplitude(
            "A",
            lambda x, p: power(_size(x, p["phi"]), -p["alpha_N"]),
            unit="nats x parameters^alpha_N",
            meaning="amplitude of the parameter term",
        ),
        _B,
    ),
    function=mean,
    scale=lambda x: (x["N_1"] + x["N_r"]) * x["D"],
    decreasing=("N_1", "N_r", "r", "D"),
    applies="models with and without loops of one recipe, at several counts of repetitions",
    fails=(
        "runs at one count of repetitions leave phi at its prior; more repetitions than were tried "
        "are worth less than by the power if training does not reach through all of them"
    ),
    citation=(
        "Schwethelm et al. 2026, How Much Is One Recurrence Worth? Iso-Depth Scaling Laws for "
        "Looped Language Models"
    ),
    arxiv="2604.21106",
    bibtex="""@article{schwethelm2026how,
  title={How Much Is One Recurrence Worth? Iso-Depth Scaling Laws for Looped Language Models},
  author={Schwethelm, Kristian and Rueckert, Daniel and Kaissis, Georgios},
  journal={arXiv preprint arXiv:2604.21106},
  year={2026}
}""",
    published={
        "phi of the source": Published(
            {
                **chinchilla.published["Besiroglu 2024, 240 points"].values,
                "phi": 0.46,
            },
            checked="illustration",
            source="arXiv 2604.21106",
            note="phi is the source's, of 116 runs; all else that of the chinchilla law",
        )
    },
    example={
        "N_1": tuple(n for n in (3e7, 1e8, 3e8) for _ in range(8)),
        "N_r": tuple(2 * n for n in (3e7, 1e8, 3e8) for _ in range(8)),
        "r": (1.0, 2.0, 4.0, 8.0, 8.0, 4.0, 2.0, 1.0) * 3,
        "D": (1e9, 1e9, 1e9, 1e9, 2e10, 2e10, 2e10, 2e10) * 3,
    },
)
