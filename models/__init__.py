"""The laws, one family a file. A new law is its own file, one import and one entry here."""

from bayes_scaling.models.algorithmic_progress import algorithmic_progress
from bayes_scaling.models.bleu_log_law import bleu_log_law
from bayes_scaling.models.bounded import m1, m2, m3
from bayes_scaling.models.bounded_data_constrained import bounded_data_constrained
from bayes_scaling.models.broken import bnsl1, bnsl2, bnsl3
from bayes_scaling.models.chinchilla import chinchilla
from bayes_scaling.models.clip_mammut import clip_mammut
from bayes_scaling.models.cluster_law import cluster_law
from bayes_scaling.models.compute_optimal_allocation import compute_optimal_allocation
from bayes_scaling.models.coupled import coupled
from bayes_scaling.models.data_constrained import data_constrained
from bayes_scaling.models.data_filtering import data_filtering
from bayes_scaling.models.deepseek import deepseek_batch, deepseek_lr
from bayes_scaling.models.dense_moe_joint import dense_moe_joint
from bayes_scaling.models.densing import densing
from bayes_scaling.models.diloco import diloco, diloco_batch, diloco_lr
from bayes_scaling.models.direct_downstream import direct_downstream
from bayes_scaling.models.encoder_decoder import encoder_decoder
from bayes_scaling.models.farseer import farseer
from bayes_scaling.models.fine_grained_moe import fine_grained_moe
from bayes_scaling.models.four_regimes import four_regimes
from bayes_scaling.models.hestness import hestness
from bayes_scaling.models.isoflop import isoflop
from bayes_scaling.models.kaplan import kaplan, kaplan_D, kaplan_N
from bayes_scaling.models.kaplan_batch import kaplan_batch
from bayes_scaling.models.knowledge_capacity import knowledge_capacity
from bayes_scaling.models.ladder_task import ladder_task
from bayes_scaling.models.loss_to_loss import loss_to_loss
from bayes_scaling.models.lr_annealing import lr_annealing
from bayes_scaling.models.m4 import m4
from bayes_scaling.models.mixtures import mixing_law_3, regmix_linear_3
from bayes_scaling.models.moe_sparsity import moe_sparsity
from bayes_scaling.models.multi_power import multi_power
from bayes_scaling.models.mutual_information import mutual_information
from bayes_scaling.models.over_training import over_training
from bayes_scaling.models.parallel_scaling import parallel_scaling
from bayes_scaling.models.pass_at_k import pass_at_k
from bayes_scaling.models.passk_gen import passk_gen
from bayes_scaling.models.passk_power import passk_power
from bayes_scaling.models.passuntil import passuntil
from bayes_scaling.models.perplexity_to_error import perplexity_to_error
from bayes_scaling.models.power_law import loss_frontier, power_law, power_law_floor
from bayes_scaling.models.precision_ptq import precision_ptq
from bayes_scaling.models.precision_train import precision_train
from bayes_scaling.models.rl_posttraining import rl_posttraining
from bayes_scaling.models.routed import routed
from bayes_scaling.models.sigmoid import rl_sigmoid, sigmoid
from bayes_scaling.models.stretched_exponential import stretched_exponential
from bayes_scaling.models.superposition_width import superposition_width
from bayes_scaling.models.task_binomial import task_binomial
from bayes_scaling.models.task_saturating import task_saturating
from bayes_scaling.models.text_to_image import text_to_image, text_to_image_bounded
from bayes_scaling.models.threshold_emergence import threshold_emergence
from bayes_scaling.models.transfer import transfer
from bayes_scaling.models.uncertainty_decay import uncertainty_decay
from bayes_scaling.models.video_vlm import video_vlm
from bayes_scaling.models.visual_tokenizer import visual_tokenizer
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
        m1,
        m2,
        m3,
        m4,
        bnsl1,
        bnsl2,
        bnsl3,
        kaplan_batch,
        vocabulary,
        lr_annealing,
        multi_power,
        mixing_law_3,
        regmix_linear_3,
        passuntil,
        pass_at_k,
        threshold_emergence,
        task_binomial,
        task_saturating,
        data_constrained,
        data_filtering,
    )
}
