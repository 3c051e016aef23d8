"""``python -m bayes_scaling``: the command ``bayes-scaling``."""

from bayes_scaling.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
