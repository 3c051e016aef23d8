"""Files that are written completely or not at all."""

import os
import tempfile
from collections.abc import Callable

from bayes_scaling._core.errors import InputError


def write_atomically(path: str | os.PathLike[str], write: Callable[[str], object]) -> None:
    """Have ``write`` fill a temporary file in the folder of ``path``, then rename it to ``path``.

    Parameters
    ----------
    path : str or path-like
        Where the file belongs. A file that is there is replaced; a link stays a link.
    write : callable
        Called with the path of the temporary file.

    Raises
    ------
    InputError
        The folder does not exist or cannot be written, or ``path`` is a folder or a device.
    """
    target = os.path.realpath(path)
    temporary = None
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            raise OSError("it is not a regular file")
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), suffix=".part")
        os.close(handle)
        write(temporary)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except OSError as error:
        raise InputError(
            f"{target} cannot be written ({error.strerror or error}); "
            "name a file in a folder of your own"
        ) from None
    finally:
        if temporary and os.path.exists(temporary):
            os.unlink(temporary)
