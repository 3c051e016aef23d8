"""The laws, one file a family. A new law is its own file and one line here."""

from bayes_scaling.models.batch import kaplan_batch
from bayes_scaling.models.bounded import m1, m2, m3, m4
from bayes_scaling.models.broken import bnsl1, bnsl2, bnsl3
from bayes_scaling.models.chinchilla import chinchilla
from bayes_scaling.models.coupled import coupled
from bayes_scaling.models.emergence import pass_at_k, passuntil, task_binomial, threshold_emergence
from bayes_scaling.models.lr_schedules import lr_annealing, multi_power
from bayes_scaling.models.mixtures import mixing_law_3, regmix_linear_3
from bayes_scaling.models.over_training import over_training
from bayes_scaling.models.perplexity_to_error import perplexity_to_error
from bayes_scaling.models.repetition import data_constrained, data_filtering
from bayes_scaling.models.vocabulary import vocabulary

LAWS = {
    law.name: law
    for law in (
        over_training,
        chinchilla,
        coupled,
        perplexity_to_error,
        m1, m2, m3, m4,
        bnsl1, bnsl2, bnsl3,
        kaplan_batch,
        vocabulary,
        lr_annealing, multi_power,
        mixing_law_3, regmix_linear_3,
        passuntil, pass_at_k, threshold_emergence, task_binomial,
        data_constrained, data_filtering,
    )
}  # fmt: skip
