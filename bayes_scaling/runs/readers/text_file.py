"""The text of a file: compression and encoding found by content."""

import bz2
import gzip
import lzma
import zipfile
import zlib
from pathlib import Path

from bayes_scaling._core.errors import InputError
from bayes_scaling._core.messages import first_line

# first bytes of a file -> its encoding; utf-32 comes first, as its mark starts with that of utf-16
_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
_COMPRESSED = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ\x00": lzma.decompress,
}
ZIP, PARQUET, OLD_EXCEL = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"
SUFFIXES = (".gz", ".bz2", ".xz", ".zip")  # of compressed files


def read_bytes(path: Path) -> bytes:
    """Read a file, and decompress it where it is compressed.

    Parameters
    ----------
    path : pathlib.Path
        The file; .gz, .bz2, .xz and .zip with one member are recognized by content.

    Raises
    ------
    InputError
        It cannot be read or decompressed, or is empty.
    """
    try:
        content = path.read_bytes()
    except PermissionError:
        raise InputError(f"{path} cannot be read; change its permissions") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror or error}); check the path"
        ) from None
    try:
        for mark, decompress in _COMPRESSED.items():
            if content.startswith(mark):
                content = decompress(content)
                break
        else:
            content = _unzipped(path, content)
    except (OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile) as error:
        raise InputError(
            f"{path} cannot be decompressed ({first_line(error)}); write the file again"
        ) from None
    if not content:
        raise InputError(f"{path} is empty; give a table with a header and one row a run")
    return content


def _unzipped(path: Path, content: bytes) -> bytes:
    """The one member of a zip file; other content, and workbooks, as they are."""
    if not content.startswith(ZIP):
        return content
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        if "[Content_Types].xml" in names:  # a workbook of Excel
            return content
        if len(names) != 1:
            raise InputError(f"{path} holds {len(names)} files; give one of them")
        if archive.getinfo(names[0]).flag_bits & 1:
            raise InputError(f"{path} is encrypted; give the file without a password")
        return archive.read(names[0])


def decode(path: Path, content: bytes) -> str:
    """Decode text: UTF-8, or the encoding that a byte-order mark states.

    Parameters
    ----------
    path : pathlib.Path
        The file, for messages.
    content : bytes
        Its content.

    Raises
    ------
    InputError
        The text is not in that encoding; the sentence names the line.
    """
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    try:
        text = content.decode(encoding)
        place = text.find("\0")
        if place < 0:
            return text
        line = text.count("\n", 0, place) + 1
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
    raise InputError(
        f"{path} is not {'UTF-8' if encoding == 'utf-8' else encoding} text (line {line}); "
        f"it may be {_other_encoding(content)}: save it as UTF-8"
    )


def as_utf8(path: Path, content: bytes) -> bytes:
    """Text in UTF-8 without a byte-order mark; content that is so already is not copied.

    Parameters and errors are as in ``decode``.
    """
    text = decode(path, content).removeprefix("\ufeff")
    is_utf8 = not any(content.startswith(mark) for mark in _MARKS)
    return content if is_utf8 else text.encode("utf-8", errors="surrogatepass")


def _other_encoding(content: bytes) -> str:
    """The encoding that text without a byte-order mark and not in UTF-8 is most likely in."""
    start = content[:1000]
    zeros = start.count(0) / max(len(start), 1)
    if zeros > 0:
        return "UTF-16" if 0.25 < zeros < 0.6 else "binary data"
    return "Windows-1252 or Latin-1"
