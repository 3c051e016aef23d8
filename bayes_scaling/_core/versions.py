"""The versions of the packages that a result depends on."""

from importlib.metadata import version


def versions():
    """{package: version} of what the draws depend on."""
    return {
        name: version(name) for name in ("bayes-scaling", "jax", "numpyro", "blackjax", "numpy")
    }
