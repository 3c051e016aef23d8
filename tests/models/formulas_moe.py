"""Laws of experts, quantization, settings and mixtures once more, in plain NumPy."""

import numpy as np
from formulas_loss import saturated
from formulas_special import base_published, last_axis

DOMAINS = ("web", "code", "books")


def middle(r):
    """Geometric middle of the observed outcomes."""
    return np.sqrt(r["y_min"] * r["y_max"])


def psi(v, s):
    return (np.exp(s * v) - 1 - s * v) / s**2


def lr_batch(x, k, A, B, alpha_N, alpha_D, a, b, eta_0, c, B_0, r, q, kappa_u, s_u, g, **rest):
    y = np.log(x["batch"] / (B_0 * x["D"] ** c))
    u = np.log(x["lr"] / (eta_0 * x["N"] ** a * x["D"] ** b)) - r * y - q * y**2
    best = (A / x["N"] ** alpha_N + B / x["D"] ** alpha_D) ** k
    return best * (
        1 + kappa_u * np.exp(g * y) * psi(u, s_u) + rest["kappa_y"] * psi(y, rest["s_y"])
    )


def joint_moe(x, a, alpha_N, delta, gamma, b, beta_D, omega, zeta, E_start, E_max, c):
    X = saturated(x["X"], E_start, E_max)
    return (
        a * X**delta * x["N_a"] ** (alpha_N + gamma * np.log(X))
        + b * X**omega * x["D"] ** (beta_D + zeta * np.log(X))
        + c
    )


def five(x, e, f, m, n, k, h, a, b, c, alpha_N, alpha_D, epsilon):
    weight = x["N"] ** -alpha_N + k * x["N_a"] ** -alpha_N + h * x["N_a"] / x["N"]
    return (
        (e * x["G"] + f / x["G"] + m * x["S"] ** 2 + n * x["S"]) * weight
        + a / x["N"] ** alpha_N
        + b / x["D"] ** alpha_D
        + c / x["N_a"] ** alpha_N
        + epsilon
    )


def mixture(x, p):
    return 1 / sum(p[f"C_{n}"] * x[f"w_{n}"] ** p[f"gamma_{n}"] for n in DOMAINS)


def functional_schedule(x, L0, A, c2, c3, c4, alpha_S, gamma):
    c3, c4, s, g = last_axis(c3, c4, alpha_S, gamma)
    earlier = np.maximum(x["S1"][..., None] - x["since"], 1e-12)
    arrived = 1 - (1 + c4 * x["since"]) ** -g
    gained = (x["drop"] * (c3 + earlier**-s) * arrived).sum(axis=-1)
    return L0 + A / x["S1"] ** alpha_S - c2 * gained


FORMULAS = {
    "repetition_penalty": lambda x, E, A, B, c, alpha_N, alpha_D, gamma: (
        E
        + A / x["N"] ** alpha_N
        + B / x["D"] ** alpha_D
        + c
        * (x["N"] / np.minimum(x["U"], x["D"])) ** gamma
        * np.log(x["D"] / np.minimum(x["U"], x["D"])) ** 2
    ),
    "functional_schedule": functional_schedule,
    "step_lr": lambda x, eta_0, a, b: eta_0 * x["N"] ** a * x["D"] ** b,
    "step_batch": lambda x, B_0, c: B_0 * x["D"] ** c,
    "lr_batch": lr_batch,
    "routed_floor": lambda x, E, a, b, c, d, E_start, E_max: (
        E
        + np.exp(d) * x["N"] ** -a * saturated(x["X"], E_start, E_max) ** (-b + c * np.log(x["N"]))
    ),
    "joint_moe": joint_moe,
    "efficiency_leverage": lambda x, a, d, gamma, beta_G, A_start: (
        (x["A"] + A_start)
        ** (a + d * np.log10(x["C"]) + gamma * np.log2(x["G"]) ** 2 + beta_G * np.log2(x["G"]))
    ),
    "moe_five_factor": five,
    "ptq_tokens": lambda x, k, g_D, g_N, g_P: k * x["D"] ** g_D / (x["N"] ** g_N * x["P"] ** g_P),
    "qat": lambda x, k, g_D, g_N, g_G: k * x["D"] ** g_D * np.log2(x["G"]) ** g_G / x["N"] ** g_N,
    "mixture_additive": lambda x, **p: (
        p["E"] + mixture(x, p) + p["A"] / x["N"] ** p["alpha_N"] + p["B"] / x["D"] ** p["alpha_D"]
    ),
    "mixture_size": lambda x, **p: p["E"] + mixture(x, p) + p["A"] / x["N"] ** p["alpha_N"],
    "sparse_upcycling": lambda x, E, A, B, alpha_N, alpha_D, mu_P, lambda_P: (
        E
        + A
        * x["N_active"] ** -alpha_N
        * x["P"] ** -(lambda_P + mu_P * np.log(x["N_active"] / x["N_dense"]))
        + B / x["D2"] ** alpha_D
    ),
}


