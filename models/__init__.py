"""The laws, one file a family. A new law is its own file and one line here."""

from bayes_scaling.models.algorithmic_progress import algorithmic_progress
from bayes_scaling.models.allocation import compute_optimal_allocation, deepseek_batch, deepseek_lr
from bayes_scaling.models.attempts import cluster_law, passk_gen, passk_power
from bayes_scaling.models.batch import kaplan_batch
from bayes_scaling.models.bounded import m1, m2, m3, m4
from bayes_scaling.models.bounded_data_constrained import bounded_data_constrained
from bayes_scaling.models.broken import bnsl1, bnsl2, bnsl3
from bayes_scaling.models.chinchilla import chinchilla
from bayes_scaling.models.coupled import coupled
from bayes_scaling.models.densing import densing
from bayes_scaling.models.diloco import diloco, diloco_batch, diloco_lr
from bayes_scaling.models.direct_downstream import direct_downstream
from bayes_scaling.models.emergence import pass_at_k, passuntil, task_binomial, task_saturating, threshold_emergence
from bayes_scaling.models.farseer import farseer
from bayes_scaling.models.information import knowledge_capacity, mutual_information, uncertainty_decay
from bayes_scaling.models.isoflop import isoflop
from bayes_scaling.models.kaplan import kaplan, kaplan_D, kaplan_N
from bayes_scaling.models.learning_curve import four_regimes, hestness
from bayes_scaling.models.logistic import ladder_task, rl_sigmoid, sigmoid
from bayes_scaling.models.loss_to_loss import loss_to_loss
from bayes_scaling.models.lr_schedules import lr_annealing, multi_power
from bayes_scaling.models.mixture_of_experts import dense_moe_joint, fine_grained_moe, moe_sparsity, routed
from bayes_scaling.models.mixtures import mixing_law_3, regmix_linear_3
from bayes_scaling.models.over_training import over_training
from bayes_scaling.models.parallel_scaling import parallel_scaling
from bayes_scaling.models.perplexity_to_error import perplexity_to_error
from bayes_scaling.models.power_law import loss_frontier, power_law, power_law_floor
from bayes_scaling.models.precision import precision_ptq, precision_train
from bayes_scaling.models.repetition import data_constrained, data_filtering
from bayes_scaling.models.rl_posttraining import rl_posttraining
from bayes_scaling.models.stretched_exponential import stretched_exponential
from bayes_scaling.models.superposition_width import superposition_width
from bayes_scaling.models.transfer import transfer
from bayes_scaling.models.translation import bleu_log_law, encoder_decoder
from bayes_scaling.models.video_vlm import video_vlm
from bayes_scaling.models.vision import clip_mammut, text_to_image, text_to_image_bounded, visual_tokenizer
from bayes_scaling.models.vocabulary import vocabulary

LAWS = {
    law.name: law
    for law in (
        over_training,
        chinchilla,
        coupled,
        perplexity_to_error,
        power_law,
        power_law_floor,
        loss_frontier,
        kaplan,
        kaplan_N,
        kaplan_D,
        hestness,
        four_regimes,
        compute_optimal_allocation,
        isoflop,
        deepseek_lr,
        deepseek_batch,
        parallel_scaling,
        diloco,
        diloco_lr,
        diloco_batch,
        direct_downstream,
        moe_sparsity,
        dense_moe_joint,
        fine_grained_moe,
        routed,
        precision_train,
        precision_ptq,
        algorithmic_progress,
        farseer,
        bounded_data_constrained,
        loss_to_loss,
        ladder_task,
        sigmoid,
        rl_sigmoid,
        cluster_law,
        passk_power,
        passk_gen,
        encoder_decoder,
        bleu_log_law,
        transfer,
        rl_posttraining,
        densing,
        superposition_width,
        clip_mammut,
        visual_tokenizer,
        text_to_image,
        text_to_image_bounded,
        video_vlm,
        mutual_information,
        knowledge_capacity,
        uncertainty_decay,
        stretched_exponential,
        m1, m2, m3, m4,
        bnsl1, bnsl2, bnsl3,
        kaplan_batch,
        vocabulary,
        lr_annealing, multi_power,
        mixing_law_3, regmix_linear_3,
        passuntil, pass_at_k, threshold_emergence, task_binomial, task_saturating,
        data_constrained, data_filtering,
    )
}  # fmt: skip
