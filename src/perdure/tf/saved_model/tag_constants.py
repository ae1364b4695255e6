"""tf.saved_model.tag_constants: what a graph is for."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "saved_model.tag_constants": "GPU SERVING TPU TRAINING",
    },
)
