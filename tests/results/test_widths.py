"""What is printed is short: tables fit a notebook, and notes are one clause with more behind it."""

from bayes_scaling.law.likelihoods.drift import brief_drift

WIDTH = 100  # characters of a notebook's cell


def test_a_summary_fits_a_notebook_and_keeps_every_column(loss_fit):
    summary = loss_fit.summary()
    rows = str(summary).splitlines()[: len(summary) + 1]
    assert max(map(len, rows)) <= WIDTH and "meaning" not in rows[0]
    assert {"unit", "meaning", "prior", "mean", "ess_tail"} <= set(summary.columns)
    assert "Further columns: unit, meaning, prior." in str(summary)
    html = summary._repr_html_()
    assert "<th>meaning</th>" in html and "<th>prior</th>" not in html
    assert "Further columns: mean, ess_tail, prior." in html


def test_selected_columns_are_shown(loss_fit):
    chosen = loss_fit.summary()[["median", "prior"]]
    assert "prior" in str(chosen).splitlines()[0] and "Further" not in str(chosen)
    assert "<th>prior</th>" in chosen._repr_html_()


def test_the_note_has_the_size_of_the_drift_and_the_long_note_its_sources(loss_fit, headline):
    forecast = loss_fit.forecast(headline)
    size = forecast.note_long.split("law: ")[1].split(" times")[0]
    assert size.startswith("sd 0.0") and forecast.note.endswith(
        f"law: {size} per unit of distance; Noise(drift=0) leaves it out"
    )
    assert "gadre2024" in forecast.note_long and "gadre2024" not in str(forecast)
    assert forecast.head(1).note == forecast.note
    assert len(forecast.note) < 160 < len(forecast.note_long)


def test_each_drift_of_a_chain_is_shortened(loss_fit, error_fit, headline):
    import bayes_scaling as bs

    note = bs.chain(loss_fit, error_fit).forecast(headline).note
    assert note.count("per unit of distance") == 2 and "bhagia2024" not in note


def test_a_drift_that_was_given_is_left_as_it_is():
    given = "sd 0.01 times the distance of log C to those of the runs, as given; x leaves it out"
    assert brief_drift(given) == given
