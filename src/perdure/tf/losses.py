"""tf.losses: loss functions."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "losses.collection": (
            "add_loss get_losses get_regularization_loss get_regularization_losses get_total_loss"
        ),
        "losses.losses": (
            "absolute_difference cosine_distance hinge_loss huber_loss log_loss "
            "mean_pairwise_squared_error mean_squared_error sigmoid_cross_entropy "
            "softmax_cross_entropy sparse_softmax_cross_entropy"
        ),
        "losses.reduction": "Reduction compute_weighted_loss",
    },
)
