"""Files are written completely or not at all."""

from pathlib import Path

import pytest
from refusals import refused

from bayes_scaling._core.files import write_atomically


def write_text(path):
    Path(path).write_text("new")


def test_a_file_is_replaced_and_a_link_stays_a_link(tmp_path):
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("file")
    write_atomically(tmp_path / "link", write_text)
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]


def test_a_failure_leaves_the_old_file(tmp_path):
    (tmp_path / "file").write_text("old")

    def fail(path):
        write_text(path)
        raise RuntimeError("half done")

    with pytest.raises(RuntimeError, match="half done"):
        write_atomically(tmp_path / "file", fail)
    assert (tmp_path / "file").read_text() == "old" and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", ["folder", "none/file", "file/file"])
def test_an_impossible_path_is_refused(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old")
    with refused(f"{tmp_path / name} cannot be written (", "name a file in a folder of your own"):
        write_atomically(tmp_path / name, write_text)
