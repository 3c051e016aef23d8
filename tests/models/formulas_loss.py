"""The laws of loss in N, D, C and kin once more, in plain NumPy: what the laws are checked
against."""

import numpy as np


def n_effective(x, g_w, g_a, g_kv):
    """Parameters that precision leaves."""
    return (
        x["N"]
        * (1 - np.exp(-x["P_w"] / g_w))
        * (1 - np.exp(-x["P_a"] / g_a))
        * (1 - np.exp(-x["P_kv"] / g_kv))
    )


def bounded(x, E, L_0, a, b, c, alpha_N, alpha_D, gamma, delta):
    h = a / x["N"] ** alpha_N + b / x["D"] ** alpha_D + c * x["N"] ** gamma / x["U"] ** delta
    return E + (L_0 - E) * h / (1 + h)


def saturated(X, E_start, E_max):
    """Count of experts that saturates on both sides."""
    return 1 / (1 / (X - 1 + (1 / E_start - 1 / E_max) ** -1) + 1 / E_max)


def middle(r):
    """Geometric middle of the observed outcomes."""
    return np.sqrt(r["y_min"] * r["y_max"])


FORMULAS = {
    "power_law": lambda x, C_c, alpha_C: (C_c / x["C"]) ** alpha_C,
    "power_law_floor": lambda x, E, A, alpha_C: E + A / x["C"] ** alpha_C,
    "loss_frontier": lambda x, E, A, alpha_C: E + A / x["C"] ** alpha_C,
    "kaplan": lambda x, N_c, D_c, alpha_N, alpha_D: (
        ((N_c / x["N"]) ** (alpha_N / alpha_D) + D_c / x["D"]) ** alpha_D
    ),
    "kaplan_N": lambda x, N_c, alpha_N: (N_c / x["N"]) ** alpha_N,
    "kaplan_D": lambda x, D_c, alpha_D: (D_c / x["D"]) ** alpha_D,
    "hestness": lambda x, a, beta_g, gamma: a * x["m"] ** beta_g + gamma,
    "four_regimes": lambda x, E, c, A, alpha_D: E + c / x["D"] + A / x["D"] ** alpha_D,
    "compute_optimal_allocation": lambda x, N_0, a: N_0 * x["C"] ** a,
    "isoflop": lambda x, L_min, N_opt, kappa_N, skew: (
        L_min * np.exp(kappa_N / 2 * np.log(x["N"] / N_opt) ** 2 * (x["N"] / N_opt) ** skew)
    ),
    "deepseek_lr": lambda x, eta_0, b: eta_0 * x["C_attn"] ** b,
    "deepseek_batch": lambda x, B_0, b: B_0 * x["C_attn"] ** b,
    "parallel_scaling": lambda x, E, A, k, alpha_N: (
        E + (A / (x["N"] * (k * np.log(x["P"]) + 1))) ** alpha_N
    ),
    "diloco": lambda x, A, alpha_N, beta_R: A * x["N"] ** alpha_N * x["R"] ** beta_R,
    "direct_downstream": lambda x, a, alpha_C: np.exp(-a / x["C"] ** alpha_C),
    "moe_sparsity": lambda x, e, a, b, c, d, alpha_N, alpha_D, lambda_S, delta_S, gamma_N: (
        e
        + a / x["N"] ** alpha_N
        + b / x["D"] ** alpha_D
        + c / (1 - x["S"]) ** lambda_S
        + d / ((1 - x["S"]) ** delta_S * x["N"] ** gamma_N)
    ),
    "dense_moe_joint": lambda x, E, A, B, alpha_N, alpha_D, gamma: (
        E + A / (x["N"] ** alpha_N * x["X"] ** gamma) + B / x["D"] ** alpha_D
    ),
    "fine_grained_moe": lambda x, c, a, b, g, alpha_N, alpha_D, gamma: (
        c + (g / x["G"] ** gamma + a) / x["N"] ** alpha_N + b / x["D"] ** alpha_D
    ),
    "routed": lambda x, a, b, c, d, E_start, E_max: (
        10
        ** (
            a * np.log10(x["N"])
            + b * np.log10(saturated(x["X"], E_start, E_max))
            + c * np.log10(x["N"]) * np.log10(saturated(x["X"], E_start, E_max))
            + d
        )
    ),
    "precision_train": lambda x, E, A, B, alpha_N, alpha_D, g_w, g_a, g_kv: (
        E + A / n_effective(x, g_w, g_a, g_kv) ** alpha_N + B / x["D"] ** alpha_D
    ),
    "precision_ptq": lambda x, C_T, g_D, g_N, g_P: (
        C_T * x["D"] ** g_D / x["N"] ** g_N * np.exp(-x["P"] / g_P)
    ),
    "algorithmic_progress": lambda x, E, A, B, alpha_N, alpha_D, rate_N, rate_D: (
        E
        + A / (x["N"] ** alpha_N * np.exp(rate_N * (x["year"] - 2012)))
        + B / (x["D"] ** alpha_D * np.exp(rate_D * (x["year"] - 2012)))
    ),
    "farseer": lambda x, a1, b1, g1, a2, b2, g2, a3, b3, g3: (
        np.exp(a3 * x["N"] ** g3 + b3)
        + np.exp(a2 * x["N"] ** g2 + b2) * x["D"] ** -np.exp(a1 * x["N"] ** g1 + b1)
    ),
    "bounded_data_constrained": bounded,
}
FORMULAS |= dict.fromkeys(("diloco_lr", "diloco_batch"), FORMULAS["diloco"])


