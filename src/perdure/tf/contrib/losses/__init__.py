"""tf.contrib.losses: losses as they were before tf.losses."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.losses.losses": (
            "absolute_difference cosine_distance hinge_loss log_loss mean_pairwise_squared_error "
            "mean_squared_error sigmoid_cross_entropy softmax_cross_entropy sparse_softmax_cross_entropy"
        ),
        "contrib.losses.weighting": "add_loss compute_weighted_loss get_total_loss",
        "losses.collection": "get_losses get_regularization_losses",
    },
)
