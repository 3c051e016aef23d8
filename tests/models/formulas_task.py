"""Laws of tasks, translation, vision and information once more, in plain NumPy: what the laws are
checked against."""

import numpy as np

FORMULAS = {
    "loss_to_loss": lambda x, E_0, E_1, K, kappa: K * np.maximum(x["L"] - E_0, 1e-6) ** kappa + E_1,
    "ladder_task": lambda x, a, b, k, L_0: a / (1 + np.exp(-k * (x["L"] - L_0))) + b,
    "sigmoid": lambda x, S_0, S_1, C_mid, h: S_0 + (S_1 - S_0) / (1 + (C_mid / x["C"]) ** h),
    "rl_sigmoid": lambda x, R_0, A, C_mid, B: R_0 + (A - R_0) / (1 + (C_mid / x["X"]) ** B),
    "cluster_law": lambda x, g, a, b, c: g + (1 - g) * np.exp(-a * x["C"] ** -b - c),
    "passk_power": lambda x, a, b: np.exp(-a / x["k"] ** b),
    "passk_gen": lambda x, E_0, C_0, alpha_C: np.exp(-(E_0 + C_0 / x["C"] ** alpha_C)),
    "encoder_decoder": lambda x, A, p_e, p_d, L_inf: (
        A / (x["N_e"] ** p_e * x["N_d"] ** p_d) + L_inf
    ),
    "bleu_log_law": lambda x, log_A, alpha_D, beta: (
        np.maximum(log_A + alpha_D * np.log(x["D"]), 1e-6) ** beta
    ),
    "transfer": lambda x, k, alpha_F, beta_N: k * x["D_F"] ** alpha_F * x["N"] ** beta_N,
    "rl_posttraining": lambda x, K_max, N_0, X_0, s, e_0: (
        np.exp(e_0) * x["N"] ** -s * (x["X"] / X_0) ** -(K_max / (1 + N_0 / x["N"]))
    ),
    "densing": lambda x, A, B: np.exp(A * x["t"] + B),
    "superposition_width": lambda x, L_0, A, alpha_m: L_0 + A / x["m"] ** alpha_m,
    "clip_mammut": lambda x, E, A, B, alpha_C: A / (x["C"] + B) ** alpha_C + E,
    "visual_tokenizer": lambda x, L_min, lambda_C, alpha_C: (
        L_min + np.exp(lambda_C) * x["C"] ** alpha_C
    ),
    "text_to_image": lambda x, a, b: a * x["X"] ** b,
    "text_to_image_bounded": lambda x, a, b: 1 - a / x["X"] ** b,
    "video_vlm": lambda x, E, d, xi, a_N, a_T, a_V, A_N, A_T, A_V, b_N, b_T, b_V, B_N, B_T, B_V: (
        E
        + A_N / x["N"] ** a_N
        + A_T / x["T"] ** a_T
        + A_V / x["V"] ** a_V
        + (xi + B_N * x["N"] ** b_N + B_T * x["T"] ** b_T + B_V * x["V"] ** b_V) / x["n"] ** d
    ),
    "mutual_information": lambda x, lambda_I, N_c: lambda_I * np.log(x["N"] / N_c),
    "knowledge_capacity": lambda x, R, s: x["H"] * (1 + (x["H"] / (R * x["N"])) ** s) ** (-1 / s),
    "uncertainty_decay": lambda x, c, gamma: c * x["X"] ** gamma,
    "selected_loss": lambda x, a, c: np.log(np.maximum(a * x["L"] + c, 1e-3)),
    "stretched_exponential": lambda x, E, a, c, s: E + a * np.exp(-c * x["P"] ** s),
}


def _bleu(s, r):
    base = (s["mean_share"] * r["y_max"]) ** (1 / s["beta"])
    first = (s["start_share"] * s["mean_share"] * r["y_max"]) ** (1 / s["beta"])
    slope = (base - first) / (np.log(r["D"]) - np.log(r["D_min"]))
    return {"beta": s["beta"], "alpha_D": slope, "log_A": base - slope * np.log(r["D"])}


def _post(s, r):
    K_max, X_0 = s["rate"] * (1 + s["N_0"] / r["N"]), s["start"] * r["X"]
    return {
        "N_0": s["N_0"],
        "K_max": K_max,
        "X_0": X_0,
        "s": s["s"],
        "e_0": np.log(s["first"])
        + K_max / (1 + s["N_0"] / r["N_min"]) * np.log(r["X_min"] / X_0)
        + s["s"] * np.log(r["N_min"]),
    }


def _video(s, r):
    at_least = {
        name: s[f"{name}_share"] * r["y_max"]
        for name in ("xi", "A_N", "A_T", "A_V", "B_N", "B_T", "B_V")
    }
    p = {"E": s["E_share"] * r["y_min"], "d": s["d"], "xi": at_least["xi"] * r["n_min"] ** s["d"]}
    for k in "NTV":
        p |= {
            f"a_{k}": s[f"a_{k}"],
            f"b_{k}": s[f"b_{k}"],
            f"A_{k}": at_least[f"A_{k}"] * r[f"{k}_min"] ** s[f"a_{k}"],
            f"B_{k}": at_least[f"B_{k}"] * r["n_min"] ** s["d"] / r[f"{k}_min"] ** s[f"b_{k}"],
        }
    return p


