"""tf.contrib.framework: arg scopes, variables, checkpoints, the global step, checks of tensors."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "compat.inner_deprecation": "deprecated deprecated_arg_values deprecated_args",
        "contrib.framework.arg_scope": (
            "add_arg_scope arg_scope arg_scoped_arguments current_arg_scope has_arg_scope"
        ),
        "contrib.framework.checkpoints": (
            "assign_from_checkpoint assign_from_checkpoint_fn init_from_checkpoint list_variables "
            "load_checkpoint load_linear_multiclass_bias_initializer load_variable "
            "load_variable_slot_initializer"
        ),
        "contrib.framework.graphs": "get_graph_from_inputs get_name_scope get_placeholders",
        "contrib.framework.tensors": (
            "assert_scalar_int reduce_sum_n remove_squeezable_dimensions with_same_shape with_shape"
        ),
        "contrib.framework.variables": (
            "VariableDeviceChooser add_model_variable assert_or_get_global_step assign_from_values "
            "assign_from_values_fn filter_variables get_local_variables get_model_variables "
            "get_trainable_variables get_unique_variable get_variable_full_name get_variables "
            "get_variables_by_name get_variables_by_suffix get_variables_to_restore global_variable "
            "local_variable model_variable variable"
        ),
        "functional.array.values": "is_tensor",
        "functional.control.check_ops": "assert_same_float_dtype assert_scalar",
        "functional.control.conditionals": "smart_cond smart_constant_value",
        "functional.random.initializers": "convolutional_delta_orthogonal=ConvolutionDeltaOrthogonal",
        "graph.composite": "convert_to_tensor_or_sparse_tensor",
        "graph.scopes": "prepend_name_scope strip_name_scope",
        "graph.type_spec": "BoundedTensorSpec TensorSpec",
        "tf": "nest",
        "training.checkpoints.remapping": "load_and_remap_matrix_initializer load_embedding_initializer",
        "training.training_util": (
            "assert_global_step create_global_step get_global_step get_or_create_global_step"
        ),
    },
)
