r"""Loss of runs that branch off a shared trunk, each with a cooldown of its own.

.. math:: L = E + A N^{-\alpha_N} + B D^{-\alpha_D}, \quad
    \log L_{tj} = \log L(N_t, D_{tj}) + u_t + e_{tj}

One run at a constant learning rate (the trunk t) gives several ends (j), each after its own
cooldown, at about half the compute of separate runs. The ends share the trunk's deviation u_t: they
are not independent runs. Each row is one end, with N, its own D and the trunk's name.
Source: Haegele et al. 2024, arXiv 2405.18392, which states no form of its own; that of the
chinchilla law is used.
"""

from dataclasses import replace

from bayes_scaling.law.law import Published
from bayes_scaling.law.likelihoods.run_effects import RunEffects
from bayes_scaling.models.chinchilla import chinchilla

# five sizes, and cooldowns at four or five lengths of each trunk
_SIZES = (3.3e7, 6.5e7, 1.24e8, 2.2e8, 3.6e8)
_RATIOS = (9.0, 15.0, 24.0, 34.0, 50.0)

wsd_chinchilla = replace(
    chinchilla,
    name="wsd_chinchilla",
    title="Chinchilla on runs that share a trunk and have cooldowns of their own",
    noise=RunEffects(),
    applies=(
        "ends of cooldowns that branch off one run at a constant learning rate, with the name of "
        "the trunk in the column run, or run='column' in the fit"
    ),
    fails=(
        "with fewer than five trunks their scatter stays at its prior; the cooldowns must take the "
        "same part of each length. Losses on the trunk itself, before a cooldown, are on another "
        "curve"
    ),
    citation=(
        "Haegele et al. 2024, Scaling Laws and Compute-Optimal Training Beyond Fixed Training "
        "Durations"
    ),
    arxiv="2405.18392",
    bibtex="""@article{haegele2024scaling,
  title={Scaling Laws and Compute-Optimal Training Beyond Fixed Training Durations},
  author={H{\\"a}gele, Alexander and Bakouch, Elie and Kosson, Atli and others},
  journal={arXiv preprint arXiv:2405.18392},
  year={2024}
}""",
    published={
        "Besiroglu 2024": Published(
            chinchilla.published["Besiroglu 2024, 240 points"].values,
            checked="illustration",
            source="arXiv 2404.10102",
            note="values of the chinchilla law; the source publishes none of its own",
        )
    },
    example={
        "N": tuple(n for n in _SIZES for _ in _RATIOS),
        "D": tuple(n * ratio for n in _SIZES for ratio in _RATIOS),
        "run": tuple(float(i) for i in range(len(_SIZES)) for _ in _RATIOS),
    },
)