def farseer(s, N, log_D, least):
    """Value h and slope h' in log N at the mean size give a = h' / (g N^g) and b = h - h' / g."""
    data = s["data_exponent"]
    slopes = (
        s["slope_exponent"],
        s["slope_term"] + data * s["slope_exponent"] * log_D,
        s["slope_limit"],
    )
    values = (
        np.log(data),
        np.log(s["data_share"] * least) + data * log_D,
        np.log(s["limit_share"] * least),
    )
    p = {}
    for i, (slope, value) in enumerate(zip(slopes, values), 1):
        g = s[f"g{i}"]
        p |= {f"g{i}": g, f"a{i}": slope / (g * N**g), f"b{i}": value - slope / g}
    return p


def routed(s, r):
    """A line in the logs of size and saturated experts, through the mean training run."""
    size, experts = np.log10(r["N"]), np.log10(saturated(r["X"], s["E_start"], s["E_max"]))
    return {
        **{name: s[name] for name in ("c", "E_start", "E_max")},
        "a": s["slope_a"] - s["c"] * experts,
        "b": s["slope_b"] - s["c"] * size,
        "d": np.log10(np.exp(s["middle"]) * middle(r))
        - s["slope_a"] * size
        - s["slope_b"] * experts
        + s["c"] * size * experts,
    }


