"""Can this posterior be trusted? Convergence in words, each problem with its remedy."""

from dataclasses import dataclass, field

import numpy as np

from bayes_scaling._core.html import note
from bayes_scaling._core.messages import option, several
from bayes_scaling.inference.convergence import ranked, rhat_limit
from bayes_scaling.inference.psis import pareto_k

LIMITS = {
    "ess_per_chain": 100.0,
    "diverging": 0.001,
    "bfmi": 0.3,
    "pareto_k": 0.7,
    "learned": 0.2,
    "deepest": 0.01,
}


@dataclass(frozen=True)
class Diagnosis:
    """What the checks of a fit say.

    Parameters
    ----------
    problems : what makes the draws untrustworthy, each with its remedy; empty where they are sound.
    cautions : what a careful reader should know although the draws are sound.
    numbers : check -> value.
    what : what the first sentence speaks of.
    """

    problems: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    numbers: dict = field(default_factory=dict)
    what: str = "Sampling"

    @property
    def ok(self):
        """True where no problem was found."""
        return not self.problems

    def __str__(self):
        n = self.numbers
        attempts = f", {n['attempts']} attempts" if n.get("attempts", 1) > 1 else ""
        if self.ok and n:
            lines = [
                f"{self.what} is sound: R-hat {n['rhat']:.3f}, least ESS {n['ess_bulk']:.0f}{f' (bulk) and {n["ess_tail"]:.0f} (tail)' if 'ess_tail' in n else ''}, {several(n['diverging'], 'divergence')}{attempts}."
            ]
        else:
            lines = (
                ["NOT CONVERGED, do not rely on this answer:"]
                if self.problems
                else [f"{self.what} is sound."]
            )
        return "\n".join(
            [
                *lines,
                *(f"- {text}" for text in self.problems),
                *(f"- caution: {text}" for text in self.cautions),
            ]
        )

    def _repr_html_(self):
        return note(str(self), self.ok)

    def __add__(self, other):
        """Both diagnoses in one, for an answer made from several fits."""
        one, two = self.numbers or other.numbers, other.numbers or self.numbers
        worst = {
            key: (max if key in ("rhat", "diverging", "pareto_k", "attempts") else min)(
                one[key], two[key]
            )
            for key in one
            if key in two
        }
        own = self if self.numbers else other
        what = (
            own.what
            if not (self.numbers and other.numbers)
            else "Sampling of both fits"
            if self.what == other.what == "Sampling"
            else "Sampling of all fits"
        )
        return Diagnosis(
            self.problems + other.problems, self.cautions + other.cautions, worst, what
        )

    def verdict(self):
        """The verdict as a plain dict: ok, problems, cautions."""
        return {"ok": self.ok, "problems": list(self.problems), "cautions": list(self.cautions)}

    def named(self, label):
        """The same, each sentence led by the name of the fit it speaks of.

        Parameters
        ----------
        label : that name.

        Returns
        -------
        Diagnosis
        """
        mark = lambda texts: tuple(f"{label}: {text}" for text in texts)
        return Diagnosis(mark(self.problems), mark(self.cautions), self.numbers)


