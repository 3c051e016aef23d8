"""``python -m bayes_scaling``: the command ``bayes-scaling``."""

from bayes_scaling.cli.main import run_program

if __name__ == "__main__":
    run_program()
