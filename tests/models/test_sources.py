"""Published constants against numbers of their source that are not the formula itself."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize, minimize_scalar

import bayes_scaling as bs
from bayes_scaling._core.jax_config import float64
from bayes_scaling.models.deepseek import training_flops


def mean(name, x, setting=None):
    """A law's mean at a published setting, the first by default."""
    law = bs.find_law(name)
    values = law.published[setting or next(iter(law.published))].values
    with float64():
        return np.asarray(law.mean(x, **values))


def test_fine_grained_experts_give_the_table_of_compute_optimal_losses():
    """arXiv 2402.07871, table of optimal runs with expansion rate 64: active parameters, tokens,
    granularity and loss. A feed-forward layer is 8 of 12 parts of a block, so that the total is
    (64 * 8 + 4) / 12 = 43 times the active parameters. Active ones miss the table by a fifth."""
    table = np.array(
        [
            (1e8, 4.37e9, 8, 3.133),
            (1e9, 28.94e9, 16, 2.491),
            (3e9, 72.90e9, 16, 2.245),
            (7e9, 137.60e9, 32, 2.076),
            (7e10, 941.07e9, 32, 1.694),
            (3e11, 2.96e12, 64, 1.503),
            (1e12, 7.94e12, 64, 1.367),
        ]
    )
    active, D, G, loss = table.T
    x = {"N": active * (64 * 8 + 4) / 12, "D": D, "G": G}
    np.testing.assert_allclose(mean("fine_grained_moe", x), loss, rtol=0.02)


@pytest.mark.parametrize("role, worst, average", [("train", 0.015, 0.003), ("test", 0.01, 0.005)])
def test_farseer_gives_the_losses_of_its_runs(role, worst, average):
    runs = bs.load_runs("li2026_farseer").query("role == @role")
    error = np.abs(mean("farseer", runs) / runs["loss"].to_numpy() - 1)
    assert error.max() < worst and error.mean() < average


def test_routed_gives_the_losses_of_its_largest_models():
    """Runs of 1.3B of arXiv 2202.01169 as ScaleBench lists them, dense ones first: within 3%."""
    runs = bs.load_runs("li2026_moe").query("role == 'test'").groupby("X")["loss"].median()
    found = mean("routed", {"N": np.full(len(runs), 1.308819456e9), "X": runs.index.to_numpy()})
    np.testing.assert_allclose(found, runs.to_numpy(), rtol=0.03)


@pytest.mark.parametrize(
    "layers, width, tokens, lr, batch",
    [(30, 4096, 2e12, 4.2e-4, 2304 * 4096), (95, 8192, 2e12, 3.2e-4, 4608 * 4096)],
)
def test_deepseek_gives_the_settings_of_its_own_models(layers, width, tokens, lr, batch):
    """Learning rate and batch of the 7B and 67B models of arXiv 2401.02954, context 4096."""
    x = {"C_attn": training_flops(layers, width, 4096, tokens)}
    np.testing.assert_allclose(mean("deepseek_lr", x), lr, rtol=0.03)
    np.testing.assert_allclose(mean("deepseek_batch", x), batch, rtol=0.1)


def kaplan_optimum(C):
    """Lowest loss of minimum compute C = 6 N B_crit S_min, and its N."""
    B_star, alpha_B = 2e8, 0.21

    def loss(log_N):
        N = np.exp(log_N)

        def gap(L):  # at a batch so large that S is S_min
            steps = C / (6 * N * B_star / L ** (1 / alpha_B))
            return L - mean("kaplan_batch", {"N": N, "S": steps, "B": 1e30})

        return brentq(gap, 1.0, 50.0, xtol=1e-9)

    best = minimize_scalar(loss, bounds=np.log([1e6, 1e11]), method="bounded")
    return best.fun, np.exp(best.x)


def test_kaplan_batch_gives_the_compute_law_of_its_source():
    """arXiv 2001.08361: L(C_min) = (3.1e8 PF-days / C)^0.050, so 2.658 nats at one PF-day, and an
    exponent of 0.054 from the joint fit. With N_c and alpha_N of the other fit it is 2.709."""
    (least, N), (less_compute, _) = kaplan_optimum(8.64e19), kaplan_optimum(8.64e18)
    np.testing.assert_allclose(least, 3.1e8**0.050, rtol=0.015)
    np.testing.assert_allclose(np.log10(less_compute / least), 0.054, rtol=0.05)
    assert 3e8 < N < 2e9  # 1.3e9 in the source, whose optimum is flat


