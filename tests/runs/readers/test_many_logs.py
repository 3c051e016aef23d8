"""Logs of several files: names that meet, scores of one model, checkpoints of evaluations."""

import json

import pandas as pd
import pytest
from logs import LOGS, document
from refusals import refused

import bayes_scaling as bs
from bayes_scaling.runs.files import read_table

STATE = (LOGS / "gpt-124m" / "trainer_state.json").read_text()


def results(folder, name, **changes):
    """Results of lm-evaluation-harness with some parts replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    log = document("lm_eval/results_gpt-124m.json") | changes
    (folder / f"results_{name}.json").write_text(json.dumps(log))


def test_runs_whose_folders_have_one_name_stay_two_runs(tmp_path, run):
    for place in ("a/out", "b/out"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "trainer_state.json").write_text(STATE)
    table = read_table(tmp_path)
    assert table["run"].unique().tolist() == ["out", "out (b/out/trainer_state.json)"]
    paths = [f"{place}/out/trainer_state.json" for place in "ab"]
    code, out, err = run("import", *paths, "--column", "N=124m,350m", "--format", "csv")
    assert code == 0 and "10 checkpoints of 2 runs" in err and out.count("\n") == 3


def test_tasks_of_one_model_in_several_files_are_one_row(tmp_path):
    one = document("lm_eval/results_gpt-124m.json")["results"]
    for task in ("hellaswag", "gsm8k"):
        results(tmp_path, task, results={task: one[task]})
    row = read_table(tmp_path).iloc[0]
    assert row["hellaswag_acc"] == 0.31 and row["gsm8k_exact_match_strict-match_se"] == 0.0039
    results(tmp_path, "later", results={"hellaswag": one["hellaswag"] | {"acc,none": 0.5}})
    with pytest.warns(bs.RunsWarning, match="gpt-124m was evaluated more than once.*hellaswag_acc"):
        assert read_table(tmp_path)["hellaswag_acc"].tolist() == [0.5]


@pytest.mark.parametrize("kind", ["path", "revision"])
def test_evaluations_of_checkpoints_are_no_runs(tmp_path, kind):
    for step in (1000, 20_000, 3000):
        args = f"pretrained=org/gpt,revision=step{step}"
        changes = {
            "path": {"model_name": f"/out/gpt/checkpoint-{step}"},
            "revision": {"model_name": "org/gpt", "config": {"model_args": args}},
        }
        results(tmp_path, step, **changes[kind])
    with pytest.warns(bs.RunsWarning, match="3 checkpoints of 1 run"):
        assert bs.load_runs(tmp_path)["step"].tolist() == [20_000]


def test_two_scores_of_one_name_are_refused(tmp_path):
    scores = {"a": {"b_acc,none": 0.1}, "a_b": {"acc,none": 0.2}}
    results(tmp_path, "x", results=scores)
    with refused("a_b_acc is the name of two scores"):
        bs.load_runs(tmp_path)


@pytest.mark.parametrize("ending", ["json", "jsonl"])
def test_a_list_of_records_has_one_row_a_model(tmp_path, ending):
    record = document("every_eval_ever.json")
    other = record | {"model_info": {"id": "org/other"}}
    text = json.dumps([record, other])
    if ending == "jsonl":
        text = f"{json.dumps(record)}\n{json.dumps(other)}\n"
    (tmp_path / f"records.{ending}").write_text(text)
    table = read_table(tmp_path / f"records.{ending}")
    assert table["run"].tolist() == ["org/gpt-124m", "org/other"]
    assert table["hellaswag_accuracy"].tolist() == [0.31, 0.31]


def test_text_that_a_logger_writes_for_no_number_is_none(tmp_path):
    """Else a held-out loss that diverged would give way to the training loss."""
    summary = {"parameter_count": 1e8, "throughput/total_tokens": 2e9, "train/loss": 3.0}
    log = {"config": {"run_name": "a"}, "summary": summary | {"eval/loss": "NaN"}}
    (tmp_path / "tracker_metrics.jsonl").write_text(json.dumps(log))
    with pytest.warns(bs.RunsWarning, match="loss is eval/loss"):
        runs = bs.load_runs(tmp_path, columns="propose")
    assert runs["loss"].isna().all()


def test_a_workbook_may_have_an_edge_and_no_title(tmp_path):
    pytest.importorskip("openpyxl")
    cells = pd.DataFrame([[None, "run", "N", "D"], [None, "a", 1e8, 2e9]])
    cells.to_excel(tmp_path / "edge.xlsx", header=False, index=False, startrow=2)
    assert bs.load_runs(tmp_path / "edge.xlsx")["N"].tolist() == [1e8]
    title = pd.DataFrame([["My runs", None, None], ["run", "N", "D"], ["a", 1e8, 2e9]])
    title.to_excel(tmp_path / "title.xlsx", header=False, index=False)
    with refused("names 1 of 3 columns in its first row", "leave out what stands above"):
        bs.load_runs(tmp_path / "title.xlsx")
