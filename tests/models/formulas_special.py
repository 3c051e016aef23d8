"""Special forms once more, in plain NumPy: what the laws are checked against."""

import numpy as np
from scipy import special

FORMULAS, PUBLISHED, SIGMA = {}, {}, {}


def bisect(f, low, high):
    """Root of an increasing f between arrays, by halving."""
    for _ in range(200):
        middle = (low + high) / 2
        up = f(middle) < 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return (low + high) / 2


def middle(r):
    return np.sqrt(r["y_min"] * r["y_max"])


# M1 to M4
def m4(x, eps_inf, eps_0, a, beta, c):
    right = beta * x["x"] ** c + 0 * eps_0
    share = bisect(
        lambda s: (s - 1e-300) * (eps_0 - eps_inf) / ((eps_0 - eps_inf) * (1 - s)) ** a - right,
        0 * right,
        0 * right + 1,
    )
    return eps_inf + share * (eps_0 - eps_inf)


FORMULAS |= {
    "m1": lambda x, beta, c: beta * x["x"] ** c,
    "m2": lambda x, eps_inf, beta, c: eps_inf + beta * x["x"] ** c,
    "m3": lambda x, beta, gamma, c: beta * (1 / x["x"] + gamma) ** -c,
    "m4": m4,
}


def m3_published(s, r):
    gamma = s["levelling"] / r["x_max"]
    return {
        "c": -s["slope"],
        "gamma": gamma,
        "beta": s["level"] * middle(r) / (1 / r["x"] + gamma) ** s["slope"],
    }


def m4_published(s, r):
    low = s["eps_inf_share"] * r["y_min"]
    high = low + s["reach"] * (r["y_max"] - low)
    y = low + s["way"] * (high - low)
    return {
        "eps_inf": low,
        "eps_0": high,
        "c": -s["slope"],
        "a": s["a"],
        "beta": (y - low) / (high - y) ** s["a"] * r["x"] ** s["slope"],
    }


PUBLISHED |= {
    "m1": lambda s, r: {"c": -s["slope"], "beta": s["level"] * middle(r) * r["x"] ** s["slope"]},
    "m2": lambda s, r: {
        "eps_inf": s["eps_inf_share"] * r["y_min"],
        "c": -s["slope"],
        "beta": s["beta_term"] * middle(r) * r["x"] ** s["slope"],
    },
    "m3": m3_published,
    "m4": m4_published,
}
SIGMA |= {"m1": 0.02, "m2": 0.01, "m3": 0.01, "m4": 0.01}