PUBLISHED = {
    "loss_to_loss": lambda s, r: {
        "E_0": s["E_0_share"] * r["L_min"],
        "E_1": s["level"] * r["y_min"]
        - s["slope"] / s["kappa"] * (r["L"] - s["E_0_share"] * r["L_min"]),
        "kappa": s["kappa"],
        "K": s["slope"] / s["kappa"] / (r["L"] - s["E_0_share"] * r["L_min"]) ** (s["kappa"] - 1),
    },
    "ladder_task": lambda s, r: {
        "b": s["b"],
        "a": s["reach"] * (1 - s["b"]),
        "L_0": s["middle"] * r["L"],
        "k": -s["steepness"] / r["L"],
    },
    "sigmoid": lambda s, r: {
        "S_0": s["S_0"],
        "S_1": s["S_0"] + s["reach"] * (1 - s["S_0"]),
        "C_mid": s["middle"] * r["C"],
        "h": s["h"],
    },
    "rl_sigmoid": lambda s, r: {
        "R_0": s["R_0"],
        "A": s["R_0"] + s["reach"] * (1 - s["R_0"]),
        "C_mid": s["middle"] * r["X"],
        "B": s["B"],
    },
    "cluster_law": lambda s, r: {
        "g": s["g"],
        "c": -np.log(s["ceiling"]),
        "b": s["b"],
        "a": s["a_term"] * r["C"] ** s["b"],
    },
    "passk_power": lambda s, r: {"b": s["b"], "a": s["a_term"] * r["k"] ** s["b"]},
    "passk_gen": lambda s, r: {
        "E_0": s["E_0"],
        "alpha_C": s["alpha_C"],
        "C_0": s["C_0_term"] * r["C"] ** s["alpha_C"],
    },
    "encoder_decoder": lambda s, r: {
        "L_inf": s["L_inf_share"] * r["y_min"],
        "p_e": s["p_e"],
        "p_d": s["p_d"],
        "A": s["A_term"] * r["N_e"] ** s["p_e"] * r["N_d"] ** s["p_d"],
    },
    "bleu_log_law": _bleu,
    "transfer": lambda s, r: {
        "alpha_F": s["alpha_F"],
        "beta_N": s["beta_N"],
        "k": s["k_share"]
        * np.sqrt(r["y_min"] * r["y_max"])
        / (r["D_F"] ** s["alpha_F"] * r["N"] ** s["beta_N"]),
    },
    "rl_posttraining": _post,
    "densing": lambda s, r: {
        "A": np.log(2) / s["doubling"],
        "B": np.log(s["middle"]) - np.log(2) / s["doubling"] * r["t"],
    },
    "superposition_width": lambda s, r: {
        "L_0": s["L_0_share"] * r["y_min"],
        "alpha_m": s["alpha_m"],
        "A": s["A_term"] * r["m"] ** s["alpha_m"],
    },
    "clip_mammut": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_C": s["alpha_C"],
        "B": s["shift"] * r["C_min"],
        "A": s["start"]
        * (1 - s["E_share"] * r["y_min"])
        * ((1 + s["shift"]) * r["C_min"]) ** s["alpha_C"],
    },
    "visual_tokenizer": lambda s, r: {
        "L_min": s["L_min_share"] * r["y_min"],
        "alpha_C": -s["rate"],
        "lambda_C": np.log(s["term_share"] * r["y_max"]) + s["rate"] * np.log(r["C_min"]),
    },
    "text_to_image": lambda s, r: {
        "b": s["b"],
        "a": s["a_share"] * np.sqrt(r["y_min"] * r["y_max"]) / r["X"] ** s["b"],
    },
    "text_to_image_bounded": lambda s, r: {"b": s["b"], "a": s["missing"] * r["X_min"] ** s["b"]},
    "video_vlm": _video,
    "mutual_information": lambda s, r: {
        "lambda_I": s["lambda_I"],
        "N_c": r["N_min"] / np.exp(s["least"] / s["lambda_I"]),
    },
    "knowledge_capacity": lambda s, r: {"R": s["R"], "s": s["s"]},
    "uncertainty_decay": lambda s, r: {
        "gamma": -s["rate"],
        "c": s["c_share"] * r["y_max"] * r["X_min"] ** s["rate"],
    },
    "selected_loss": lambda s, r: {
        "a": -s["gain"] * s["level"] * np.exp(r["y_min"]),
        "c": s["level"] * np.exp(r["y_min"]) * (1 + s["gain"] * r["L"]),
    },
    "stretched_exponential": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "a": s["start"] * (1 - s["E_share"] * r["y_min"]),
        "s": s["s"],
        "c": s["decay"] / r["P"] ** s["s"],
    },
}

SIGMA = {  # on the scale of the link
    "loss_to_loss": 0.003,
    "ladder_task": 0.04,
    "sigmoid": 0.05,
    "rl_sigmoid": 0.03,
    "cluster_law": 0.05,
    "passk_power": 0.03,
    "passk_gen": 0.05,
    "encoder_decoder": 0.003,
    "bleu_log_law": 0.3,
    "transfer": 0.2,
    "rl_posttraining": 0.05,
    "densing": 0.3,
    "superposition_width": 0.005,
    "clip_mammut": 0.03,
    "visual_tokenizer": 0.03,
    "text_to_image": 0.02,
    "text_to_image_bounded": 0.02,
    "video_vlm": 0.05,
    "mutual_information": 0.01,
    "knowledge_capacity": 0.03,
    "uncertainty_decay": 0.05,
    "stretched_exponential": 0.05,
    "selected_loss": 0.005,
}

# laws some of whose parameters rest on their priors on the example: their intervals cover the
# true value more often than their nominal probability
WEAK = {"loss_to_loss", "rl_posttraining", "video_vlm"}
