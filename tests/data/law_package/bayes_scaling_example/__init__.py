"""A package that offers a law of its own."""

import bayes_scaling as bs

example_power = bs.Law(
    name="example_power",
    formula="L = E + A / C^a_C",
    inputs={"C": "FLOPs"},
    parameters=(
        bs.floor("E"),
        bs.exponent("a_C"),
        bs.amplitude("A", lambda x, p: bs.power(x["C"], -p["a_C"])),
    ),
    function=lambda x, E, A, a_C: E + A * bs.power(x["C"], -a_C),
    scale=lambda x: x["C"],
)
