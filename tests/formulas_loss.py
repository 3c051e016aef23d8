"""The laws of loss in N, D, C and kin once more, in plain NumPy: what the laws are checked against."""

import numpy as np


def middle(r):
    """Geometric middle of the observed outcomes."""
    return np.sqrt(r["y_min"] * r["y_max"])


FORMULAS = {
    "power_law": lambda x, C_c, alpha_C: (C_c / x["C"]) ** alpha_C,
    "power_law_floor": lambda x, E, A, alpha_C: E + A / x["C"] ** alpha_C,
    "loss_frontier": lambda x, E, A, alpha_C: E + A / x["C"] ** alpha_C,
    "kaplan": lambda x, N_c, D_c, alpha_N, alpha_D: ((N_c / x["N"]) ** (alpha_N / alpha_D) + D_c / x["D"]) ** alpha_D,
    "kaplan_N": lambda x, N_c, alpha_N: (N_c / x["N"]) ** alpha_N,
    "kaplan_D": lambda x, D_c, alpha_D: (D_c / x["D"]) ** alpha_D,
    "hestness": lambda x, a, beta_g, gamma: a * x["m"] ** beta_g + gamma,
    "four_regimes": lambda x, E, c, A, alpha_D: E + c / x["D"] + A / x["D"] ** alpha_D,
    "compute_optimal_allocation": lambda x, N_0, a: N_0 * x["C"] ** a,
    "deepseek_lr": lambda x, eta_0, exponent_C: eta_0 * x["C"] ** exponent_C,
    "deepseek_batch": lambda x, B_0, exponent_C: B_0 * x["C"] ** exponent_C,
    "parallel_scaling": lambda x, E, A, k, alpha_N: E + (A / (x["N"] * (k * np.log(x["P"]) + 1))) ** alpha_N,
    "diloco": lambda x, A, alpha_N, beta_R: A * x["N"] ** alpha_N * x["R"] ** beta_R,
    "direct_downstream": lambda x, a, alpha_C: np.exp(-a / x["C"] ** alpha_C),
}
FORMULAS |= dict.fromkeys(("diloco_lr", "diloco_batch"), FORMULAS["diloco"])

PUBLISHED = {
    "power_law": lambda s, r: {"alpha_C": s["alpha_C"], "C_c": r["C"] * (s["C_c_level"] * middle(r)) ** (1 / s["alpha_C"])},
    "power_law_floor": lambda s, r: {"E": s["E_share"] * r["y_min"], "alpha_C": s["alpha_C"], "A": s["A_term"] * r["C"] ** s["alpha_C"]},
    "kaplan": lambda s, r: {
        "alpha_N": s["alpha_N"], "alpha_D": s["alpha_D"],
        "N_c": r["N"] * s["share_N"] ** (s["alpha_D"] / s["alpha_N"]) * (s["loss_level"] * middle(r)) ** (1 / s["alpha_N"]),
        "D_c": r["D"] * (1 - s["share_N"]) * (s["loss_level"] * middle(r)) ** (1 / s["alpha_D"]),
    },
    "kaplan_N": lambda s, r: {"alpha_N": s["alpha_N"], "N_c": r["N"] * (s["N_c_level"] * middle(r)) ** (1 / s["alpha_N"])},
    "kaplan_D": lambda s, r: {"alpha_D": s["alpha_D"], "D_c": r["D"] * (s["D_c_level"] * middle(r)) ** (1 / s["alpha_D"])},
    "hestness": lambda s, r: {"gamma": s["gamma_share"] * r["y_min"], "beta_g": -s["rate"], "a": s["a_term"] * r["m"] ** s["rate"]},
    "four_regimes": lambda s, r: {
        "E": s["E_share"] * r["y_min"], "alpha_D": s["alpha_D"], "c": s["c_term"] * r["D_min"], "A": s["A_term"] * r["D"] ** s["alpha_D"],
    },
    "compute_optimal_allocation": lambda s, r: {"a": s["a"], "N_0": s["N_0_level"] * middle(r) / r["C"] ** s["a"]},
    "deepseek_lr": lambda s, r: {"exponent_C": -s["rate"], "eta_0": s["eta_0_level"] * middle(r) * r["C"] ** s["rate"]},
    "deepseek_batch": lambda s, r: {"exponent_C": s["exponent_C"], "B_0": s["B_0_level"] * middle(r) / r["C"] ** s["exponent_C"]},
    "parallel_scaling": lambda s, r: {
        "E": s["E_share"] * r["y_min"], "alpha_N": s["alpha_N"], "k": s["k"],
        "A": s["A_term"] ** (1 / s["alpha_N"]) * r["N"] * (s["k"] * np.log(r["P"]) + 1),
    },
    "diloco": lambda s, r: {
        "alpha_N": s["alpha_N"], "beta_R": s["beta_R"], "A": s["A_level"] * middle(r) / (r["N"] ** s["alpha_N"] * r["R"] ** s["beta_R"]),
    },
    "direct_downstream": lambda s, r: {"alpha_C": s["alpha_C"], "a": s["a_term"] * r["C"] ** s["alpha_C"]},
}  # fmt: skip
PUBLISHED |= {"loss_frontier": PUBLISHED["power_law_floor"]} | dict.fromkeys(("diloco_lr", "diloco_batch"), PUBLISHED["diloco"])

SIGMA = dict.fromkeys(FORMULAS, 0.004)
SIGMA |= dict.fromkeys(("compute_optimal_allocation", "deepseek_lr", "deepseek_batch", "diloco_lr", "diloco_batch"), 0.1)
SIGMA |= {"parallel_scaling": 0.001, "direct_downstream": 0.03}