def test_selected_loss_gives_the_ends_of_the_figure_of_its_source():
    """arXiv 2404.07965, figure 7: accuracy rises from 5% to 22% as the loss falls."""
    found = mean("selected_loss", {"L": np.array([0.98, 0.86])})
    np.testing.assert_allclose(found, [0.05, 0.22], atol=0.001)


@pytest.mark.parametrize(
    "law, setting, x, known",
    [
        ("step_lr", None, {"N": 1e9, "D": 1e11}, 1.6624e-3),
        ("step_batch", None, {"D": 1e11}, 1107467.0),
        ("joint_moe", None, {"N_a": 1e9, "D": 2e10, "X": 1.0}, 2.5776),
        ("joint_moe", None, {"N_a": 1e9, "D": 2e10, "X": 8.0}, 2.5088),
        ("efficiency_leverage", None, {"A": 0.031, "G": 12.0, "C": 1e22}, 7.245),
        ("ptq_tokens", None, {"N": 1e9, "D": 1e11, "P": 4.0}, 0.0460),
        ("kaplan_N", "Yao 2024", {"N": 1e6}, 2.025),
        ("coupled", "Busbridge 2025, supervised", {"N": 1e9, "D": 2e10}, 2.3747),
        ("qat", "W4A4", {"N": 5.95e8, "D": 1e11, "G": 32.0}, 0.0441),
    ],
)
def test_published_constants_give_the_known_values(law, setting, x, known):
    np.testing.assert_allclose(mean(law, x, setting), known, rtol=2e-3)


def test_the_best_granularities_are_those_that_the_sources_state():
    """arXiv 2507.17702: best granularity around 12; arXiv 2509.23678: about 7, and 0.31 shared."""
    G = np.linspace(1, 64, 6301)
    leverage = mean("efficiency_leverage", {"A": 0.031, "G": G, "C": 1e22})
    np.testing.assert_allclose(G[leverage.argmax()], 12, rtol=0.1)
    size = {"N": 2e10, "N_a": 2e9, "D": 1e11}
    loss = mean("moe_five_factor", {**size, "G": G, "S": 0.31})
    np.testing.assert_allclose(G[loss.argmin()], 7, rtol=0.05)
    S = np.linspace(0, 1, 1001)
    shared = mean("moe_five_factor", {**size, "G": 7.0, "S": S})
    np.testing.assert_allclose(S[shared.argmin()], 0.31, atol=0.01)


@pytest.mark.parametrize(
    "law, table, query, error",
    [
        ("lr_batch", "li2026_lr_bsz", "loss > 0", 0.006),
        ("routed_floor", "li2026_moe", "role == 'train'", 0.016),
        ("sparse_upcycling", "li2026_sparsity", "loss > 0", 0.01),
        ("repetition_penalty", "li2026_data_constrained", "role == 'train'", 0.035),
    ],
)
def test_constants_fitted_here_describe_their_runs(law, table, query, error):
    runs = bs.load_runs(table).query(query)
    found = mean(law, runs)
    assert np.abs(found / runs["loss"].to_numpy() - 1).mean() < error


def test_the_fitted_surface_has_the_published_optimum():
    """The optimum of 901 runs beside the Step law, arXiv 2503.04715, at its largest sizes."""
    values = bs.find_law("lr_batch").published["li2026_lr_bsz, fitted here"].values
    for N, D in ((2.7e8, 2.5e10), (1.07e9, 5.7e10), (1e9, 1e11)):
        lr = values["eta_0"] * N ** values["a"] * D ** values["b"]
        batch = 2048 * values["B_0"] * D ** values["c"]  # sequences of 2048 tokens
        np.testing.assert_allclose(lr, mean("step_lr", {"N": N, "D": D}), rtol=0.25)
        np.testing.assert_allclose(batch, mean("step_batch", {"D": D}), rtol=0.25)


def settings(name):
    return bs.find_law(name).published


