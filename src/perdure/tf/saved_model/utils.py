"""tf.saved_model.utils: how signatures name tensors."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "saved_model.tensor_info": "build_tensor_info get_tensor_from_tensor_info",
    },
)
