r"""Task success counted item by item: pass rates, thresholds in the loss, and errors with a known chance level.

.. math::

    PU(N) = e^{-c N^{-\alpha_N}}, \qquad
    \mathrm{pass@}k = 1 - \frac{B(\alpha_p, \beta_p + k)}{B(\alpha_p, \beta_p)}

.. math::

    \mathrm{acc}(L) = g + (1 - g)\left(1 - e^{-r\, h(\eta - L)}\right), \qquad
    \mathrm{Err}(L) = (1 - g)\left(1 - k\, e^{-\gamma L}\right)

.. math::

    \mathrm{Err}(L) = (1 - s)\left(1 - r\left(1 - e^{-k\, e^{-\gamma L}}\right)\right), \qquad
    s = c g \ (g > 0), \quad b \ (g = 0)

g is the chance level, known for each run; h is max(x, 0) made smooth over 0.05 nats. The shape above the threshold is this
project's choice; the source leaves it open. The last law is the one before it made to level off: it starts alike, k r in place of
k, and ends where the share r of the room above chance is won; s is the accuracy of a model that has learned nothing: c says how far off
that of a guess it is, and b what it is where a guess hits nothing.
Sources: Hu et al. 2023, arXiv 2310.03262; Schaeffer et al. 2025, arXiv 2502.17578; Du et al. 2024, arXiv 2403.15796;
Gadre et al. 2024, arXiv 2403.08540.
"""

import jax
import jax.numpy as jnp
from jax.scipy.special import gammaln

from bayes_scaling.law.law import Law, Published, power
from bayes_scaling.law.likelihoods.counts import BetaBinomial, ItemBetaBinomial, NegativeBinomial
from bayes_scaling.law.parameter import Parameter, amplitude, exponent
from bayes_scaling.law.prior import beta, lognormal
from bayes_scaling.models.over_training import over_training

_WIDTH = 0.05  # nats over which a threshold is rounded off


def pass_mean(x, c, alpha_N):
    return jnp.exp(-c * power(x["N"], -alpha_N))


def attempts_mean(x, alpha_p, beta_p):
    k = x["k"]
    return -jnp.expm1(gammaln(beta_p + k) + gammaln(alpha_p + beta_p) - gammaln(alpha_p + beta_p + k) - gammaln(beta_p))


def saturating_mean(x, c, luck, gamma, reach, k):
    start = jnp.where(x["chance"] > 0, c * x["chance"], luck)
    return (1 - start) * (1 + reach * jnp.expm1(-k * jnp.exp(-gamma * x["L"])))


def threshold_mean(x, eta, rate):
    above = _WIDTH * jax.nn.softplus((eta - x["L"]) / _WIDTH)
    return x["chance"] - (1 - x["chance"]) * jnp.expm1(-rate * above)


def error_mean(x, k, gamma):
    return (1 - x["chance"]) * (1 - k * jnp.exp(-gamma * x["L"]))


passuntil = Law(
    name="passuntil",
    title="PassUntil: the share of draws that pass, down to rates too small to see in a fixed number",
    formula="PU(N) = exp(-c / N^alpha_N)",
    latex=r"PU(N) = e^{-c N^{-\alpha_N}}",
    inputs={"N": "parameters"},
    outcome="pass_rate",
    unit="share of draws that pass",
    parameters=(
        exponent("alpha_N", meaning="exponent of the parameter count"),
        amplitude("c", lambda x, p: power(x["N"], -p["alpha_N"]), lognormal(3.0, 0.9), unit="parameters^alpha_N", meaning="-log of the pass rate at one parameter", reason="pass rates of 2e-8 to 0.6 at the mean training run", size="in -log of the pass rate"),
    ),
    function=pass_mean,
    noise=NegativeBinomial(),
    applies="one task; draws are made until a set number pass, and passes / draws is given",
    fails="items of unequal difficulty bend the curve; emergence faster than a power law is not in it",
    citation="Hu et al. 2023, Predicting Emergent Abilities with Infinite Resolution Evaluation",
    arxiv="2310.03262",
    bibtex="""@article{hu2023predicting,
  title={Predicting Emergent Abilities with Infinite Resolution Evaluation},
  author={Hu, Shengding and Liu, Xin and Han, Xu and others},
  journal={arXiv preprint arXiv:2310.03262},
  year={2023}
}""",
    published={"illustration": Published({"c": 900.0, "alpha_N": 0.28}, "illustration", "made up", "no constant of the source is verified")},
    example={"N": tuple(3e7 * 1.3**i for i in range(20)), "passes": (20.0,) * 20},
)  # fmt: skip

