"""``python -m bayes_scaling``: the command ``bayes-scaling``."""

from bayes_scaling.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
