"""Files of compiled programs: what one process compiled, the next one runs.

To load a program is to run code, so the files are in a folder that the user alone can write. It is
used only if it belongs to them, is no link and has mode 700. A file holds a digest of its content
and the complete key of its program: one that is torn, damaged, renamed or of another version is
ignored, and the program is compiled again. A file is complete or absent, so that processes can
share the folder.
"""

import contextlib
import hashlib
import os
import pickle
import stat
import time
from pathlib import Path
from typing import Any

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.files import write_atomically

_MAX_BYTES = 2**29  # of all files; a law takes some 4 MB
_DIGEST_BYTES = 32
_DAY = 24 * 3600.0


def private_folder(parent: Path) -> Path | None:
    """Folder of programs that the user alone can write, made where there is none.

    Parameters
    ----------
    parent : pathlib.Path
        A folder; others may write it.

    Returns
    -------
    pathlib.Path or None
        None where it cannot be made, or where another could have written to it.
    """
    if not hasattr(os, "getuid"):  # modes mean nothing there
        return None
    folder = parent / f"programs-{os.getuid()}"
    try:
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        about = folder.lstat()
    except OSError:
        return None
    private = stat.S_ISDIR(about.st_mode) and stat.S_IMODE(about.st_mode) == 0o700
    return folder if private and about.st_uid == os.getuid() else None


def program_path(folder: Path, name: str, key: str) -> Path:
    """The file of a program: its name, and a digest of its key."""
    return folder / f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:40]}.program"


def read_program(path: Path, key: str) -> Any:
    """Read what ``write_program`` wrote under a key; None where there is no valid file of it."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    header = hashlib.sha256(key.encode()).digest()
    if digest != hashlib.sha256(body).digest() or body[:_DIGEST_BYTES] != header:
        return None
    try:
        parts = pickle.loads(body[_DIGEST_BYTES:])
    except Exception:  # pickle raises anything
        return None
    with contextlib.suppress(OSError):  # programs in use are the last to be deleted
        if time.time() - path.stat().st_mtime > _DAY:
            os.utime(path)
    return parts


def write_program(path: Path, key: str, parts: Any) -> None:
    """Write what is needed to load a program; nothing where that is impossible.

    Parameters
    ----------
    path : pathlib.Path
        From ``program_path``.
    key : str
        The program's key.
    parts : object
        What ``read_program`` returns: anything that can be pickled.
    """
    body = hashlib.sha256(key.encode()).digest() + pickle.dumps(parts)
    content = hashlib.sha256(body).digest() + body
    with contextlib.suppress(InputError, OSError):
        write_atomically(path, lambda temporary: Path(temporary).write_bytes(content))
        _delete_oldest(path.parent)


def delete_program(path: Path) -> None:
    """Delete the file of a program that does not run."""
    with contextlib.suppress(OSError):
        path.unlink()


def _delete_oldest(folder: Path) -> None:
    """Delete the programs that were used the longest ago, until the rest is small enough."""
    files: list[tuple[float, int, Path]] = []
    for path in folder.iterdir():
        with contextlib.suppress(OSError):  # another process may delete it first
            about = path.stat()
            if path.suffix == ".program":
                files.append((about.st_mtime, about.st_size, path))
            elif time.time() - about.st_mtime > _DAY:  # left by a process that was ended
                path.unlink()
    total = sum(size for _, size, _ in files)
    for _, size, path in sorted(files):
        if total <= _MAX_BYTES:
            break
        delete_program(path)
        total -= size