def coupled(s, r):
    inner = s["reducible"] ** (1 / s["k"])
    alpha_N, alpha_D = s["slope_N"] / s["k"], s["slope_D"] / s["k"]
    return {
        "k": s["k"],
        "alpha_N": alpha_N,
        "alpha_D": alpha_D,
        "A": s["share_N"] * inner * r["N"] ** alpha_N,
        "B": (1 - s["share_N"]) * inner * r["D"] ** alpha_D,
    }


def take(s, *names):
    return {name: s[name] for name in names}


def joint_published(s, r):
    k = np.log(saturated(r["X"], s["E_start"], s["E_max"]))
    N_term, D_term = (
        np.exp(s[f"gain_{name}"] * k - s[f"slope_{slope}"] * np.log(r[size]))
        for name, slope, size in (("delta", "alpha_N", "N_a"), ("omega", "beta_D", "D"))
    )
    return {
        **take(s, "E_start", "E_max", "gamma", "zeta"),
        "alpha_N": -s["slope_alpha_N"] - s["gamma"] * k,
        "beta_D": -s["slope_beta_D"] - s["zeta"] * k,
        "delta": s["gain_delta"] - s["gamma"] * np.log(r["N_a"]),
        "omega": s["gain_omega"] - s["zeta"] * np.log(r["D"]),
        "c": s["c_share"] * r["y_min"],
        # at the mean run the interaction is counted twice: in the exponent of size and of experts
        "a": s["a_term"] / (N_term * np.exp(-s["gamma"] * k * np.log(r["N_a"]))),
        "b": s["b_term"] / (D_term * np.exp(-s["zeta"] * k * np.log(r["D"]))),
    }


def five_published(s, r):
    weight = (
        r["N"] ** -s["alpha_N"] + s["k"] * r["N_a"] ** -s["alpha_N"] + s["h"] * r["N_a"] / r["N"]
    )
    m = s["shared"] / weight
    return {
        **take(s, "alpha_N", "alpha_D", "k", "h"),
        "e": s["grain"] / 2 / weight / s["G_best"],
        "f": s["grain"] / 2 / weight * s["G_best"],
        "m": m,
        "n": -2 * m * s["S_best"],
        "epsilon": s["epsilon_share"] * r["y_min"],
        "a": s["a_term"] * r["N"] ** s["alpha_N"],
        "b": s["b_term"] * r["D"] ** s["alpha_D"],
        "c": s["c_term"] * r["N_a"] ** s["alpha_N"],
    }


def mixture_published(s, r):
    return {
        "E": s["E_share"] * r["y_min"],
        **{f"gamma_{n}": s[f"gamma_{n}"] for n in DOMAINS},
        **{f"C_{n}": s[f"help_{n}"] / r[f"w_{n}"] ** s[f"gamma_{n}"] for n in DOMAINS},
        "alpha_N": s["alpha_N"],
        "A": s["A_term"] * r["N"] ** s["alpha_N"],
    }


def leverage_published(s, r):
    grain = np.log2(r["G"])
    beta_G = s["slope_G"] - 2 * s["gamma"] * grain
    return {
        **take(s, "A_start", "gamma", "d"),
        "beta_G": beta_G,
        "a": s["power_A"] - s["d"] * np.log10(r["C"]) - s["gamma"] * grain**2 - beta_G * grain,
    }


