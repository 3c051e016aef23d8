"""Logs of every tool: found by content, and read to the numbers that were logged."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
from logs import LOGS, RUNS, database, document, history, loss, zipped
from refusals import refused

import bayes_scaling as bs
from bayes_scaling.runs.files import read_table

SMALL, LARGE = RUNS["gpt-124m"], RUNS["gpt-350m"]
ENDS = [("gpt-124m", *SMALL, loss(*SMALL)), ("gpt-350m", *LARGE, loss(*LARGE))]


def proposed(source, **options):
    """The last checkpoint of each run, under the proposed mapping."""
    with pytest.warns(bs.RunsWarning) as caught:
        runs = bs.load_runs(source, columns="propose", **options)
    texts = [str(one.message) for one in caught]
    assert any("proposed from the names of columns: " in text for text in texts)
    assert all("proposed" in text or "the last of each is kept" in text for text in texts)
    return runs


def check_ends(runs, ends=tuple(ENDS)):
    assert runs["run"].tolist() == [run for run, *_ in ends]
    for name, values in zip(("N", "D", "loss"), list(zip(*ends))[1:]):
        np.testing.assert_allclose(runs[name], values, rtol=1e-6)
    np.testing.assert_allclose(runs["C"], 6 * runs["N"] * runs["D"], rtol=1e-6)


def test_a_trainer_state_has_losses_tokens_and_flops_by_step():
    table = read_table(LOGS / "gpt-124m" / "trainer_state.json")
    steps, tokens, losses = map(list, zip(*history("gpt-124m")))
    assert table["step"].tolist() == steps and set(table["run"]) == {"gpt-124m"}
    np.testing.assert_allclose(table["num_input_tokens_seen"], tokens)
    np.testing.assert_allclose(table["loss"], losses)
    evaluated = table.dropna(subset="eval_loss")
    np.testing.assert_allclose(evaluated["eval_loss"], np.array(losses)[[1, 4]] + 0.01)
    assert table["total_flos"].dropna().tolist() == [6 * SMALL[0] * SMALL[1]]
    assert "train_loss" not in table  # the mean over all steps is no loss of the last one


def test_a_folder_of_checkpoints_is_one_run(tmp_path):
    state = document("gpt-124m/trainer_state.json")
    for step in (200, 500):
        folder = tmp_path / "gpt-124m" / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        log = [entry for entry in state["log_history"] if entry["step"] <= step]
        (folder / "trainer_state.json").write_text(json.dumps({"log_history": log}))
    table = read_table(tmp_path)
    assert table["step"].tolist() == [100, 200, 300, 400, 500]
    assert set(table["run"]) == {"gpt-124m"}


def test_a_trainer_state_gives_one_run_of_known_size():
    with pytest.warns(bs.RunsWarning, match="5 checkpoints of 1 run"):
        runs = bs.load_runs(
            LOGS / "gpt-124m" / "trainer_state.json",
            columns={"N": "124m", "D": "num_input_tokens_seen"},
        )
    check_ends(runs, ENDS[:1])
    assert runs["eval_loss"].tolist() == pytest.approx([loss(*SMALL) + 0.01])


def test_a_table_of_runs_of_wandb_names_the_unfinished():
    path = LOGS / "wandb_runs.csv"
    with pytest.warns(bs.RunsWarning, match=r"1 run did not finish \(gpt-760m\)"):
        table = read_table(path)
    assert table["run"].tolist() == ["gpt-124m", "gpt-350m", "gpt-760m"]
    with pytest.warns(bs.RunsWarning) as caught:
        runs = bs.load_runs(path, columns="propose", where="State == 'finished'")
    text = " ".join(str(one.message) for one in caught)
    assert "C is throughput/total_gflops*1e+09" in text and "N is params" in text
    check_ends(runs.assign(loss=runs["train/loss"]))
    np.testing.assert_allclose(runs["loss"], runs["eval/loss"])  # a held-out loss comes first


def test_a_chart_of_wandb_has_one_row_a_run_and_step():
    table = read_table(LOGS / "wandb_chart.csv")
    assert table.columns.tolist() == ["run", "step", "train/loss"]
    steps = history("gpt-124m") + history("gpt-350m")[:4]  # one cell is empty
    assert table["step"].tolist() == [step for step, *_ in steps]
    np.testing.assert_allclose(table["train/loss"], [value for *_, value in steps])


@pytest.mark.parametrize("axis", ["throughput/total_tokens", "tokens", "Relative Time (Wall)"])
def test_a_chart_along_any_axis_keeps_it(tmp_path, axis):
    """Without it checkpoints would count as runs."""
    chart = (LOGS / "wandb_chart.csv").read_text().splitlines()
    header = [f'"{axis}"', *chart[0].split(",")[1:]]
    (tmp_path / "chart.csv").write_text("\n".join([",".join(header), *chart[1:]]))
    table = read_table(tmp_path / "chart.csv")
    assert table.columns.tolist() == ["run", axis, "train/loss"]
    with pytest.warns(bs.RunsWarning, match="checkpoints of 2 runs"):
        assert len(bs.load_runs(tmp_path / "chart.csv")) == 2


def test_runs_of_wandb_that_share_a_name_are_runs(tmp_path):
    rows = [
        "Name,State,params,tokens,loss",
        *(f"gpt,finished,1e8,{i}e9,{4 - i}" for i in (1, 2, 3)),
    ]
    (tmp_path / "runs.csv").write_text("\n".join(rows))
    runs = bs.load_runs(tmp_path / "runs.csv", columns={"N": "params", "D": "tokens"})
    assert runs["run"].tolist() == ["gpt", "gpt (2)", "gpt (3)"]


@pytest.mark.parametrize("ending", ["csv", "parquet", "jsonl"])
def test_a_folder_of_histories_of_wandb_has_one_row_a_run(tmp_path, ending):
    for file in (LOGS / "wandb_history").iterdir():
        table = pd.read_csv(file)
        if ending == "parquet":
            table.to_parquet(tmp_path / f"{file.stem}.parquet")
        elif ending == "jsonl":
            table.to_json(tmp_path / f"{file.stem}.jsonl", orient="records", lines=True)
        else:
            shutil.copy(file, tmp_path)
    check_ends(proposed(tmp_path))


def test_results_of_lm_eval_have_scores_errors_and_items():
    table = read_table(LOGS / "lm_eval").sort_values("model_num_parameters")
    assert table["run"].tolist() == ["org/gpt-124m", "org/gpt-350m"]
    assert table["hellaswag_acc"].tolist() == [0.31, 0.42]
    assert table["hellaswag_acc_se"].tolist() == [0.0046, 0.0046]
    assert table["hellaswag_items"].tolist() == [10042, 10042]
    assert table["gsm8k_items"].tolist() == [1000, 1000]
    assert table["gsm8k_exact_match_strict-match_se"].tolist() == [0.0039, 0.0039]
    assert "gsm8k_exact_match_flexible-extract_se" not in table  # "N/A"
    assert sorted(proposed(LOGS / "lm_eval")["N"]) == [1.24e8, 3.5e8]


def test_an_error_is_one_minus_an_accuracy():
    runs = bs.load_runs(LOGS / "lm_eval", columns={"error": "1 - hellaswag_acc"})
    assert sorted(runs["error"]) == pytest.approx([0.58, 0.69])


def test_a_record_of_every_eval_ever_has_scores_errors_and_items():
    table = read_table(LOGS / "every_eval_ever.json")
    row = table.iloc[0]
    assert row["run"] == "org/gpt-124m" and row["num_parameters"] == 1.24e8
    assert row["hellaswag_accuracy"] == 0.31 and row["hellaswag_accuracy_se"] == 0.0046
    assert row["hellaswag_accuracy_items"] == 10042 and row["c4_bits_per_byte"] == 1.07


def test_metrics_of_levanter_are_proposed_with_their_units():
    runs = proposed(LOGS / "levanter")
    check_ends(runs.assign(loss=runs["train/loss"]))
    np.testing.assert_allclose(runs["loss"], runs["eval/loss"])
    assert runs["config.model.num_layers"].tolist() == [12, 12]


@pytest.mark.parametrize("source", ["folder", "database"])
def test_a_store_of_mlflow_has_metrics_and_parameters(tmp_path, source):
    path = LOGS / "mlruns" if source == "folder" else database(tmp_path)
    table = read_table(path)
    for run in RUNS:
        steps, tokens, losses = map(list, zip(*history(run)))
        of_run = table[table["run"] == run]
        assert of_run["step"].tolist() == steps and set(of_run["params"]) == {RUNS[run][0]}
        np.testing.assert_allclose(of_run["tokens"], tokens)
        np.testing.assert_allclose(of_run["loss"], losses)
    check_ends(proposed(path).sort_values("N"))


def test_event_files_of_tensorboard_have_their_scalars():
    pytest.importorskip("tensorboard")
    check_ends(proposed(LOGS / "tensorboard"), ENDS)


def test_a_workbook_keeps_its_text():
    pytest.importorskip("openpyxl")
    runs = proposed(LOGS / "runs.xlsx")
    assert runs["run"].tolist() == ["000", "001"] and runs["dataset"].tolist() == ["NA", "NA"]
    np.testing.assert_allclose(runs["loss"], [loss(*SMALL), loss(*LARGE)])


@pytest.mark.parametrize("name", ["every_eval_ever.json", "wandb_chart.csv"])
def test_a_compressed_log_is_found_by_its_content(tmp_path, name):
    path = zipped(LOGS / name, tmp_path)
    pd.testing.assert_frame_equal(read_table(path), read_table(LOGS / name))
    plain = path.rename(tmp_path / "log.csv" if name.endswith("csv") else tmp_path / "log.json")
    pd.testing.assert_frame_equal(read_table(plain), read_table(LOGS / name))


def edited(name, change):
    """A log with its document changed."""
    log = document(name)
    change(log)
    return json.dumps(log)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "trainer_state.json",
            edited("gpt-124m/trainer_state.json", lambda log: log["log_history"].clear()),
            ["no step with a loss"],
        ),
        (
            "trainer_state.json",
            edited("gpt-124m/trainer_state.json", lambda log: log["log_history"][2].pop("step")),
            ["entry 3 of log_history has no step"],
        ),
        (
            "results.json",
            edited("lm_eval/results_gpt-124m.json", lambda log: log["results"].clear()),
            ["no task with a score"],
        ),
        (
            "results.json",
            edited("lm_eval/results_gpt-124m.json", lambda log: log["results"].update(arc=3)),
            ["the results of arc"],
        ),
        (
            "record.json",
            edited(
                "every_eval_ever.json",
                lambda log: log["evaluation_results"][1].pop("score_details"),
            ),
            ["evaluation 2 has no score"],
        ),
        (
            "record.json",
            edited(
                "every_eval_ever.json",
                lambda log: log["evaluation_results"].append(log["evaluation_results"][0]),
            ),
            ["hellaswag_accuracy is given twice"],
        ),
        ("tracker_metrics.jsonl", '{"config": {}, "summary": {}}\n', ["line 1 has no metrics"]),
        ("tracker_metrics.jsonl", '{"config": {}, "summ', ["line 1 is not JSON"]),
        ("chart.csv", "Step,a - loss,a - loss__MIN\n1,,\n2,,\n", ["a chart without values"]),
        ("mlflow.db", "SQLite format 3\0 and no more", ["is no store of MLflow"]),
    ],
)
def test_a_broken_log_is_refused(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_text(content)
    with refused(str(path), *words):
        bs.load_runs(path)


def test_a_damaged_store_of_mlflow_names_the_file_and_the_line(tmp_path):
    shutil.copytree(LOGS / "mlruns", tmp_path / "mlruns")
    file = next((tmp_path / "mlruns").rglob("metrics/loss"))
    lines = file.read_text().splitlines()
    file.write_text("\n".join([*lines[:2], "half a li"]))
    with refused(str(file), "(line 3)"):
        bs.load_runs(tmp_path / "mlruns")


def test_a_broken_event_file_is_refused(tmp_path):
    pytest.importorskip("tensorboard")
    (tmp_path / "events.out.tfevents.1.x").write_bytes(b"no events")
    with refused(str(tmp_path), "no scalars"):
        bs.load_runs(tmp_path)


def test_a_broken_workbook_is_refused(tmp_path):
    pytest.importorskip("openpyxl")
    content = (LOGS / "runs.xlsx").read_bytes()
    (tmp_path / "runs.xlsx").write_bytes(content[: len(content) // 2])
    with refused(str(tmp_path / "runs.xlsx")):
        bs.load_runs(tmp_path / "runs.xlsx")


@pytest.mark.parametrize(
    ("format", "words"),
    [
        ("trainerstate", ["did you mean trainer_state?"]),
        ("lm_eval", ["no results of lm-evaluation-harness"]),
        ("wandb", ["is not a jsonl table"]),
        ("tracker_metrics", ["is not a jsonl table"]),
    ],
)
def test_a_format_that_a_file_does_not_have_is_refused(format, words):
    with refused(*words):
        bs.load_runs(LOGS / "gpt-124m" / "trainer_state.json", format=format)


def test_a_folder_with_several_kinds_of_logs_needs_a_format(tmp_path):
    shutil.copy(LOGS / "gpt-124m" / "trainer_state.json", tmp_path)
    shutil.copytree(LOGS / "levanter", tmp_path / "levanter")
    with refused("logs of trainer_state and tracker_metrics", "format='trainer_state'"):
        bs.load_runs(tmp_path)
    assert len(read_table(tmp_path, "tracker_metrics")) == 2


def test_a_folder_without_logs_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("nothing")
    with refused(str(tmp_path), "no logs that are recognized"):
        bs.load_runs(tmp_path)
