"""The program that type checkers read uses every public name."""

import ast
from pathlib import Path

import bayes_scaling as bs

PROGRAM = Path(__file__).with_name("typed_program.py")


def test_typed_program_uses_every_public_name():
    used = {
        node.attr
        for node in ast.walk(ast.parse(PROGRAM.read_text()))
        if isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == "bs"
    }
    assert used == set(bs.__all__)