def convergence(draws, health):
    """Numbers, problems and cautions of named draws (chains, draws) and of the sampler's ``health`` (see ``sampler.Draws``).

    Draws that are constant or not finite count as not converged.
    """
    names = list(draws)
    stack = np.stack([draws[name] for name in names], axis=-1)
    chains, per_chain = stack.shape[:2]
    rhat, bulk, tail = ranked(stack)
    rhat, bulk, tail = np.nan_to_num(rhat, nan=np.inf), np.nan_to_num(bulk), np.nan_to_num(tail)
    diverging, made, bfmi, deepest = (
        health[name] for name in ("diverging", "made", "bfmi", "deepest")
    )
    numbers = {
        "rhat": float(rhat.max()),
        "ess_bulk": float(bulk.min()),
        "ess_tail": float(tail.min()),
        "diverging": diverging,
        "bfmi": bfmi,
    }
    least, problems, cautions = LIMITS["ess_per_chain"] * chains, [], []
    if chains < 2:
        problems.append(
            f"one chain alone can not show whether it has converged; give {option('chains', 4)}"
        )
    elif rhat.max() > (limit := rhat_limit(chains * per_chain)):
        problems.append(
            f"R-hat of {names[rhat.argmax()]} is {f'{rhat.max():.3f}' if rhat.max() < 100 else 'above 100'} (limit {limit:.3f}): the chains disagree; raise draws and warmup, or give it a tighter prior"
        )
    for kind, values in (("bulk", bulk), ("tail", tail)):
        if values.min() < least:
            problems.append(
                f"the {kind} ESS of {names[values.argmin()]} is {values.min():.0f} (limit {least:.0f}): too few independent draws; raise draws to {int(per_chain * least / max(values.min(), 1)) + 1} or more"
            )
    if diverging > LIMITS["diverging"] * made:
        problems.append(
            f"{diverging} of {made} draws diverged: part of the posterior may be unseen; add runs, or tighter priors on the parameters the data leave open"
        )
    elif diverging:
        cautions.append(f"{diverging} of {made} draws diverged, too few to matter for an interval")
    if bfmi < LIMITS["bfmi"]:
        problems.append(
            f"E-BFMI is {bfmi:.2f} (limit {LIMITS['bfmi']}): the tails are explored slowly; raise draws, or give tighter priors"
        )
    if (
        deepest > LIMITS["deepest"]
    ):  # what it takes, not what it answers: R-hat, ESS and divergences speak of that, as the guide to warnings of Stan has it
        cautions.append(
            f"{deepest:.0%} of the draws reached the greatest tree depth: the posterior is badly scaled and draws are dear, not wrong by that alone; tighter priors or more runs make them cheap"
        )
    return numbers, problems, cautions


def diagnose(fit):
    """The Diagnosis of a fit: convergence, modes, Pareto k, parameters that the data left at their prior."""
    sampled = {q.sampled: fit.posterior[q.sampled] for q in fit.law.sites}
    numbers, problems, cautions = convergence(sampled, fit.engine["health"])
    modes, attempts = fit.engine["modes"], fit.engine["attempts"]
    numbers |= {"attempts": attempts}
    if len(modes) > 1 and modes[1][1] >= 0.01:
        cautions.append(
            f"the posterior has {len(modes)} modes; the second holds about {modes[1][1]:.0%} of the mass (Laplace), and chains were started in each"
        )
    if fit.parts.log_likelihood is not None:
        k = pareto_k(fit.parts.log_likelihood.reshape(-1, len(fit.parts.runs)))
        numbers["pareto_k"] = float(k.max())
        if k.max() > LIMITS["pareto_k"]:
            runs = [str(fit.parts.runs[i]) for i in np.argsort(-k) if k[i] > LIMITS["pareto_k"]]
            more = f" and {len(runs) - 3} more" if len(runs) > 3 else ""
            cautions.append(
                f"single runs carry much of the fit (Pareto k up to {k.max():.2f}, limit {LIMITS['pareto_k']}): {', '.join(runs[:3])}{more}; look at them, add runs near them, and do not rank laws by leave-one-out here"
            )
    left = prior_dominated(fit)
    if left:
        cautions.append(
            f"{', '.join(left)}: the data say little beyond the prior; vary the runs more (N and D apart from one another), or state a prior you can defend"
        )
    return Diagnosis(tuple(problems), tuple(cautions), numbers)


def prior_dominated(fit):
    """Sampled parameters of the law whose posterior is nearly as wide as their prior."""
    spread = lambda a: np.subtract(*np.quantile(a, [0.9, 0.1]))
    return [
        q.sampled
        for q in fit.law.parameters
        if spread(fit.posterior[q.sampled])
        > (1 - LIMITS["learned"]) * spread(fit.parts.prior[q.sampled])
    ]


def together(diagnoses):
    """Several diagnoses in one, those that say the same once."""
    first, *others = {str(diagnosis): diagnosis for diagnosis in diagnoses}.values()
    return sum(others, first)
