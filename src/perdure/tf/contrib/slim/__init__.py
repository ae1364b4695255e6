"""tf.contrib.slim: the layers, variables and scopes of arguments of tf.contrib under one name."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "compat.inner_deprecation": "deprecated deprecated_arg_values",
        "contrib.framework.arg_scope": (
            "add_arg_scope arg_scope arg_scope_func_key arg_scoped_arguments current_arg_scope has_arg_scope"
        ),
        "contrib.framework.checkpoints": "assign_from_checkpoint assign_from_checkpoint_fn",
        "contrib.framework.variables": (
            "VariableDeviceChooser add_model_variable assert_or_get_global_step assign_from_values "
            "assign_from_values_fn filter_variables get_local_variables get_model_variables "
            "get_trainable_variables get_unique_variable get_variable_full_name get_variables "
            "get_variables_by_name get_variables_by_suffix get_variables_to_restore global_variable "
            "local_variable model_variable variable"
        ),
        "contrib.layers.convolutional": (
            "conv1d conv2d conv2d_transpose conv3d conv3d_transpose convolution convolution1d "
            "convolution2d convolution2d_transpose convolution3d convolution3d_transpose"
        ),
        "contrib.layers.dense": "bias_add elu fully_connected linear relu relu6",
        "contrib.layers.encoders": "embed_sequence embedding_lookup_unique",
        "contrib.layers.initializers": (
            "variance_scaling_initializer xavier_initializer xavier_initializer_conv2d"
        ),
        "contrib.layers.modules": "initializers regularizers utils",
        "contrib.layers.normalization": "batch_norm instance_norm layer_norm unit_norm",
        "contrib.layers.optimizers": "OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES optimize_loss",
        "contrib.layers.pooling": "avg_pool2d avg_pool3d max_pool2d max_pool3d",
        "contrib.layers.regularizers": (
            "apply_regularization l1_l2_regularizer l1_regularizer l2_regularizer sum_regularizer"
        ),
        "contrib.layers.shaping": "dropout flatten maxout one_hot_encoding repeat softmax stack",
        "contrib.layers.spatial": "separable_conv2d separable_convolution2d spatial_softmax",
        "contrib.layers.summaries": (
            "summarize_activation summarize_activations summarize_biases summarize_collection "
            "summarize_tensor summarize_tensors summarize_variables summarize_weights"
        ),
        "contrib.slim.modules": "evaluation learning model_analyzer nets queues summaries",
        "tf.contrib": "layers losses metrics",
        "training.training_util": (
            "assert_global_step create_global_step get_global_step get_or_create_global_step"
        ),
    },
)
