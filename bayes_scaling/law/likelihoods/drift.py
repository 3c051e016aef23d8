"""The default drift of the common laws: its size, its sources and its wording."""

from bayes_scaling._core.messages import option

LEARNED = {"log": 0.0041, "logit": 0.046}


SOURCES = {
    "log": ("porian2024", "hoffmann2022", "muennighoff2023", "bhagia2024"),
    "logit": ("gadre2024 (runs of at most 411M)", "bhagia2024"),
}


ALONG = "log(scale / largest scale)"  # what a drift grows with


_HELD = {"log": "losses along the compute", "logit": "errors along the loss"}


def along(law):
    """What a law's drift grows with, in words."""
    return "(lowest loss of the runs - loss)" if law.along_loss else ALONG


def likelihood(law):
    """A law's likelihood in words, its drift along what the law's scale is."""
    return str(law.noise).replace(ALONG, along(law))


def told(law):
    """The drift of a law's likelihood in words: its size, and what it was learned from."""
    noise = getattr(law.noise, "noise", law.noise)  # that of a censored one
    link = getattr(noise, "link", "")
    learned = link in law.drifts and noise.drift == LEARNED[link]
    whence = (
        f"learned from held-out {_HELD[link]} of {', '.join(SOURCES[link])}"
        if learned
        else "as given"
    )
    # a count is drawn about a probability, which drifts on its logit
    return f"sd {noise.drift:.3g} * {along(law)} on the {link or 'logit'} of the outcome, {whence}; {option('drift', 0, f'{type(noise).__name__}(drift=0)')} leaves it out"
