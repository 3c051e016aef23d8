"""The first screen of a report: numbers, verdicts in words, and what would change the answer."""

from webpage import Reader

import bayes_scaling as bs


def test_it_states_each_verdict_in_a_word_and_what_would_change_the_answer(loss_fit, headline):
    page = Reader(bs.report(loss_fit, headline, comparison=False).html)
    levels = [verdict.level for verdict in loss_fit.forecast(headline).diagnosis.verdicts]
    classes = [attributes.get("class") for tag, attributes in page.tags if tag == "li"]
    assert [name for name in classes if name] == levels
    influence = bs.influence(loss_fit, headline.reset_index(drop=True))
    most = influence[influence["target"].astype(str) == "0"]["shift_sd"].abs().max()
    first = page.text.split("What would change it")[1].split("Without the run ")[1]
    assert f"{most:.2g} standard deviations" in first[:200]
    assert "Priors half or twice as wide would move" in page.text


def test_its_bars_are_the_intervals_on_one_scale(loss_fit, headline):
    page = Reader(bs.report(loss_fit, headline, sensitivity=False, influence=False).html)
    bars = [
        (int(attributes["x"]), int(attributes["width"]))
        for tag, attributes in page.tags
        if tag == "rect" and attributes.get("height") == "20"
    ]
    forecast = loss_fit.forecast(headline)
    widths = forecast["upper"] - forecast["lower"]
    assert len(bars) == 2
    assert abs(bars[0][1] / bars[1][1] - widths.iloc[0] / widths.iloc[1]) < 0.05
    assert (bars[0][0] > bars[1][0]) == (forecast["lower"].iloc[0] > forecast["lower"].iloc[1])
