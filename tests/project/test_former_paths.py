"""Module paths and names of earlier versions work for one release, and warn."""

import subprocess
import sys

import pytest

import bayes_scaling as bs

FORMER = {
    "parameter": "Parameter amplitude exponent floor level over "
    "Prior beta half_normal lognormal normal",
    "noise": "LOSSES Likelihood Noise",
    "counts": "BetaBinomial Binomial Censored ItemBetaBinomial NegativeBinomial",
    "drift": "Drift LEARNED SOURCES along drift_by learn_drift told",
    "plan": "Allocation WITHIN compute_optimal next_run",
    "plot_groups": "best crossover curves forest ridge",
}
RENAMED = {
    "long": "to_long",
    "annealed": "add_schedule_columns",
    "standing": "tasks_above_chance",
    "mean_of": "average_outcomes",
}


@pytest.mark.parametrize("module", FORMER)
def test_a_former_path_works_and_warns_at_the_users_line(module, tmp_path):
    path = tmp_path / "script.py"
    path.write_text(f"from bayes_scaling.{module} import {FORMER[module].replace(' ', ', ')}\n")
    done = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    assert f"{path}:1: FutureWarning: bayes_scaling.{module} has moved" in done.stderr
    assert "import from bayes_scaling" in done.stderr and done.stderr.count("Warning") == 1


@pytest.mark.parametrize("name", RENAMED)
def test_a_former_name_is_the_same_function(name):
    assert getattr(bs, name) is getattr(bs, RENAMED[name])


def test_modules_are_attributes_without_a_warning():
    assert bs.plot_groups is bs.plot and bs.plan.compute_optimal and bs.plot.COLORS
