"""The tables that ship with the package, and their sources."""

from importlib import resources


def sources():
    """The bundled tables: name -> its entry in ``sources.toml`` (title, citation, licence, columns with units)."""
    import tomllib

    return tomllib.loads(
        resources.files("bayes_scaling.data").joinpath("sources.toml").read_text(encoding="utf-8")
    )


def tables_of_runs():
    """Names of the bundled tables that hold runs; a table named _tasks describes the tasks of another."""
    return sorted(name for name in sources() if not name.endswith("_tasks"))
