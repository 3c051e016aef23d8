"""JAX's settings, warnings' lines and versions."""

import jax
import jax.numpy as jnp
import pytest

import bayes_scaling as bs
from bayes_scaling._core.errors import warn, warn_moved
from bayes_scaling._core.jax_config import cache_folder, float64
from bayes_scaling._core.versions import versions


def test_double_precision_and_the_cache_end_with_the_block(monkeypatch, tmp_path):
    monkeypatch.setenv("BAYES_SCALING_CACHE", str(tmp_path))
    before = jax.config.jax_enable_x64, jax.config.jax_compilation_cache_dir
    with float64():
        with float64():
            assert jnp.asarray(1.0).dtype == jnp.float64
        assert jnp.asarray(1.0).dtype == jnp.float64
        assert jax.config.jax_compilation_cache_dir == (before[1] or str(cache_folder()))
    assert (jax.config.jax_enable_x64, jax.config.jax_compilation_cache_dir) == before


@pytest.mark.parametrize("value", ["off", "0", "No", "none"])
def test_the_cache_can_be_turned_off(monkeypatch, value):
    monkeypatch.setenv("BAYES_SCALING_CACHE", value)
    assert cache_folder() is None


def test_the_cache_has_a_folder_for_each_version(monkeypatch, tmp_path):
    monkeypatch.setenv("BAYES_SCALING_CACHE", str(tmp_path))
    folder = cache_folder()
    assert folder is not None and folder.parent == tmp_path and folder.is_dir()
    assert folder.name.endswith(f"-jax{jax.lib.__version__}")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BAYES_SCALING_CACHE", str(tmp_path / "file"))
    assert cache_folder() is None


def test_warnings_name_the_line_of_the_caller():
    with pytest.warns(bs.RunsWarning, match="odd runs") as caught:
        warn("odd runs", bs.RunsWarning)
    assert caught[0].filename == __file__
    with pytest.warns(FutureWarning, match="a.b has moved .*; import from a") as caught:
        warn_moved("a.b", "a")
    assert caught[0].filename == __file__


def test_versions_of_what_the_draws_depend_on():
    assert set(versions()) == {"bayes-scaling", "jax", "numpyro", "blackjax", "numpy"}
    assert versions()["jax"] == jax.__version__
