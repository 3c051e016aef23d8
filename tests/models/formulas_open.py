"""Laws of domains, difficulty groups, choices and branched runs once more, in plain NumPy."""

import numpy as np
from scipy.special import expit, logit, ndtr

WORDS = ("web", "code")  # beside the reference domain, books


def hinge(v):
    return 0.3 * np.logaddexp(0, v / 0.3)


def rise(C, s_1, s_2, k):
    return s_1 * np.log10(C) + (s_2 - s_1) * hinge(np.log10(C) - k)


def terms(C, p):
    return p["A_w"] / C ** p["alpha_w"] - p["A_c"] / C ** p["alpha_c"]


def slope(x, p):
    return p["b_0"] + sum(p[f"b_{n}"] * x[f"w_{n}"] + p[f"q_{n}"] * x[f"w_{n}"] ** 2 for n in WORDS)


def chinchilla(x, E, A, B, alpha_N, alpha_D):
    return E + A / x["N"] ** alpha_N + B / x["D"] ** alpha_D


def looped(x, phi):
    return x["N_1"] + x["r"] ** phi * x["N_r"]


def rosenfeld(x, epsilon_0, eta, alpha_n, alpha_m, a, b, c):
    e = a / x["n"] ** alpha_n + b / x["m"] ** alpha_m + c
    return epsilon_0 * np.abs(e / (e - 1j * eta))


FORMULAS = {
    "looped_depth": lambda x, E, A, B, alpha_N, alpha_D, phi: (
        E + A / looped(x, phi) ** alpha_N + B / x["D"] ** alpha_D
    ),
    "model_merging": lambda x, L_0, B, A_0, beta_N, gamma_N, b: (
        L_0 + B / x["N"] ** beta_N + A_0 / x["N"] ** gamma_N / (x["k"] + b)
    ),
    "context_length": lambda x, L_inf, c_0, beta_c: L_inf + (c_0 / x["c"]) ** beta_c,
    "rosenfeld": rosenfeld,
    "wsd_chinchilla": chinchilla,
    "autoscale": lambda x, a, b, c: (x["x"] + a) ** -b + c,
    "autoscale_domain": lambda x, A, s: A * x["T"] ** s,
    "projektor": lambda x, **p: (
        p["c_0"] + sum(p[f"c_{n}"] * x[f"w_{n}"] for n in WORDS) + x["distance"] * slope(x, p)
    ),
    "projektor_size": lambda x, c_0, c_1: c_0 + c_1 * np.log(x["m"]),
    "slice_brier": lambda x, f_0, s_1, s_2, k: expit(f_0 + rise(x["C"], s_1, s_2, k)),
    "brier_accuracy": lambda x, i, s: -(x["B"] + i) / s,
    "recommender_data": lambda x, L_inf, A, alpha_D: L_inf + A / x["D"] ** alpha_D,
    "choice_probability": lambda x, margin, **p: expit(margin + terms(x["C"], p)),
    "choice_accuracy": lambda x, b, s: ndtr((logit(x["p_choices"]) - b) / s),
}


def projektor(s, r):
    p = {f"c_{n}": s[f"c_{n}"] for n in WORDS}
    for kind in "bq":
        p |= {f"{kind}_{n}": s[f"{kind}_{n}_gain"] / r["distance"] for n in WORDS}
    p["b_0"] = s["gain"] / r["distance"] - slope(r, p | {"b_0": 0.0})
    linear = sum(p[f"c_{n}"] * r[f"w_{n}"] for n in WORDS)
    return p | {"c_0": s["level"] - linear - s["gain"]}


def projektor_size(s, r):
    c_1 = (s["last"] - s["first"]) / np.log(r["m_max"] / r["m_min"])
    return {"c_1": c_1, "c_0": s["first"] - c_1 * np.log(r["m_min"])}


def slice_brier(s, r):
    low, high = np.log10(r["C_min"]), np.log10(r["C_max"])
    k = low + s["place"] * (high - low)
    f_0 = logit(s["level"]) - rise(r["C"], s["s_1"], s["s_2"], k)
    return {"s_1": s["s_1"], "s_2": s["s_2"], "k": k, "f_0": f_0}


def choice_probability(s, r):
    p = {n: s[n] for n in ("alpha_c", "alpha_w")}
    p |= {f"A_{n}": s[f"A_{n}_term"] * r["C"] ** s[f"alpha_{n}"] for n in "cw"}
    return p | {"margin": logit(s["level"]) + s["A_c_term"] - s["A_w_term"]}


PUBLISHED = {
    "looped_depth": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        **{n: s[n] for n in ("alpha_N", "alpha_D", "phi")},
        "A": s["A_term"] * looped(r, s["phi"]) ** s["alpha_N"],
        "B": s["B_term"] * r["D"] ** s["alpha_D"],
    },
    "model_merging": lambda s, r: {
        "L_0": s["L_0_share"] * r["y_min"],
        **{n: s[n] for n in ("beta_N", "gamma_N", "b")},
        "B": s["B_term"] * r["N"] ** s["beta_N"],
        "A_0": s["A_0_term"] * r["N"] ** s["gamma_N"] * (r["k"] + s["b"]),
    },
    "context_length": lambda s, r: {
        "L_inf": s["L_inf_share"] * r["y_min"],
        "beta_c": s["beta_c"],
        "c_0": r["c"] * s["context_term"] ** (1 / s["beta_c"]),
    },
    "rosenfeld": lambda s, r: {
        **{n: s[n] for n in ("epsilon_0", "eta", "alpha_n", "alpha_m", "c")},
        "a": s["a_term"] * r["n"] ** s["alpha_n"],
        "b": s["b_term"] * r["m"] ** s["alpha_m"],
    },
    "wsd_chinchilla": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_N": s["alpha_N"],
        "alpha_D": s["alpha_D"],
        "A": s["A_term"] * r["N"] ** s["alpha_N"],
        "B": s["B_term"] * r["D"] ** s["alpha_D"],
    },
    "autoscale": lambda s, r: {"a": s["a"], "b": s["b"], "c": s["c_share"] * r["y_min"]},
    "autoscale_domain": lambda s, r: {
        "s": s["s"],
        "A": s["A_level"] * np.sqrt(r["y_min"] * r["y_max"]) / r["T"] ** s["s"],
    },
    "projektor": projektor,
    "projektor_size": projektor_size,
    "slice_brier": slice_brier,
    "brier_accuracy": lambda s, r: {
        "s": 1 / s["loss_of_accuracy"],
        "i": -r["B"] - s["level"] / s["loss_of_accuracy"],
    },
    "recommender_data": lambda s, r: {
        "L_inf": s["L_inf_share"] * r["y_min"],
        "alpha_D": s["alpha_D"],
        "A": s["A_term"] * r["D"] ** s["alpha_D"],
    },
    "choice_probability": choice_probability,
    "choice_accuracy": lambda s, r: {"b": s["b"], "s": s["s"]},
}

SIGMA = {
    "looped_depth": 0.003,
    "model_merging": 0.003,
    "context_length": 0.001,
    "rosenfeld": 0.03,
    "wsd_chinchilla": 0.003,
    "autoscale": 0.001,
    "autoscale_domain": 0.05,
    "projektor": 0.01,
    "projektor_size": 0.01,
    "slice_brier": 0.05,
    "brier_accuracy": 0.01,
    "recommender_data": 0.003,
    "choice_probability": 0.03,
    "choice_accuracy": 0.05,
}

# laws some of whose parameters rest on their priors on the example
WEAK = {"choice_probability", "model_merging", "rosenfeld"}
