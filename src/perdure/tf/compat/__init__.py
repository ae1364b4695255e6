"""tf.compat: text, bytes and numbers across versions of Python and TensorFlow."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "graph.tensor_shape": "dimension_at_index dimension_value",
        "platform.text": (
            "as_bytes as_str as_str_any as_text bytes_or_text_types complex_types "
            "forward_compatibility_horizon forward_compatible integral_types path_to_str "
            "real_types"
        ),
    },
    submodules="v1",
)