pass_at_k = Law(
    name="pass_at_k",
    title="pass@k: problems whose pass rates have a Beta distribution",
    formula="pass@k = 1 - B(alpha_p, beta_p + k) / B(alpha_p, beta_p)",
    latex=r"\mathrm{pass@}k = 1 - \frac{B(\alpha_p, \beta_p + k)}{B(\alpha_p, \beta_p)}",
    inputs={"k": "attempts at a problem"},
    outcome="pass_rate",
    unit="share of tries that pass",
    parameters=(
        Parameter("alpha_p", lognormal(0.3, 0.7), "1", "shape of the pass rates near 0: 1 - pass@k falls as k^-alpha_p", "0.08 to 1.2: most problems are hard"),
        Parameter("beta_p", lognormal(3.0, 1.0), "1", "shape of the pass rates near 1", "0.4 to 21: few problems are sure to be solved"),
    ),
    function=attempts_mean,
    noise=ItemBetaBinomial(),
    known=("k",),
    applies="one row a problem: the share of its items (independent attempts) that passed, k = 1; forecasts at any k, of='mean' for a benchmark's pass@k",
    fails="a problem that can not be solved at all has no place in a Beta distribution: 1 - pass@k then levels off",
    citation="Schaeffer et al. 2025, How Do Large Language Monkeys Get Their Power (Laws)?",
    arxiv="2502.17578",
    bibtex="""@article{schaeffer2025monkeys,
  title={How Do Large Language Monkeys Get Their Power (Laws)?},
  author={Schaeffer, Rylan and Kazdan, Joshua and Hughes, John and others},
  journal={arXiv preprint arXiv:2502.17578},
  year={2025}
}""",
    published={"illustration": Published({"alpha_p": 0.35, "beta_p": 2.5}, "illustration", "made up", "no constant of the source is verified")},
    example={"k": (1.0,) * 40, "items": (100.0, 50.0) * 20},
)  # fmt: skip

threshold_emergence = Law(
    name="threshold_emergence",
    title="Emergence: accuracy stays at chance until the loss is below a threshold",
    formula="acc = chance + (1 - chance) (1 - exp(-rate softplus(eta - L)))",
    latex=r"\mathrm{acc}(L) = g + (1 - g)\left(1 - e^{-r\, h(\eta - L)}\right)",
    inputs={"L": "loss, nats/token", "chance": "accuracy of a guess"},
    outcome="accuracy",
    unit="share of items answered right",
    parameters=(
        Parameter(
            "eta", beta(1.5, 1.5), "nats/token", "loss at which the task leaves chance", "somewhere within the losses seen",
            sampled="eta_place", sampled_meaning="place of eta between the least and the greatest loss", publish=lambda s, ref, p: ref["L_min"] + s["eta_place"] * (ref["L_max"] - ref["L_min"]),
        ),
        Parameter("rate", lognormal(1.0, 0.7), "1/nat", "share of what is left that is won per nat below eta", "a fifth to all of it in the first nat"),
    ),
    function=threshold_mean,
    noise=BetaBinomial(),
    known=("chance",),
    applies="one task, or tasks of one kind, with its number of items; models from above the threshold to below it",
    fails="where every model is at chance, or every one above, the threshold is the prior's; below chance there is nothing",
    citation="Du et al. 2024, Understanding Emergent Abilities of Language Models from the Loss Perspective",
    arxiv="2403.15796",
    bibtex="""@article{du2024understanding,
  title={Understanding Emergent Abilities of Language Models from the Loss Perspective},
  author={Du, Zhengxiao and Zeng, Aohan and Dong, Yuxiao and Tang, Jie},
  journal={arXiv preprint arXiv:2403.15796},
  year={2024}
}""",
    published={"illustration": Published({"eta": 2.2, "rate": 1.2}, "illustration", "arXiv 2403.15796", "eta of about 2.2 nats is told of MMLU, C-Eval and GSM8K; the rate is made up")},
    example={"L": tuple(1.6 + 0.06 * i for i in range(24)), "chance": (0.25,) * 24, "items": (1000.0,) * 24},
)  # fmt: skip

