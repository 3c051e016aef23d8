"""Make the bundled tables from a folder of the files their authors published.

    python data/build.py FOLDER [--out DIR]

FOLDER holds one folder a source (gadre2024, hoffmann2022, ...: see `builders.FOLDERS`). The same
files give the same bytes.
"""

import argparse
import csv
import os
import sys
import tempfile
from pathlib import Path

from builders import FOLDERS


def write(tables: dict[str, list[dict]], out: Path) -> None:
    """Write every table as a csv file in `out`; all are complete before the first is renamed."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as staging:
        for name, rows in tables.items():
            with open(Path(staging, f"{name}.csv"), "w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, rows[0], lineterminator="\n")
                writer.writeheader()
                writer.writerows(rows)
        for name in tables:
            os.replace(Path(staging, f"{name}.csv"), out / f"{name}.csv")


def main(argv: list[str] | None = None) -> int:
    """Build every table; 2 where a published file is missing or not as expected."""
    parser = argparse.ArgumentParser(
        description="Make the bundled tables from the published files."
    )
    parser.add_argument(
        "folder", type=Path, help="folder of the published files, one folder a source"
    )
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent, help="folder of the tables (its own)"
    )
    args = parser.parse_args(argv)
    tables = {}
    try:
        for source, build in FOLDERS.items():
            tables |= build(args.folder / source)
        write(tables, args.out)
    except OSError as error:
        print(
            f"Nothing was built: {error.filename or args.out}: {error.strerror}.", file=sys.stderr
        )
        return 2
    except (LookupError, TypeError, ValueError) as error:
        what = f"lack {error}" if isinstance(error, KeyError) else f"are not as published ({error})"
        print(f"Nothing was built: the files of {source} {what}.", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