def routed_published(s, r):
    k = np.log(saturated(r["X"], s["E_start"], s["E_max"]))
    a, b = s["slope_N"] + s["c"] * k, s["slope_X"] + s["c"] * np.log(r["N"])
    return {
        **take(s, "E_start", "E_max", "c"),
        "b": b,
        "E": s["E_share"] * r["y_min"],
        "a": a,
        "d": np.log(s["reducible"]) + a * np.log(r["N"]) + b * k - s["c"] * np.log(r["N"]) * k,
    }


PUBLISHED = {
    "repetition_penalty": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        **take(s, "alpha_N", "alpha_D", "gamma"),
        "A": s["A_term"] * r["N"] ** s["alpha_N"],
        "B": s["B_term"] * r["D"] ** s["alpha_D"],
        "c": s["penalty"] / np.log(10) ** 2 * (r["U"] / r["N"]) ** s["gamma"],
    },
    "functional_schedule": lambda s, r: {
        **base_published(s, r),
        "gamma": s["gamma"],
        "c4": (2 ** (1 / s["gamma"]) - 1) / (s["half"] * r["S1"]),
        "c3": s["steady"] / (1 - s["steady"]) / r["S1"] ** s["alpha_S"],
        "c2": s["gain"] * (1 - s["steady"]) * r["S1"] ** s["alpha_S"] / r["drop_max"],
    },
    "step_lr": lambda s, r: {
        **take(s, "a", "b"),
        "eta_0": s["eta_0_level"] * middle(r) / (r["N"] ** s["a"] * r["D"] ** s["b"]),
    },
    "step_batch": lambda s, r: {
        "c": s["c"],
        "B_0": s["B_0_level"] * middle(r) / r["D"] ** s["c"],
    },
    "lr_batch": lambda s, r: {
        **coupled(s, r),
        **take(s, "a", "b", "c", "r", "q", "kappa_u", "s_u", "g", "kappa_y", "s_y"),
        "eta_0": s["lr_ratio"] * r["lr"] / (r["N"] ** s["a"] * r["D"] ** s["b"]),
        "B_0": s["batch_ratio"] * r["batch"] / r["D"] ** s["c"],
    },
    "routed_floor": routed_published,
    "joint_moe": joint_published,
    "efficiency_leverage": leverage_published,
    "moe_five_factor": five_published,
    "ptq_tokens": lambda s, r: {
        **take(s, "g_D", "g_N", "g_P"),
        "k": s["k_level"]
        * middle(r)
        * (r["N"] ** s["g_N"] * r["P"] ** s["g_P"])
        / r["D"] ** s["g_D"],
    },
    "qat": lambda s, r: {
        **take(s, "g_D", "g_N", "g_G"),
        "k": s["k_level"]
        * middle(r)
        * r["N"] ** s["g_N"]
        / (r["D"] ** s["g_D"] * np.log2(r["G"]) ** s["g_G"]),
    },
    "mixture_additive": lambda s, r: {
        **mixture_published(s, r),
        "alpha_D": s["alpha_D"],
        "B": s["B_term"] * r["D"] ** s["alpha_D"],
    },
    "mixture_size": mixture_published,
    "sparse_upcycling": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        **take(s, "alpha_N", "alpha_D", "mu_P", "lambda_P"),
        "A": s["A_term"]
        * r["N_active"] ** s["alpha_N"]
        * r["P"] ** (s["lambda_P"] + s["mu_P"] * np.log(r["N_active"] / r["N_dense"])),
        "B": s["B_term"] * r["D2"] ** s["alpha_D"],
    },
}

SIGMA = dict.fromkeys(FORMULAS, 0.003)
SIGMA |= {"step_lr": 0.1, "step_batch": 0.1, "ptq_tokens": 0.1, "qat": 0.05}
SIGMA |= {
    "efficiency_leverage": 0.03,
    "lr_batch": 0.002,
    "functional_schedule": 0.0005,
    "moe_five_factor": 0.002,
}

# laws some of whose parameters rest on their priors on the example
WEAK = {"joint_moe", "moe_five_factor", "lr_batch", "routed_floor"}
