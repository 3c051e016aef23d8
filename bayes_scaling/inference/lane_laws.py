"""Posteriors that HMC in lockstep may sample: see ``lane_choice``.

Written by ``tests/bench/lane_laws.py``, which states what each had to pass: do not edit.
"""

# form of the posterior: its log density at a fixed point, which changes where the law does
LANE_LAWS = {
    "chinchilla.mean, Noise log 4.0 True None, 837cf851": -1576.6331394618653,
    "over_training.mean, Noise log 4.0 False None, e543349a": -1596.7642551797298,
    "over_training.mean, Noise log 4.0 True None, 914b7b2b": -1581.0031469932524,
    "over_training.mean, Noise log None False None, e543349a": -1665.6931603929324,
    "power_law.floored, Noise log 4.0 False None, 113573b6": -1605.5504888405953,
}
