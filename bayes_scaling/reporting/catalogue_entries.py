"""What became of every entry of the catalogue of published laws.

Entry -> (paper, registry names, remark). L are laws that the surveyed papers state, X further ones
that a reader may expect. An entry without a law has the reason in its remark. ``ENTRIES`` is kept
by hand; a law that none of them names has an entry of its own, made from its citation.
"""

from collections.abc import Mapping, Sequence
from itertools import count

from bayes_scaling.law.law import Law

type Entries = Mapping[str, tuple[str, Sequence[str], str]]

ENTRIES: Entries = {
    "L01": ("Gadre et al. 2024, arXiv 2403.08540", ["over_training"], ""),
    "L02": (
        "Gadre et al. 2024, arXiv 2403.08540",
        ["perplexity_to_error", "task_binomial", "task_saturating"],
        "the last two are this package's forms for single tasks with item counts",
    ),
    "L03": (
        "Porian et al. 2024, arXiv 2406.19146",
        ["compute_optimal_allocation", "loss_frontier", "isoflop"],
        "isoflop is this package's form for the minimum of one budget",
    ),
    "L04": (
        "Choshen et al. 2024, arXiv 2410.11840",
        ["chinchilla"],
        "the same form for every model family; no constants of its own",
    ),
    "L05": (
        "Henighan et al. 2020, arXiv 2010.14701",
        ["power_law", "power_law_floor", "mutual_information"],
        "",
    ),
    "L06": ("Hestness et al. 2017, arXiv 1712.00409", ["hestness"], ""),
    "L07": ("Su et al. 2024, arXiv 2403.06563", ["kaplan_batch"], ""),
    "L08": ("Bahri et al. 2021, arXiv 2102.06701", ["four_regimes"], ""),
    "L09": (
        "Sardana et al. 2023, arXiv 2401.00448",
        ["chinchilla"],
        "its refits over ranges of M are settings of chinchilla; it adds a cost to minimize, not "
        "a law",
    ),
    "L10": ("Abnar et al. 2025, arXiv 2501.12370", ["moe_sparsity"], ""),
    "L11": ("Wang et al. 2024, arXiv 2410.05661", ["dense_moe_joint"], ""),
    "L12": ("Kumar et al. 2024, arXiv 2411.04330", ["precision_train", "precision_ptq"], ""),
    "L13": ("Tao et al. 2024, arXiv 2407.13623", ["vocabulary"], ""),
    "L14": ("Chen et al. 2025, arXiv 2505.10475", ["parallel_scaling"], ""),
    "L15": ("Charles et al. 2025, arXiv 2503.09799", ["diloco", "diloco_lr", "diloco_batch"], ""),
    "L16": ("Tissue et al. 2024, arXiv 2408.11029", ["lr_annealing"], ""),
    "L17": ("Goyal et al. 2024, arXiv 2404.07177", ["data_filtering"], ""),
    "L18": (
        "Akimoto et al. 2024, arXiv 2410.12325",
        [],
        "unverified: the formula is in a later version of the paper that was not read",
    ),
    "L19": (
        "Haegele et al. 2024, arXiv 2405.18392",
        ["wsd_chinchilla"],
        "no form of its own: the chinchilla law on ends that share a trunk, which RunEffects gives "
        "to any law",
    ),
    "L20": ("Brandfonbrener et al. 2024, arXiv 2411.12925", ["loss_to_loss"], ""),
    "L21": (
        "Kang et al. 2024, arXiv 2407.20177",
        ["autoscale", "autoscale_domain"],
        "the source solves three points a domain, and two budgets, exactly",
    ),
    "L22": (
        "Liu et al. 2024, arXiv 2407.01492",
        ["regmix_linear"],
        "the registry has it for three domains; models.mixtures builds it for any domains",
    ),
    "L23": (
        "Kang et al. 2023, arXiv 2307.02460",
        ["projektor", "projektor_size"],
        "the registry has three domains; models.projektor builds it for any domains, with the "
        "user's distance; without noise the second law is the source's line through two sizes",
    ),
    "L24": ("Ghorbani et al. 2021, arXiv 2109.07740", ["encoder_decoder"], ""),
    "L25": (
        "Isik et al. 2024, arXiv 2402.04177",
        ["bleu_log_law", "recommender_data"],
        "recommender_data has its form for the downstream cross-entropy",
    ),
    "L26": ("Hu et al. 2023, arXiv 2310.03262", ["passuntil"], ""),
    "L27": ("Du et al. 2024, arXiv 2403.15796", ["threshold_emergence"], ""),
    "L28": (
        "Wu and Lo 2024, arXiv 2410.01692",
        ["slice_brier", "brier_accuracy"],
        "a line with one turn on the logit in place of the source's polynomials, of which that of "
        "degree 5 explodes beyond the runs",
    ),
    "L29": ("Xu et al. 2025, arXiv 2502.17262", ["cluster_law"], ""),
    "L30": ("Schaeffer et al. 2025, arXiv 2502.17578", ["pass_at_k", "passk_power"], ""),
    "L31": (
        "Xiao et al. 2024, arXiv 2412.04315",
        ["densing", "ladder_task"],
        "ladder_task is its step from loss to performance",
    ),
    "L32": ("Tan et al. 2025, arXiv 2509.25300", ["rl_posttraining"], ""),
    "L33": ("Liu et al. 2025, arXiv 2505.10465", ["superposition_width"], ""),
    "L34": ("Nezhurina et al. 2025, arXiv 2506.04598", ["clip_mammut"], ""),
    "L35": (
        "Yao et al. 2024, arXiv 2410.12360",
        ["power_law", "kaplan_N", "kaplan_D"],
        "a plain power law along each axis; the values of both architectures on three evaluation "
        "sets are settings of these",
    ),
    "L36": ("Rosso et al. 2025, arXiv 2506.09648", ["uncertainty_decay"], ""),
    "L37": ("Li et al. 2024, arXiv 2404.02883", ["text_to_image", "text_to_image_bounded"], ""),
    "L38": ("Wang et al. 2025, arXiv 2505.18855", ["video_vlm"], ""),
    "L39": ("Ramanujan et al. 2024, arXiv 2412.16326", ["visual_tokenizer"], ""),
    "L40": (
        "Zhang et al. 2026, arXiv 2602.07298",
        ["recommender_data"],
        "its form in training tokens, per kind of data and size; no constant is verified",
    ),
    "L41": ("Allen-Zhu and Li 2024, arXiv 2404.05405", ["knowledge_capacity"], ""),
    "L42": (
        "Sorscher et al. 2022, arXiv 2206.14486",
        ["stretched_exponential"],
        "the paper gives the two limits, a power law and an exponential, and no form between them",
    ),
    "L43": (
        "Lin et al. 2024, arXiv 2404.07965",
        ["selected_loss"],
        "the source prints the slope with the sign opposite to its figure",
    ),
    "L44": (
        "Schaeffer et al. 2024, arXiv 2406.04391",
        ["choice_probability", "choice_accuracy"],
        "the source has identities between the likelihood of an answer and accuracy; the laws are "
        "this package's form of its chain",
    ),
    "X01": (
        "Kaplan et al. 2020, arXiv 2001.08361",
        ["kaplan", "kaplan_N", "kaplan_D", "kaplan_batch", "power_law"],
        "",
    ),
    "X02": (
        "Hoffmann et al. 2022, arXiv 2203.15556",
        ["chinchilla", "isoflop"],
        "values as corrected by Besiroglu et al. 2024",
    ),
    "X03": ("Caballero et al. 2022, arXiv 2210.14891", ["bnsl1", "bnsl2", "bnsl3"], ""),
    "X04": ("Alabdulmohsin et al. 2022, arXiv 2209.06640", ["m1", "m2", "m3", "m4"], ""),
    "X05": ("Muennighoff et al. 2023, arXiv 2305.16264", ["data_constrained"], ""),
    "X06": (
        "Bhagia et al. 2024, arXiv 2412.04403",
        ["ladder_task", "task_binomial", "task_saturating"],
        "its first step is chinchilla on bits per byte",
    ),
    "X07": (
        "Ruan et al. 2024, arXiv 2405.10938",
        ["sigmoid"],
        "sigmoid is its S along one axis of compute; the complete model is a factor model of a "
        "benchmark table with gaps, not a law of known inputs",
    ),
    "X08": ("Luo et al. 2025, arXiv 2503.12811", ["multi_power"], ""),
    "X09": (
        "Ye et al. 2024, arXiv 2403.16952",
        ["mixing_law"],
        "the registry has it for three domains; models.mixtures builds it for any domains",
    ),
    "X10": ("Ho et al. 2024, arXiv 2403.05812", ["algorithmic_progress"], ""),
    "X11": (
        "Krajewski et al. 2024, arXiv 2402.07871; Clark et al. 2022, arXiv 2202.01169",
        ["fine_grained_moe", "routed"],
        "",
    ),
    "X12": (
        "Hernandez et al. 2021, arXiv 2102.01293; Li et al. 2025, arXiv 2506.10972; Khatri et al. "
        "2025, arXiv 2510.13786; Schaeffer et al. 2025, arXiv 2509.24012;"
        " DeepSeek-AI 2024, arXiv 2401.02954; Rosenfeld et al. 2020, arXiv 1909.12673",
        [
            *("transfer", "farseer", "rl_sigmoid", "passk_gen", "deepseek_lr", "deepseek_batch"),
            "rosenfeld",
        ],
        "MiniCPM (2404.06395) has the form of chinchilla; of distillation (2502.08606) the "
        "supervised part is a setting of coupled, and the rest is unverified",
    ),
    "X13": ("Videau et al. 2026, arXiv 2608.07222", ["coupled"], ""),
    "X14": ("Practical Scaling Laws 2026, arXiv 2605.09189", ["bounded_data_constrained"], ""),
    "X15": ("Krajewski et al. 2025, arXiv 2512.08894", ["direct_downstream"], ""),
}


def complete_entries(laws: Mapping[str, Law], entries: Entries = ENTRIES) -> Entries:
    """Return the entries, and after them one for every law that none of them names.

    Parameters
    ----------
    laws : dict
        {name: Law}.
    entries : dict
        As ``ENTRIES``.

    Returns
    -------
    dict
        A new entry has the next free X number, the paper that the law cites and no remark.
    """
    named = {name for _, names, _ in entries.values() for name in names}
    unnamed = [law for law in laws.values() if law.name not in named]
    free = (key for key in (f"X{i:02d}" for i in count(1)) if key not in entries)
    return {
        **entries,
        **{
            key: (f"{law.citation}, arXiv {law.arxiv}", [law.name], "")
            for law, key in zip(unnamed, free)
        },
    }
