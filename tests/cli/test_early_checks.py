"""A file, a column or an option that does not exist: refused before anything heavy is imported."""

import subprocess
import sys

import pytest
from command_lines import TABLE

LIGHT = (
    "import sys; from bayes_scaling.cli.main import main; code = main(sys.argv[1:]); "
    "heavy = {'pandas', 'numpy', 'jax', 'scipy', 'matplotlib', 'arviz'} & set(sys.modules); "
    "print(heavy); raise SystemExit(code)"
)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "--runs", "none.csv"], "there is no file or bundled table 'none.csv'"),
        (["fit", "--runs", "gadre"], "did you mean gadre2024?"),
        (["fit", "--runs", "runs.csv", "--y", "los"], "no column 'los' (did you mean loss?)"),
        (["fit", "--runs", "gadre2024", "--y", "los"], "did you mean loss_c4?"),
        (["check", "--runs", "runs.csv", "--column", "N=parms"], "has no column 'parms'"),
        (["fit", "--runs", "runs.csv", "--se", "sd"], "no column 'sd'"),
        (
            ["compare", "--runs", "runs.csv", "--group", "corpus", "--y", "loss"],
            "no column 'corpus'",
        ),
        (["forecast", "--fit", "none.nc", "--N", "1e9", "--D", "1e10"], "no file 'none.nc'"),
        (["forecast", "--runs", "runs.csv", "--targets", "to.csv"], "'to.csv'"),
        (["import", "none.json"], "'none.json'"),
        (["fit", "--runs", "other.csv"], "neither compute C nor two of N, D and M"),
        (["fit", "--runs", "runs.csv", "--runs-format", "cvs"], "did you mean csv?"),
        (["fit", "--runs", "runs.csv", "--output", "none/a.csv"], "there is no folder"),
    ],
)
def test_what_does_not_exist_is_refused_without_heavy_imports(tmp_path, arguments, words):
    TABLE.to_csv(tmp_path / "runs.csv", index=False)
    TABLE.rename(columns={"N": "params"}).to_csv(tmp_path / "other.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1
    assert done.stdout == "set()\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--law", "chinchila"], "did you mean chinchilla?"),
        (["--where", "Q > 3"], "names Q, which is no column"),
        (["--train", "N < 1e9 and los > 3"], "names los, which is no column (did you mean loss?)"),
        (["--prob", "90"], "prob is 90.0"),
        (["--flops-per-nd", "0"], "flops_per_nd is 0.0"),
    ],
)
def test_a_wrong_value_is_refused_before_jax_is_imported(tmp_path, arguments, words):
    TABLE.to_csv(tmp_path / "runs.csv", index=False)
    done = subprocess.run(
        [sys.executable, "-c", LIGHT, "forecast", "--runs", "runs.csv", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == 2 and words in done.stderr and done.stderr.count("\n") == 1
    assert not {"jax", "scipy", "matplotlib", "arviz"} & set(done.stdout.split("'"))
