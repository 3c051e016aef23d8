"""The laws, one file a family. A new law is its own file and one line here."""

from bayes_scaling.models.attempts import cluster_law, passk_gen, passk_power
from bayes_scaling.models.chinchilla import chinchilla
from bayes_scaling.models.coupled import coupled
from bayes_scaling.models.densing import densing
from bayes_scaling.models.information import knowledge_capacity, mutual_information, uncertainty_decay
from bayes_scaling.models.logistic import ladder_task, rl_sigmoid, sigmoid
from bayes_scaling.models.loss_to_loss import loss_to_loss
from bayes_scaling.models.over_training import over_training
from bayes_scaling.models.perplexity_to_error import perplexity_to_error
from bayes_scaling.models.rl_posttraining import rl_posttraining
from bayes_scaling.models.stretched_exponential import stretched_exponential
from bayes_scaling.models.superposition_width import superposition_width
from bayes_scaling.models.transfer import transfer
from bayes_scaling.models.translation import bleu_log_law, encoder_decoder
from bayes_scaling.models.video_vlm import video_vlm
from bayes_scaling.models.vision import clip_mammut, text_to_image, text_to_image_bounded, visual_tokenizer

LAWS = {
    law.name: law
    for law in (
        over_training,
        chinchilla,
        coupled,
        perplexity_to_error,
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
    )
}
