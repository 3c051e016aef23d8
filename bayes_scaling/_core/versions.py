"""The versions of the packages that a result depends on."""

from importlib.metadata import version

_PACKAGES = ("bayes-scaling", "jax", "numpyro", "blackjax", "numpy")


def versions() -> dict[str, str]:
    """{package: version} of what the draws depend on."""
    return {name: version(name) for name in _PACKAGES}
