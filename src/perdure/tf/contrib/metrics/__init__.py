"""tf.contrib.metrics: metrics as they were before tf.metrics, and a few more."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.metrics.aggregation": "aggregate_metric_map aggregate_metrics count",
        "contrib.metrics.classification": "accuracy cohen_kappa f1_score",
        "contrib.metrics.moments": "streaming_covariance streaming_pearson_correlation",
        "contrib.metrics.switched": (
            "streaming_accuracy streaming_auc streaming_false_negatives streaming_false_positives "
            "streaming_mean streaming_mean_absolute_error streaming_mean_cosine_distance "
            "streaming_mean_iou streaming_mean_relative_error streaming_mean_squared_error "
            "streaming_mean_tensor streaming_percentage_less streaming_precision "
            "streaming_precision_at_thresholds streaming_recall streaming_recall_at_k "
            "streaming_recall_at_thresholds streaming_root_mean_squared_error "
            "streaming_sensitivity_at_specificity streaming_specificity_at_sensitivity "
            "streaming_true_negatives streaming_true_positives"
        ),
        "functional.sparse.sets": "set_difference set_intersection set_size set_union",
    },
)
