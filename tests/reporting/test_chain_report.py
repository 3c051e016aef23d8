"""The report of a chain: both outcomes, both fits, and where the second law extrapolates."""

import dataclasses
import re

import numpy as np
import numpyro.distributions as dist
import pytest
from webpage import Reader

import bayes_scaling as bs
from bayes_scaling.reporting.extrapolation import uncovered_link
from bayes_scaling.reporting.reach import link_reach


def warned(chain, to):
    """What the top of a report warns of."""
    return uncovered_link(chain, link_reach(chain, chain.first.draws(to, of="mean")))


def numbers(text):
    return [float(number) for number in text.split(" to ")]


def close(text, values):
    """The numbers of a cell are these, to the digits shown."""
    np.testing.assert_allclose(numbers(text), values, rtol=5.1e-4)


def test_chain_shows_both_outcomes_and_both_fits(loss_fit, error_fit, headline):
    both = bs.chain(loss_fit, error_fit)
    page = Reader(bs.report(both, headline).html)
    forecast, first = both.forecast(headline), loss_fit.forecast(headline)
    close(page.rows("forecast")[0]["90%"], forecast[["lower", "upper"]].iloc[0])
    close(page.rows("forecast-first")[0]["90%"], first[["lower", "upper"]].iloc[0])
    assert {"data-1", "data-2", "priors-1", "priors-2", "posterior-1", "posterior-2"} <= set(
        page.tables
    )
    assert f"fitted at loss_c4 from {error_fit.training['L'].min():.4g}" in page.text


def test_a_chain_states_where_its_second_law_extrapolates(loss_fit, error_fit, headline):
    """The drift covers it below the lowest loss, with its size, and above the highest."""
    both, still = (
        bs.chain(
            loss_fit,
            dataclasses.replace(
                error_fit,
                law=error_fit.law.with_noise(dataclasses.replace(error_fit.law.noise, drift=drift)),
            ),
        )
        for drift in (0.046, 0.0)
    )
    tiny = bs.targets(N=[2e6], D=[1e7])
    assert warned(both, headline) == "" and "used outside that range" in warned(still, headline)
    assert warned(both, tiny) == "" and "used outside that range" in warned(still, tiny)
    text = Reader(bs.report(both, headline, sensitivity=False, influence=False).html).text
    assert re.search(
        r"nats from the losses of the runs, that is an sd of 0\.0\d+ on the logit of error_17", text
    )


@pytest.mark.long
def test_a_chain_may_end_in_a_group(loss_fit, gadre, headline, monkeypatch, tmp_path):
    """Also of the code in the report, which makes it again."""
    monkeypatch.chdir(tmp_path)
    runs = gadre.query("N < 5e8")
    pooled = bs.fit(
        "perplexity_to_error",
        runs,
        y="error_17",
        L="loss_c4",
        group="dataset",
        priors={"tau_gamma": dist.HalfNormal(0.2)},
        draws=400,
    )
    both = bs.chain(loss_fit, pooled.group("redpajama"))
    report = bs.report(both, headline, source="gadre2024")
    own = runs.loc[runs["dataset"] == "redpajama", "loss_c4"]
    assert (
        f"fitted at loss_c4 from {own.min():.4g} to {own.max():.4g}" in report.markdown
        and "cannot be reweighted yet" in report.markdown
    )
    code = re.search(r"```python\n(.*?)\n```", report.markdown, re.S)[1]
    assert "dist.HalfNormal(scale=0.2)" in code and "source='gadre2024'" in code
    exec(
        compile(code, "recipe", "exec"),
        {"runs_1": runs.query("dataset == 'redpajama'"), "runs_2": runs},
    )
    assert (
        Reader((tmp_path / "report.html").read_text()).tables["forecast"]
        == Reader(report.html).tables["forecast"]
    )
    with pytest.raises(bs.InputError, match="give one, such as fit.group"):
        bs.chain(loss_fit, pooled)
