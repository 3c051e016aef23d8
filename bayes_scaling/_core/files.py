"""Files that are written whole or not at all."""

import os
import tempfile

from bayes_scaling._core.errors import InputError


def whole(place, write):
    """Have ``write(path)`` write a temporary file beside ``place``, then put it there in one step.

    Raises
    ------
    InputError : the folder does not exist or can not be written, or the place is no plain file.
    """
    part, place = None, os.path.realpath(place)  # a link stays a link
    try:
        if os.path.exists(place) and not os.path.isfile(
            place
        ):  # a folder, or a device that the file would take the place of
            raise OSError("it is no plain file")
        handle, part = tempfile.mkstemp(dir=os.path.dirname(place), suffix=".part")
        os.close(handle)
        write(part)
        os.chmod(part, 0o644)
        os.replace(part, place)
    except OSError as error:
        raise InputError(
            f"{place} can not be written ({error.strerror or error}); name a file in a folder of your own"
        ) from None
    finally:
        if part and os.path.exists(part):
            os.unlink(part)
