"""The laws, one family a file. A new law is its own file and one line here.

A file is run when one of its laws is first asked for: a fit of one law imports no other.
"""

import sys
from collections.abc import Iterator, MutableMapping
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bayes_scaling.law.law import Law

    def __getattr__(name: str) -> Law: ...


# name of a law -> its file and, where that differs, its name there
_PLACES = {
    "over_training": "over_training",
    "chinchilla": "chinchilla",
    "coupled": "coupled",
    "perplexity_to_error": "perplexity_to_error",
    "power_law": "power_law",
    "power_law_floor": "power_law",
    "loss_frontier": "power_law",
    "kaplan": "kaplan",
    "kaplan_N": "kaplan",
    "kaplan_D": "kaplan",
    "hestness": "hestness",
    "four_regimes": "four_regimes",
    "compute_optimal_allocation": "compute_optimal_allocation",
    "isoflop": "isoflop",
    "deepseek_lr": "deepseek",
    "deepseek_batch": "deepseek",
    "parallel_scaling": "parallel_scaling",
    "diloco": "diloco",
    "diloco_lr": "diloco",
    "diloco_batch": "diloco",
    "direct_downstream": "direct_downstream",
    "moe_sparsity": "moe_sparsity",
    "dense_moe_joint": "dense_moe_joint",
    "fine_grained_moe": "fine_grained_moe",
    "routed": "routed",
    "precision_train": "precision_train",
    "precision_ptq": "precision_ptq",
    "algorithmic_progress": "algorithmic_progress",
    "farseer": "farseer",
    "bounded_data_constrained": "bounded_data_constrained",
    "loss_to_loss": "loss_to_loss",
    "ladder_task": "ladder_task",
    "sigmoid": "sigmoid",
    "rl_sigmoid": "sigmoid",
    "cluster_law": "cluster_law",
    "passk_power": "passk_power",
    "passk_gen": "passk_gen",
    "encoder_decoder": "encoder_decoder",
    "bleu_log_law": "bleu_log_law",
    "transfer": "transfer",
    "rl_posttraining": "rl_posttraining",
    "densing": "densing",
    "superposition_width": "superposition_width",
    "clip_mammut": "clip_mammut",
    "visual_tokenizer": "visual_tokenizer",
    "text_to_image": "text_to_image",
    "text_to_image_bounded": "text_to_image",
    "video_vlm": "video_vlm",
    "mutual_information": "mutual_information",
    "knowledge_capacity": "knowledge_capacity",
    "uncertainty_decay": "uncertainty_decay",
    "stretched_exponential": "stretched_exponential",
    "m1": "bounded",
    "m2": "bounded",
    "m3": "bounded",
    "m4": "m4",
    "bnsl1": "broken",
    "bnsl2": "broken",
    "bnsl3": "broken",
    "kaplan_batch": "kaplan_batch",
    "vocabulary": "vocabulary",
    "lr_annealing": "lr_annealing",
    "multi_power": "multi_power",
    "mixing_law": "mixtures:mixing_law_3",
    "regmix_linear": "mixtures:regmix_linear_3",
    "passuntil": "passuntil",
    "pass_at_k": "pass_at_k",
    "threshold_emergence": "threshold_emergence",
    "task_binomial": "task_binomial",
    "task_saturating": "task_saturating",
    "data_constrained": "data_constrained",
    "data_filtering": "data_filtering",
    "selected_loss": "selected_loss",
    "step_lr": "step_law",
    "step_batch": "step_law",
    "lr_batch": "lr_batch",
    "routed_floor": "routed_floor",
    "joint_moe": "joint_moe",
    "efficiency_leverage": "efficiency_leverage",
    "moe_five_factor": "moe_five_factor",
    "ptq_tokens": "ptq_tokens",
    "qat": "qat",
    "mixture_additive": "mixture_additive:mixture_additive_3",
    "mixture_size": "mixture_additive:mixture_size_3",
    "sparse_upcycling": "sparse_upcycling",
    "functional_schedule": "functional_schedule",
    "repetition_penalty": "repetition_penalty",
    "wsd_chinchilla": "wsd_chinchilla",
    "autoscale": "autoscale",
    "autoscale_domain": "autoscale",
    "projektor": "projektor:projektor_3",
    "projektor_size": "projektor",
    "slice_brier": "slice_brier",
    "brier_accuracy": "slice_brier",
    "recommender_data": "recommender_data",
    "choice_probability": "choice_probability",
    "choice_accuracy": "choice_probability",
    "rosenfeld": "rosenfeld",
    "looped_depth": "looped_depth",
    "model_merging": "model_merging",
    "context_length": "context_length",
}


class _Laws(MutableMapping[str, "Law"]):
    """{name: Law} of every law, in the order of the catalogue."""

    def __init__(self) -> None:
        self._laws: dict[str, Law | str] = {}
        self._laws.update(_PLACES)

    def __getitem__(self, name: str) -> "Law":
        law = self._laws[name]
        return _load(name) if isinstance(law, str) else law

    def __setitem__(self, name: str, law: "Law") -> None:
        self._laws[name] = law

    def __delitem__(self, name: str) -> None:
        del self._laws[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._laws)

    def __len__(self) -> int:
        return len(self._laws)

    def __contains__(self, name: object) -> bool:
        return name in self._laws


def _load(name: str) -> "Law":
    """The law of a name, whose file is run if it has not been."""
    file, _, variable = _PLACES[name].partition(":")
    return getattr(import_module(f"{__name__}.{file}"), variable or name)


LAWS = _Laws()
_VARIABLES = {place.partition(":")[2] or name: name for name, place in _PLACES.items()}


class _Models(ModuleType):
    """The module of laws, which are its attributes, also where a file has a law's name."""

    def __getattr__(self, name: str) -> Any:
        if name not in _VARIABLES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return _load(_VARIABLES[name])

    def __setattr__(self, name: str, value: Any) -> None:
        # an import sets the file that was run as an attribute of its package
        if isinstance(value, ModuleType) and name in _VARIABLES:
            value = getattr(value, name)
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_VARIABLES})


sys.modules[__name__].__class__ = _Models