# broken power laws
def bnsl(x, a, b, c0, **p):
    log_y = np.log(b) - c0 * np.log(x["x"])
    for i in range(1, len(p) // 3 + 1):
        log_y = log_y - p[f"c{i}"] * p[f"f{i}"] * np.logaddexp(
            0.0, np.log(x["x"] / p[f"d{i}"]) / p[f"f{i}"]
        )
    return a + np.exp(log_y)


def bnsl_published(s, r):
    count = sum(name.startswith("step") for name in s)
    ends, p, log_d, mean_c = np.log([r["x_min"], r["x_max"]]), {}, np.log(r["x_min"]), 0.0
    for i in range(1, count + 1):
        f = p[f"f{i}"] = s[f"f{i}"]
        log_d = log_d + s[f"step{i}"] * (ends[1] - log_d)

        def softplus(log_x, log_d=log_d, f=f):
            return f * np.logaddexp(0.0, (log_x - log_d) / f)

        c = p[f"c{i}"] = s[f"lift{i}"] / (np.interp(log_d, ends, softplus(ends)) - softplus(log_d))
        mean_c, p[f"d{i}"] = (
            mean_c + c * np.diff(softplus(ends))[0] / np.diff(ends)[0],
            np.exp(log_d),
        )
    p["c0"] = s["slope"] - mean_c
    return {
        **p,
        "a": s["a_share"] * r["y_min"],
        "b": s["b_term"] * middle(r) / bnsl({"x": r["x"]}, 0.0, 1.0, **p),
    }


FORMULAS |= dict.fromkeys(("bnsl1", "bnsl2", "bnsl3"), bnsl)
PUBLISHED |= dict.fromkeys(("bnsl1", "bnsl2", "bnsl3"), bnsl_published)
SIGMA |= {"bnsl1": 0.01, "bnsl2": 0.005, "bnsl3": 0.005}


# vocabulary
def characters(x):
    log = np.log(x["V"] / 1000)
    return x["H"] / 1e9 * np.polyval([0.00639222, -0.15811069, 1.20470122], log)


FORMULAS["vocabulary"] = lambda x, E, A1, A2, B, alpha_1, alpha_2: (
    -E
    + A1 / (x["N_nv"] / 1e6) ** alpha_1
    + A2 / ((x["V"] / 1e3) * (x["d"] / 1e3)) ** alpha_2
    + B / characters(x) ** alpha_1
)
PUBLISHED["vocabulary"] = lambda s, r: {
    "E": s["above"] - r["y_min"],
    "alpha_1": s["alpha_1"],
    "alpha_2": s["alpha_2"],
    "A1": s["A1_term"] * (r["N_nv"] / 1e6) ** s["alpha_1"],
    "A2": s["A2_term"] * (r["V"] * r["d"] / 1e6) ** s["alpha_2"],
    "B": s["B_term"] * characters(r) ** s["alpha_1"],
}
SIGMA["vocabulary"] = 0.02


# repetition and filtering
def data_constrained(x, E, A, B, alpha_ND, R_D, R_N):
    U = np.minimum(x["U"], x["D"])
    G = (A / B) ** (1 / (2 * alpha_ND))  # N_opt = G sqrt(C / 6), D_opt = sqrt(C / 6) / G
    root_C = U * G
    U_N = np.minimum(G * root_C, x["N"])
    D = U + U * R_D * (1 - np.exp(-(x["D"] / U - 1) / R_D))
    N = U_N + U_N * R_N * (1 - np.exp(-(x["N"] / U_N - 1) / R_N))
    return E + A / N**alpha_ND + B / D**alpha_ND


def data_filtering(x, a, b, d, tau):
    seen = np.minimum(x["n"], x["pool"])
    y = a * seen**b
    for j in range(2, 65):
        now = np.clip(x["n"], seen, j * x["pool"])
        y = y * (now / seen) ** (b * 0.5 ** ((j - 1) / tau))
        seen = now
    return y + d


FORMULAS |= {"data_constrained": data_constrained, "data_filtering": data_filtering}
PUBLISHED |= {
    "data_constrained": lambda s, r: {
        "E": s["E_share"] * r["y_min"],
        "alpha_ND": s["alpha_ND"],
        "A": s["A_term"] * r["N"] ** s["alpha_ND"],
        "B": s["B_term"] * r["D"] ** s["alpha_ND"],
        "R_D": s["R_D"],
        "R_N": s["R_N"],
    },
    "data_filtering": lambda s, r: {
        "d": s["d"],
        "b": -s["slope"],
        "tau": s["tau"],
        "a": s["a_term"] * middle(r) / data_filtering(r, 1.0, -s["slope"], 0.0, s["tau"]),
    },
}
SIGMA |= {"data_constrained": 0.003, "data_filtering": 0.02}


# batch size
def kaplan_batch(x, N_c, alpha_N, S_c, alpha_S, B_star, alpha_B):
    def right(L):
        return (N_c / x["N"]) ** alpha_N + (
            S_c / x["S"] * (1 + B_star / (x["B"] * L ** (1 / alpha_B)))
        ) ** alpha_S

    least = (N_c / x["N"]) ** alpha_N + (S_c / x["S"]) ** alpha_S
    return bisect(lambda L: L - right(L), least, right(least))


FORMULAS["kaplan_batch"] = kaplan_batch
PUBLISHED["kaplan_batch"] = lambda s, r: {
    "alpha_N": s["alpha_N"],
    "alpha_S": s["alpha_S"],
    "alpha_B": s["alpha_B"],
    "N_c": r["N"] * s["N_term"] ** (1 / s["alpha_N"]),
    "S_c": r["S"] * s["S_term"] ** (1 / s["alpha_S"]),
    "B_star": s["B_ratio"] * r["B"] * middle(r) ** (1 / s["alpha_B"]),
}
SIGMA["kaplan_batch"] = 0.005


# learning-rate schedules
def last_axis(*values):
    """Parameters of draws beside the pieces of a schedule."""
    return (np.asarray(value)[..., None] for value in values)


def lr_annealing(x, L0, A, C, alpha_S, lam):
    (one,) = last_axis(lam)
    return (
        L0
        + A / x["S1"] ** alpha_S
        - C * (x["drop"] * (1 - one ** x["age"]) / (1 - one)).sum(axis=-1)
    )


def multi_power(x, L0, A, B, C, alpha_S, beta, gamma):
    C, beta, gamma = last_axis(C, beta, gamma)
    return (
        L0
        + A / x["S1"] ** alpha_S
        - B * (x["drop"] * (1 - (1 + C * x["lr"] ** -gamma * x["since"]) ** -beta)).sum(axis=-1)
    )


def base_published(s, r):
    return {
        "L0": s["L0_share"] * r["y_min"],
        "alpha_S": s["alpha_S"],
        "A": s["A_term"] * r["S1"] ** s["alpha_S"],
    }


FORMULAS |= {"lr_annealing": lr_annealing, "multi_power": multi_power}
PUBLISHED |= {
    "lr_annealing": lambda s, r: {
        **base_published(s, r),
        "lam": 1 - s["forgotten"],
        "C": s["gain"] * s["forgotten"] / r["drop_max"],
    },
    "multi_power": lambda s, r: {
        **base_published(s, r),
        "beta": s["beta"],
        "gamma": s["gamma"],
        "B": s["gain"] / r["drop_max"],
        "C": (2 ** (1 / s["beta"]) - 1) / (r["drop_max"] ** (1 - s["gamma"]) * s["half"]),
    },
}
SIGMA |= {"lr_annealing": 0.001, "multi_power": 0.0005}


# mixtures
FORMULAS |= {
    "mixing_law": lambda x, c, k, t_web, t_code: (
        c + k * np.exp(t_web * x["w_web"] + t_code * x["w_code"])
    ),
    "regmix_linear": lambda x, c, weight_web, weight_code: (
        c + weight_web * x["w_web"] + weight_code * x["w_code"]
    ),
}
PUBLISHED |= {
    "mixing_law": lambda s, r: {
        "c": s["c_share"] * r["y_min"],
        "t_web": s["t_web"],
        "t_code": s["t_code"],
        "k": s["k_term"] / np.exp(s["t_web"] * r["w_web"] + s["t_code"] * r["w_code"]),
    },
    "regmix_linear": lambda s, r: {
        "weight_web": s["weight_web"],
        "weight_code": s["weight_code"],
        "c": s["level"] * middle(r) - s["weight_web"] * r["w_web"] - s["weight_code"] * r["w_code"],
    },
}
SIGMA |= {"mixing_law": 0.003, "regmix_linear": 0.005}


# counts
def pass_at_k(x, alpha_p, beta_p):
    return 1 - np.exp(special.betaln(alpha_p, beta_p + x["k"]) - special.betaln(alpha_p, beta_p))


FORMULAS |= {
    "passuntil": lambda x, c, alpha_N: np.exp(-c / x["N"] ** alpha_N),
    "pass_at_k": pass_at_k,
    "threshold_emergence": lambda x, eta, rate: (
        x["chance"]
        + (1 - x["chance"]) * (1 - np.exp(-rate * 0.05 * np.logaddexp(0.0, (eta - x["L"]) / 0.05)))
    ),
    "task_binomial": lambda x, k, gamma: (1 - x["chance"]) * (1 - k * np.exp(-gamma * x["L"])),
    "task_saturating": lambda x, c, luck, gamma, reach, k: (
        (1 - np.where(x["chance"] == 0, luck, c * x["chance"]))
        * (1 - reach + reach * np.exp(-k * np.exp(-gamma * x["L"])))
    ),
}
PUBLISHED |= {
    "passuntil": lambda s, r: {"alpha_N": s["alpha_N"], "c": s["c_term"] * r["N"] ** s["alpha_N"]},
    "pass_at_k": lambda s, r: {"alpha_p": s["alpha_p"], "beta_p": s["beta_p"]},
    "threshold_emergence": lambda s, r: {
        "eta": r["L_min"] + s["eta_place"] * (r["L_max"] - r["L_min"]),
        "rate": s["rate"],
    },
    "task_binomial": lambda s, r: {
        "gamma": s["gamma"],
        "k": s["gain"] * np.exp(s["gamma"] * r["L_min"]),
    },
    "task_saturating": lambda s, r: {
        "c": s["c"],
        "luck": s["luck"],
        "gamma": s["gamma"],
        "reach": 1 - (1 - s["gain"]) * (1 - s["rest"]),
        "k": -np.log(1 - s["gain"] / (1 - (1 - s["gain"]) * (1 - s["rest"])))
        * np.exp(s["gamma"] * r["L_min"]),
    },
}
SIGMA |= dict.fromkeys(
    ("passuntil", "pass_at_k", "threshold_emergence", "task_binomial", "task_saturating"), 0.0
)  # counts scatter by themselves
