"""tf.contrib.layers: layers as functions, initializers, regularizers."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.layers.convolutional": (
            "conv1d conv2d conv2d_transpose conv3d conv3d_transpose convolution convolution1d convolution2d "
            "convolution2d_transpose convolution3d convolution3d_transpose"
        ),
        "contrib.layers.dense": "bias_add elu fully_connected linear relu relu6",
        "contrib.layers.encoders": "embed_sequence embedding_lookup_unique",
        "contrib.layers.initializers": (
            "variance_scaling_initializer xavier_initializer xavier_initializer_conv2d"
        ),
        "contrib.layers.normalization": "batch_norm instance_norm layer_norm unit_norm",
        "contrib.layers.optimizers": "OPTIMIZER_CLS_NAMES OPTIMIZER_SUMMARIES optimize_loss",
        "contrib.layers.pooling": "avg_pool2d avg_pool3d max_pool2d max_pool3d",
        "contrib.layers.regularizers": (
            "apply_regularization l1_l2_regularizer l1_regularizer l2_regularizer sum_regularizer"
        ),
        "contrib.layers.shaping": "dropout flatten maxout one_hot_encoding repeat softmax stack",
        "contrib.layers.spatial": "separable_conv2d separable_convolution2d spatial_softmax",
        "contrib.layers.summaries": (
            "summarize_activation summarize_activations summarize_collection summarize_tensor "
            "summarize_tensors"
        ),
    },
)
