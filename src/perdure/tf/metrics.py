"""tf.metrics: measures accumulated over steps."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "metrics.counts": ("false_negatives false_positives precision recall true_negatives true_positives"),
        "metrics.means": (
            "accuracy mean mean_absolute_error mean_cosine_distance mean_iou "
            "mean_per_class_accuracy mean_relative_error mean_squared_error mean_tensor "
            "percentage_below root_mean_squared_error"
        ),
        "metrics.thresholds": (
            "auc false_negatives_at_thresholds false_positives_at_thresholds "
            "precision_at_thresholds recall_at_thresholds sensitivity_at_specificity "
            "specificity_at_sensitivity true_negatives_at_thresholds true_positives_at_thresholds"
        ),
    },
)
