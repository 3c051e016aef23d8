"""Programs on disk: what is loaded, and what is compiled again."""

import os
import pickle
import stat
import subprocess
import sys
from functools import partial

import jax
import numpy as np
import pytest
from compilations import compilations

import bayes_scaling as bs
from bayes_scaling._core import program_files, program_key, stored_programs
from bayes_scaling._core.jax_config import float64
from bayes_scaling._core.program_files import private_folder
from bayes_scaling._core.stored_programs import clear_programs
from bayes_scaling._core.threefry import fold_in, key_words, seed_words, split, wrap
from bayes_scaling.inference.density import Density
from bayes_scaling.law.prior_draws import draw_unconstrained

NAME = "jit(draw_unconstrained)"


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """A cache folder of its own."""
    monkeypatch.setenv("BAYES_SCALING_CACHE", str(tmp_path))
    clear_programs()
    yield tmp_path
    clear_programs()


def draws(seed=0, scale=2.0, count=7):
    """Draws by a small program, as in a new process, and how often it was compiled."""
    clear_programs()
    draw_unconstrained.jitted.clear_cache()
    values = {"scale": np.asarray(scale)}
    with float64(), compilations() as counts:
        theta = np.asarray(draw_unconstrained("HalfNormal", seed_words(seed), values, count))
    return theta, counts["compiled", NAME]


def entries(cache):
    return sorted(cache.rglob("*.program"))


def test_a_program_is_neither_traced_nor_lowered_again(cache):
    first, compiled = draws()
    with compilations() as counts:
        again, compiled_again = draws()
    assert (compiled, compiled_again, len(entries(cache))) == (1, 0, 1)
    assert not [event for event in counts if "draw_unconstrained" in event[1]]
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(draws(seed=1)[0], again)


def test_other_shapes_and_arguments_are_other_programs(cache):
    draws()
    assert draws(count=8)[1] == 1 and draws(scale=3.0)[1] == 0
    with jax.threefry_partitionable(False):
        assert draws()[1] == 1
    assert len(entries(cache)) == 3


@pytest.mark.parametrize("place", [0, 40, 70, -1])
def test_a_damaged_entry_is_compiled_again(cache, place):
    first, _ = draws()
    content = bytearray(entries(cache)[0].read_bytes())
    content[place] ^= 1
    entries(cache)[0].write_bytes(content)
    again, compiled = draws()
    assert compiled == 1 and np.array_equal(first, again)
    assert draws()[1] == 0  # it was written again


@pytest.mark.parametrize("length", [0, 20, 63, 1000])
def test_a_torn_entry_is_compiled_again(cache, length):
    draws()
    entries(cache)[0].write_bytes(entries(cache)[0].read_bytes()[:length])
    assert draws()[1] == 1


def test_entries_that_were_swapped_are_compiled_again(cache):
    first, _ = draws(count=7)
    other, _ = draws(count=9)
    one, two = entries(cache)
    contents = one.read_bytes(), two.read_bytes()
    one.write_bytes(contents[1])
    two.write_bytes(contents[0])
    for count, before in ((7, first), (9, other)):
        again, compiled = draws(count=count)
        assert compiled == 1 and np.array_equal(before, again)


def test_an_entry_of_other_sources_is_compiled_again(cache, monkeypatch):
    draws()
    monkeypatch.setattr(stored_programs, "environment", lambda: "of another version")
    assert draws()[1] == 1 and len(entries(cache)) == 2


def test_an_entry_that_does_not_load_or_run_is_compiled_again(cache, monkeypatch):
    """As an executable of another format would be: with a valid key and digest."""
    first, _ = draws()
    [path] = entries(cache)
    keys = []
    monkeypatch.setattr(stored_programs, "read_program", lambda path, key: keys.append(key))
    draws()
    monkeypatch.undo()
    monkeypatch.setenv("BAYES_SCALING_CACHE", str(cache))
    program_files.write_program(path, keys[0], (b"no program", 0, False))
    again, compiled = draws()
    assert compiled == 1 and np.array_equal(first, again) and draws()[1] == 0

    class Broken:
        def __call__(self, *leaves):
            raise ValueError("function not found")

    monkeypatch.setattr(stored_programs, "_load", lambda *_: Broken())
    again, compiled = draws()
    assert compiled == 1 and np.array_equal(first, again) and not entries(cache)


def test_a_folder_that_others_may_write_is_not_used(cache):
    draws()
    folder = entries(cache)[0].parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for mode in (0o777, 0o755, 0o770, 0o500):
        folder.chmod(mode)
        assert private_folder(folder.parent) is None
        assert draws()[1] == 1 and len(entries(cache)) == 1
    folder.chmod(0o700)
    assert draws()[1] == 0


def test_a_folder_of_another_user_or_elsewhere_is_not_used(tmp_path, monkeypatch):
    folder = private_folder(tmp_path)
    assert folder is not None
    another = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: another)
    folder.rename(tmp_path / f"programs-{os.getuid()}")
    assert private_folder(tmp_path) is None
    monkeypatch.undo()
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.symlink_to(tmp_path / "elsewhere")
    assert private_folder(tmp_path) is None
    (tmp_path / "file").write_text("")
    assert private_folder(tmp_path / "file") is None


