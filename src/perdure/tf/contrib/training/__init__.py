"""tf.contrib.training: what helps to train and evaluate models."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.training.bucketing": "bucket bucket_by_sequence_length",
        "contrib.training.device_setter": ("GreedyLoadBalancingStrategy RandomStrategy byte_size_load_fn"),
        "contrib.training.evaluation": "SummaryAtEndHook evaluate_repeatedly",
        "contrib.training.hparam": "HParams parse_values",
        "contrib.training.resampling": "resample_at_rate weighted_resample",
        "contrib.training.training": (
            "add_gradients_summaries clip_gradient_norms clip_gradient_norms_fn create_train_op "
            "multiply_gradients train"
        ),
        "training.evaluation": "StopAfterNEvalsHook evaluate_once get_or_create_eval_step",
        "training.saving.waiting": "checkpoints_iterator wait_for_new_checkpoint",
    },
)
