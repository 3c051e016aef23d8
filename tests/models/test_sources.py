"""Published constants against numbers of their source that are not the formula itself."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar

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
