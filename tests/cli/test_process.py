"""The command line as a process of its own: signals, pipes, what it imports."""

import os
import signal
import subprocess
import sys

import pandas as pd
import pytest

LAW = """
import time
from bayes_scaling import Law, Parameter
from bayes_scaling.parameter import lognormal

def mean(x, a, b):
    print("started", flush=True)
    time.sleep(60)
    return a * x["N"] ** -b

slow = Law(
    name="slow",
    formula="a/N^b",
    inputs={"N": "parameters"},
    parameters=(Parameter("a", lognormal(10.0, 1.0)), Parameter("b", lognormal(0.1, 1.0))),
    function=mean,
)
"""


# a shell's background job ignores Ctrl-C, and so would its children
ATTENTIVE = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)


def python(*arguments, **options):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, timeout=120, **options
    )


def test_the_package_is_the_command():
    done = python("-m", "bayes_scaling", "data")
    assert (done.returncode, done.stderr) == (0, "") and "gadre2024" in done.stdout
    refused = python("-m", "bayes_scaling", "dat")
    assert refused.returncode == 2 and refused.stderr.startswith("bayes-scaling: ")


@pytest.mark.parametrize(
    ("number", "code", "word"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")],
)
def test_a_signal_while_fitting_ends_the_process_in_one_line(tmp_path, number, code, word):
    pd.DataFrame({"N": [1e7, 2e7, 4e7], "loss": [4.5, 4.2, 4.0]}).to_csv(
        tmp_path / "runs.csv", index=False
    )
    (tmp_path / "laws.py").write_text(LAW)
    command = [
        sys.executable,
        "-m",
        "bayes_scaling",
        "fit",
        "--runs",
        "runs.csv",
        "--law",
        "laws.py:slow",
        "--save",
        "fit.nc",
        "--output",
        "out.txt",
    ]
    with subprocess.Popen(
        [sys.executable, "-c", ATTENTIVE, *command],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "started\n"
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (
        code,
        f"bayes-scaling fit: {word}; no answer was given\n",
    )
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "__pycache__") == [
        "laws.py",
        "runs.csv",
    ]


def test_a_signal_while_modules_are_imported_ends_the_process_in_one_line():
    code = (
        "import os, signal, sys; "
        "signal.signal(signal.SIGINT, signal.default_int_handler); "
        "sys.argv = ['bayes-scaling', 'data']; "
        "finder = type('Finder', (), {'find_spec': staticmethod(lambda name, *rest: "
        "os.kill(os.getpid(), signal.SIGINT) if name == 'pandas' else None)}); "
        "sys.meta_path.insert(0, finder); "
        "from bayes_scaling.cli.main import main; raise SystemExit(main())"
    )
    done = python("-c", code)
    assert (done.returncode, done.stderr) == (
        130,
        "bayes-scaling data: interrupted; no answer was given\n",
    )


def test_a_reader_that_goes_away_is_no_error():
    command = [sys.executable, "-m", "bayes_scaling", "data", "gadre2024", "--format", "csv"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == "" and process.wait(60) == 0


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is always full")
def test_an_answer_that_cannot_be_written_is_reported():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bayes_scaling", "laws"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (
        2,
        "bayes-scaling laws: the answer cannot be written (No space left on device); "
        "send it elsewhere\n",
    )


def test_letters_that_a_terminal_lacks_are_escaped(tmp_path):
    (tmp_path / "laws.py").write_text(LAW.replace("a/N^b", "α/N^β"))
    done = python(
        "-m",
        "bayes_scaling",
        "laws",
        "laws.py:slow",
        cwd=tmp_path,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (0, "") and r"\u03b1/N^\u03b2" in done.stdout


@pytest.mark.parametrize(
    "code",
    [
        "import bayes_scaling, bayes_scaling.cli.main",
        "import sys; sys.argv = ['bayes-scaling', '--help']; "
        "import bayes_scaling.cli.main; bayes_scaling.cli.main.main()",
    ],
    ids=["import", "help"],
)
def test_nothing_heavy_is_imported_before_it_is_needed(code):
    heavy = (
        "('jax', 'arviz', 'arviz_stats', 'pandas', 'numpy', 'matplotlib', 'xarray', 'scipy', "
        "'numpyro', 'blackjax')"
    )
    done = python(
        "-X",
        "importtime",
        "-c",
        "import atexit, sys; "
        f"atexit.register(lambda: print([m for m in {heavy} if m in sys.modules])); {code}",
    )
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == "[]"


def test_data_needs_no_jax():
    done = python(
        "-c",
        "import sys; from bayes_scaling.cli.main import main; main(['data']); "
        "assert not {'jax', 'matplotlib', 'arviz'} & set(sys.modules), 'heavy'",
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_what_runs_at_exit_runs_and_the_answer_is_whole(tmp_path):
    code = (
        "import atexit, sys; from bayes_scaling.cli.main import run_program; "
        "atexit.register(print, 'at exit'); sys.argv = ['bayes-scaling', 'data']; run_program()"
    )
    done = python("-c", code)
    assert done.returncode == 0 and done.stdout.endswith("at exit\n")
    assert done.stdout.removesuffix("at exit\n") == python("-m", "bayes_scaling", "data").stdout
