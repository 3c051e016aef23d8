"""Laws that other packages offer, by entry points of the group ``bayes_scaling.laws``."""

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from bayes_scaling._core.errors import InputError
from bayes_scaling.law.law import Law

GROUP = "bayes_scaling.laws"


@cache
def offered() -> dict[str, EntryPoint]:
    """Return {name: entry point} of the laws of other packages; a name of this one's is left out.

    Nothing is imported. Of two packages with one name, the first that Python finds has it.
    """
    from bayes_scaling.models import LAWS

    found = {point.name: point for point in reversed(list(entry_points(group=GROUP)))}
    return {name: point for name, point in sorted(found.items()) if name not in LAWS}


def load_offered(name: str) -> Law:
    """Import the law of another package.

    Parameters
    ----------
    name : str
        One of ``offered()``.

    Returns
    -------
    Law

    Raises
    ------
    InputError
        The package does not import, or what it offers is no Law of that name.
    """
    point = offered()[name]
    package = point.dist.name if point.dist else point.module
    try:
        law = point.load()
    except (Exception, SystemExit) as error:  # another package's code can raise anything
        raise InputError(
            f"the law {name!r} of the package {package} cannot be imported "
            f"({type(error).__name__}: {error}); fix or remove the package"
        ) from None
    if not isinstance(law, Law) or law.name != name:
        what = f"the law {law.name!r}" if isinstance(law, Law) else f"a {type(law).__name__}"
        raise InputError(
            f"the package {package} offers {what} as the law {name!r}; its entry point "
            f"{point.value} must be a Law of that name"
        )
    return law