task_binomial = Law(
    name="task_binomial",
    title="Downstream error of one task from loss, its items counted, its chance level known",
    formula="Err = (1 - chance) (1 - k exp(-gamma L))",
    latex=r"\mathrm{Err}(L) = (1 - g)\left(1 - k\, e^{-\gamma L}\right)",
    inputs={"L": "loss, nats/token", "chance": "accuracy of a guess"},
    outcome="error",
    unit="top-1 error",
    parameters=(
        exponent("gamma", lognormal(0.8, 0.4), meaning="rate at which error falls with loss, per nat", reason="0.7 to 1.0 published for averages over tasks"),
        Parameter(
            "k", beta(1.2, 2.5), "1", "share of the room above chance won per unit of exp(-gamma L)", "the best run has won between nothing and all of it",
            sampled="gain", sampled_meaning="share of the room above chance that the training run of lowest loss has won", publish=lambda s, ref, p: s["gain"] * jnp.exp(p["gamma"] * ref["L_min"]),
        ),
    ),
    function=error_mean,
    noise=BetaBinomial(),
    known=("chance",),
    applies="single tasks: the error of each run, the number of items and the accuracy of a guess",
    fails="tasks at chance say nothing of gamma; errors above that of a guess are taken for chance; at low loss a task saturates sooner",
    citation=over_training.citation,
    arxiv=over_training.arxiv,
    bibtex=over_training.bibtex,
    published={"illustration": Published({"gamma": 0.9, "k": 4.0}, "illustration", "made up", "the source fits averages over tasks, its guess error free")},
    example={"L": tuple(2.2 + 0.12 * i for i in range(24)), "chance": (0.25,) * 24, "items": (1000.0, 4000.0) * 12},
)  # fmt: skip

task_saturating = Law(
    name="task_saturating",
    title="Downstream error of one task from loss, that levels off at a height of its own; items counted, chance level known",
    formula="Err = (1 - s) (1 - reach (1 - exp(-k exp(-gamma L)))), s = c chance, or luck where chance is 0",
    latex=r"\mathrm{Err}(L) = (1 - s)\left(1 - r\left(1 - e^{-k\, e^{-\gamma L}}\right)\right), \quad s = c\, g \ (g > 0), \ b \ (g = 0)",
    inputs={"L": "loss, nats/token", "chance": "accuracy of a guess"},
    outcome="error",
    unit="top-1 error",
    parameters=(
        Parameter("c", lognormal(1.0, 0.15), "1", "accuracy of a model that has learned nothing, over that of a guess", "answers that are no guesses, as always the same letter, miss or hit by a tenth or two"),
        Parameter("luck", lognormal(0.001, 2.0), "1", "the same accuracy where a guess hits nothing", "mostly next to nothing, but up to one in twenty where answers are short and alike"),
        exponent("gamma", lognormal(1.5, 0.6), meaning="rate at which the hazard of a right answer rises as loss falls, per nat", reason="single tasks are learned within half a nat to a few"),
        Parameter(
            "reach", beta(0.5, 0.5), "1", "share of the room above chance that is ever won", "most tasks go on to be learned, some stop where a short cut ends",
            sampled="rest", sampled_meaning="share of what the training run of lowest loss has left over that is ever won", publish=lambda s, ref, p: s["gain"] + (1 - s["gain"]) * s["rest"],
        ),
        Parameter(
            "k", beta(1.2, 2.5), "1", "hazard of a right answer per unit of exp(-gamma L)", "the best run has won between nothing and all of it",
            sampled="gain", sampled_meaning="share of the room above chance that the training run of lowest loss has won",
            publish=lambda s, ref, p: (jnp.log(p["reach"]) - jnp.log((1 - s["gain"]) * s["rest"])) * jnp.exp(p["gamma"] * ref["L_min"]),
        ),
    ),
    function=saturating_mean,
    scale=lambda x: jnp.exp(-x["L"]),
    noise=BetaBinomial(),
    known=("chance",),
    applies="many tasks at once, pooled: some at chance, some being learned, some as far as they go",
    fails="of one task half-way up, reach is the prior's, and one that has levelled off is foretold to win some more unless rest is given a prior near 0; a task that no small run has begun to learn is foretold to stay at chance or near it; forecasts below the lowest loss are too sure without a drift: BetaBinomial(drift=0.3) is what held-out small runs of the source's 46 tasks gave",
    citation=over_training.citation,
    arxiv=over_training.arxiv,
    bibtex=over_training.bibtex,
    published={"illustration": Published({"c": 1.0, "luck": 0.001, "gamma": 2.0, "reach": 0.8, "k": 150.0}, "illustration", "made up", "the form is this project's; the source fits averages over tasks")},
    example={"L": tuple(2.2 + 0.12 * i for i in range(24)), "chance": (0.25, 0.0) * 12, "items": (1000.0, 4000.0) * 12},
)  # fmt: skip