PUBLISHED = {
    "power_law": lambda s, r: {
        "alpha_C": s["alpha_C"],
        "C_c": r["C"] * (s["C_c_level"] * middle(r)) ** (1 / s["alpha_C"]),
    },
    "power_law_floor": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_C": s["alpha_C"],
        "A": s["A_term"] * r["C"] ** s["alpha_C"],
    },
    "kaplan": lambda s, r: {
        "alpha_N": s["alpha_N"],
        "alpha_D": s["alpha_D"],
        "N_c": r["N"]
        * s["share_N"] ** (s["alpha_D"] / s["alpha_N"])
        * (s["loss_level"] * middle(r)) ** (1 / s["alpha_N"]),
        "D_c": r["D"] * (1 - s["share_N"]) * (s["loss_level"] * middle(r)) ** (1 / s["alpha_D"]),
    },
    "kaplan_N": lambda s, r: {
        "alpha_N": s["alpha_N"],
        "N_c": r["N"] * (s["N_c_level"] * middle(r)) ** (1 / s["alpha_N"]),
    },
    "kaplan_D": lambda s, r: {
        "alpha_D": s["alpha_D"],
        "D_c": r["D"] * (s["D_c_level"] * middle(r)) ** (1 / s["alpha_D"]),
    },
    "hestness": lambda s, r: {
        "gamma": s["gamma_share"] * r["y_min"],
        "beta_g": -s["rate"],
        "a": s["a_term"] * r["m"] ** s["rate"],
    },
    "four_regimes": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_D": s["alpha_D"],
        "c": s["c_term"] * r["D_min"],
        "A": s["A_term"] * r["D"] ** s["alpha_D"],
    },
    "compute_optimal_allocation": lambda s, r: {
        "a": s["a"],
        "N_0": s["N_0_level"] * middle(r) / r["C"] ** s["a"],
    },
    "isoflop": lambda s, r: {
        "N_opt": s["N_opt_ratio"] * r["N"],
        "L_min": s["L_min_ratio"] * r["y_min"],
        "kappa_N": s["kappa_N"],
        "skew": s["skew"],
    },
    "deepseek_lr": lambda s, r: {
        "b": -s["rate"],
        "eta_0": s["eta_0_level"] * middle(r) * r["C_attn"] ** s["rate"],
    },
    "deepseek_batch": lambda s, r: {
        "b": s["b"],
        "B_0": s["B_0_level"] * middle(r) / r["C_attn"] ** s["b"],
    },
    "parallel_scaling": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_N": s["alpha_N"],
        "k": s["k"],
        "A": s["A_term"] ** (1 / s["alpha_N"]) * r["N"] * (s["k"] * np.log(r["P"]) + 1),
    },
    "diloco": lambda s, r: {
        "alpha_N": s["alpha_N"],
        "beta_R": s["beta_R"],
        "A": s["A_level"] * middle(r) / (r["N"] ** s["alpha_N"] * r["R"] ** s["beta_R"]),
    },
    "direct_downstream": lambda s, r: {
        "alpha_C": s["alpha_C"],
        "a": s["a_term"] * r["C"] ** s["alpha_C"],
    },
    "moe_sparsity": lambda s, r: {
        "e": (1 - s["c_share"]) * s["still_share"] * r["y_min"],
        "c": s["c_share"] * s["still_share"] * r["y_min"] * (1 - r["S"]) ** s["lambda_S"],
        "a": s["a_term"] * r["N"] ** s["alpha_N"],
        "b": s["b_term"] * r["D"] ** s["alpha_D"],
        "d": s["d_term"] * (1 - r["S"]) ** s["delta_S"] * r["N"] ** s["gamma_N"],
        **{name: s[name] for name in ("alpha_N", "alpha_D", "lambda_S", "delta_S", "gamma_N")},
    },
    "dense_moe_joint": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_N": s["alpha_N"],
        "alpha_D": s["alpha_D"],
        "gamma": s["gamma"],
        "A": s["A_term"] * r["N"] ** s["alpha_N"] * r["X"] ** s["gamma"],
        "B": s["B_term"] * r["D"] ** s["alpha_D"],
    },
    "fine_grained_moe": lambda s, r: {
        "c": s["c_share"] * r["y_min"],
        "alpha_N": s["alpha_N"],
        "alpha_D": s["alpha_D"],
        "gamma": s["gamma"],
        "b": s["b_term"] * r["D"] ** s["alpha_D"],
        "a": s["N_term"] * (1 - s["g_share"]) * r["N"] ** s["alpha_N"],
        "g": s["N_term"] * s["g_share"] * r["N"] ** s["alpha_N"] * r["G_min"] ** s["gamma"],
    },
    "routed": lambda s, r: routed(s, r),
    "precision_train": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "B": s["B_term"] * r["D"] ** s["alpha_D"],
        "A": s["A_term"] * n_effective(r, s["g_w"], s["g_a"], s["g_kv"]) ** s["alpha_N"],
        **{name: s[name] for name in ("alpha_N", "alpha_D", "g_w", "g_a", "g_kv")},
    },
    "precision_ptq": lambda s, r: {
        "C_T": s["C_T_level"]
        * middle(r)
        * r["N"] ** s["g_N"]
        / r["D"] ** s["g_D"]
        * np.exp(r["P"] / s["g_P"]),
        "g_D": s["g_D"],
        "g_N": s["g_N"],
        "g_P": s["g_P"],
    },
    "algorithmic_progress": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        **{name: s[name] for name in ("alpha_N", "alpha_D", "rate_N", "rate_D")},
        "A": s["A_term"] * r["N"] ** s["alpha_N"] * np.exp(s["rate_N"] * (r["year"] - 2012)),
        "B": s["B_term"] * r["D"] ** s["alpha_D"] * np.exp(s["rate_D"] * (r["year"] - 2012)),
    },
    "farseer": lambda s, r: farseer(s, r["N"], np.log(r["D"]), r["y_min"]),
    "bounded_data_constrained": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "a": s["a_term"] * r["N"] ** s["alpha_N"],
        "b": s["b_term"] * r["D"] ** s["alpha_D"],
        "c": s["c_term"] * r["U"] ** s["delta"] / r["N"] ** s["gamma"],
        **{name: s[name] for name in ("L_0", "alpha_N", "alpha_D", "gamma", "delta")},
    },
}
PUBLISHED |= {"loss_frontier": PUBLISHED["power_law_floor"]} | dict.fromkeys(
    ("diloco_lr", "diloco_batch"), PUBLISHED["diloco"]
)

SIGMA = dict.fromkeys(FORMULAS, 0.004)
SIGMA |= dict.fromkeys(
    ("compute_optimal_allocation", "deepseek_lr", "deepseek_batch", "diloco_lr", "diloco_batch"),
    0.1,
)
SIGMA |= {
    "parallel_scaling": 0.001,
    "direct_downstream": 0.03,
    "precision_ptq": 0.1,
    "algorithmic_progress": 0.005,
    "precision_train": 0.002,
    "farseer": 0.002,
}