def test_without_a_cache_programs_are_compiled(cache, monkeypatch):
    monkeypatch.setenv("BAYES_SCALING_CACHE", "off")
    first, compiled = draws()
    assert compiled == 1 and not entries(cache) and draws()[1] == 1


def test_the_programs_used_the_longest_ago_are_deleted(tmp_path, monkeypatch):
    monkeypatch.setattr(program_files, "_MAX_BYTES", 3500)
    paths = [program_files.program_path(tmp_path, "f", str(i)) for i in range(4)]
    for i, path in enumerate(paths):
        program_files.write_program(path, str(i), bytes(1000))
        os.utime(path, (i + 1e9, i + 1e9))
    assert program_files.read_program(paths[1], "1") == bytes(1000)  # used now
    stale = tmp_path / "left.part"
    stale.write_text("")
    os.utime(stale, (1e9, 1e9))
    program_files.write_program(tmp_path / "f-new.program", "new", bytes(1000))
    assert sorted(tmp_path.iterdir()) == sorted([paths[1], paths[3], tmp_path / "f-new.program"])


def test_laws_of_the_package_have_programs_and_other_functions_have_none():
    functions = {}
    for law in bs.models.LAWS.values():
        functions.setdefault(program_key.stable_text(Density(law)), set()).add(law.function)
    assert len(functions) > 60 and all(len(same) == 1 for same in functions.values())

    class Noise(type(bs.models.chinchilla.noise)):
        """A user's own, which has the name of another."""

    law = bs.models.chinchilla
    own = [
        bs.Law("mine", "E", law.inputs, law.parameters, lambda x, **p: p["E"]).signature,
        Density(law.with_noise(Noise())),
        partial(print),
        np.zeros(2),
        (1, [2, {"a": np.exp}]),
    ]
    for value in own:
        with pytest.raises(program_key.Unstable):
            program_key.stable_text(value)


def test_code_is_identified_by_what_it_does():
    one, two, same = (lambda x: x + 1), (lambda x: x + 2), (lambda x: x + 1)
    texts = [program_key._code_text(function.__code__) for function in (one, two, same)]
    assert texts[0] == texts[2] != texts[1]
    names = frozenset("abcdefgh"), frozenset("hgfedcba")
    assert len(set(map(program_key._constant_text, names))) == 1


@pytest.mark.parametrize("seed", [0, 1, 2**31 + 5, 2**32 - 1])
def test_keys_are_those_of_jax(seed):
    key = jax.random.key(seed)
    words = seed_words(seed)
    np.testing.assert_array_equal(words, key_words(key))
    assert (jax.random.key_data(wrap(words)) == words).all() and wrap(key) is key
    for number in (0, 1, 2**32 - 1):
        folded = jax.random.fold_in(key, np.uint32(number))
        np.testing.assert_array_equal(fold_in(words, number), jax.random.key_data(folded))
    for count in (1, 2, 9):
        parts = jax.random.key_data(jax.random.split(key, count))
        np.testing.assert_array_equal(split(words, count), parts)


PROCESS = """
import pickle, sys
import numpy as np
import pandas as pd
import bayes_scaling as bs
from compilations import compilations

C, noise = np.geomspace(1e18, 1e21, 8), np.random.default_rng(0).standard_normal(8)
table = pd.DataFrame({"C": C, "loss": 2 * (C / 1e20) ** -0.05 * np.exp(0.01 * noise)})
with compilations() as counts:
    fit = bs.fit("power_law", table, draws=40, chains=2)
    values = fit.forecast(bs.targets(C=[1e24]))
    str(values.diagnosis)
heavy = [name for name in ("numpyro", "blackjax", "scipy.stats", "scipy.linalg", "scipy.special",
                           "scipy.spatial", "xarray", "dask", "matplotlib", "arviz")
         if name in sys.modules]
laws = [name for name in sys.modules if name.startswith("bayes_scaling.models.")
        and "._" not in name]
from scipy.linalg import solve  # whose package is whole, although two of its modules came first
assert (solve(2 * np.eye(2), np.ones(2)) == 0.5).all()
pickle.dump((dict(counts), values.to_numpy(), heavy, laws), sys.stdout.buffer)
"""


def test_a_second_process_neither_traces_nor_lowers(cache):
    """Nor does it import what only compiling needs, or other laws than the one that is fitted."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    counts, values, heavy, laws = zip(
        *(
            pickle.loads(
                subprocess.run(
                    [sys.executable, "-c", PROCESS], env=environment, check=True, stdout=-1
                ).stdout
            )
            for _ in range(2)
        )
    )
    assert counts[0]["compiled", "jit(run_chains)"] == 1 and "numpyro" in heavy[0]
    assert not counts[1] and not heavy[1]
    assert laws[1] == ["bayes_scaling.models.power_law"]
    np.testing.assert_array_equal(*values)
