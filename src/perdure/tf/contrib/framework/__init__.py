"""tf.contrib.framework: the global step, and checks of tensors."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.control.check_ops": "assert_same_float_dtype assert_scalar",
        "functional.array.values": "is_tensor",
        "graph.composite": "convert_to_tensor_or_sparse_tensor",
        "tf": "nest",
        "training.training_util": (
            "assert_global_step create_global_step get_global_step get_or_create_global_step"
        ),
    },
)
