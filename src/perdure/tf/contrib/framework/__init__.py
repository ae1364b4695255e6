"""tf.contrib.framework: variables, checkpoints, the global step, and checks of tensors."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.framework.checkpoints": (
            "assign_from_checkpoint assign_from_checkpoint_fn assign_from_values assign_from_values_fn "
            "init_from_checkpoint list_variables load_checkpoint load_linear_multiclass_bias_initializer "
            "load_variable load_variable_slot_initializer"
        ),
        "training.checkpoints.remapping": "load_and_remap_matrix_initializer load_embedding_initializer",
        "functional.control.check_ops": "assert_same_float_dtype assert_scalar",
        "functional.array.values": "is_tensor",
        "graph.composite": "convert_to_tensor_or_sparse_tensor",
        "tf": "nest",
        "training.training_util": (
            "assert_global_step create_global_step get_global_step get_or_create_global_step"
        ),
    },
)
