"""The laws, one file a family. A new law is its own file and one line here."""

from bayes_scaling.models.chinchilla import chinchilla
from bayes_scaling.models.coupled import coupled
from bayes_scaling.models.over_training import over_training
from bayes_scaling.models.perplexity_to_error import perplexity_to_error

LAWS = {
    law.name: law
    for law in (
        over_training,
        chinchilla,
        coupled,
        perplexity_to_error,
    )
}