def test_autoscale_has_the_optimal_mixture_of_its_source():
    """arXiv 2407.20177, notebook: tokens of seven domains in base amounts that sum to 7, each at
    least 0.2, with the lowest sum of the laws. github is at the bound."""
    domains = list(settings("autoscale"))

    def total(n):
        return float(sum(mean("autoscale", {"x": v}, d) for v, d in zip(n, domains)))

    best = minimize(
        total,
        np.ones(7),
        bounds=[(0.2, 7)] * 7,
        constraints={"type": "eq", "fun": lambda n: n.sum() - 7},
        method="SLSQP",
        options={"ftol": 1e-12},
    )
    known = [1.62475, 0.2, 1.27415, 1.17980, 1.85190, 0.63716, 0.23224]
    np.testing.assert_allclose(best.x, known, atol=0.005)


def test_autoscale_extrapolates_to_the_budgets_of_its_source():
    """arXiv 2407.20177, notebook: sums of all domains at each fourfold budget."""
    domains = list(settings("autoscale_domain"))
    budgets = 1.2e9 * 4.0 ** np.arange(1, 5)
    tokens = [mean("autoscale_domain", {"T": budgets}, name) for name in domains]
    np.testing.assert_allclose(
        np.sum(tokens, axis=0), [5.0005e9, 21.389e9, 93.228e9, 412.44e9], rtol=2e-3
    )
    # common_crawl at 1.2e9 tokens: 1.631 sevenths of them
    crawl = mean("autoscale_domain", {"T": 1.2e9}, "common_crawl")
    np.testing.assert_allclose(crawl, 1.631 / 7 * 1.2e9, rtol=2e-3)


def test_projektor_extrapolates_between_two_sizes_as_its_source():
    """arXiv 2307.02460, stage 2, from accuracies of .62 at 1,000 and .71 at 4,000 samples."""
    law = bs.find_law("projektor_size")
    ref = {"m_min": np.float64(1e3), "m_max": np.float64(4e3)}
    with float64():
        line = law.publish({"first": 0.62, "last": 0.71}, ref)
        found = law.mean({"m": np.array([1e4])}, **line)
    known = (np.log(10) * 0.71 - np.log(2.5) * 0.62) / np.log(4)
    np.testing.assert_allclose(found, known, rtol=1e-12)


OVER_TRAINED = ("phi-1_5", "phi-2", "Qwen1.5-0.5B", "Qwen1.5-1.8B", "Qwen1.5-4B", "stablelm-2-1_6b")


@pytest.mark.parametrize(
    "task, below, models", [("mmlu", 10**22.5, 32), ("parsinlu", 10**23.3, 54)]
)
def test_brier_accuracy_is_the_line_below_the_threshold(task, below, models):
    """arXiv 2410.01692: the line through the models below the source's threshold."""
    runs = bs.load_runs("wu2024")
    runs = runs[(runs["task"] == task) & (runs["C"] < below)]
    runs = runs[~runs["model"].str.endswith(OVER_TRAINED)]
    assert len(runs) == models
    s, i = np.polyfit(runs["accuracy"], -runs["brier"], 1)
    values = settings("brier_accuracy")[task].values
    np.testing.assert_allclose([values["i"], values["s"]], [i, s], atol=1e-4)


@pytest.mark.parametrize(
    "kind, where", [(k, w) for k in ("encoder", "decoder") for w in ("own", "LSF", "Monash")]
)
def test_time_series_laws_agree_at_the_largest_runs(kind, where):
    """arXiv 2410.12360: the largest models and the largest data are the same runs, so that the
    laws of size and of data meet there, to the two digits of their constants."""
    setting = "Yao 2024" if (kind, where) == ("encoder", "own") else f"Yao 2024, {kind}, {where}"
    of_size = mean("kaplan_N", {"N": 3.0e8}, setting)
    of_data = mean("kaplan_D", {"D": 1.57e10}, setting)
    np.testing.assert_allclose(of_size, of_data, rtol=0.12)


def test_longer_contexts_are_worth_more_to_larger_models():
    """arXiv 2309.16039: losses fall with size at every context, and the exponent grows with it."""
    found = settings("context_length")
    losses = [mean("context_length", {"c": np.array([2e3, 3.2e4])}, size) for size in found]
    assert (np.diff(losses, axis=0) < 0).all()
    exponents = [entry.values["beta_c"] for entry in found.values()]
    assert exponents == sorted(exponents)
