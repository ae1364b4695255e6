"""tf.layers: layers that make their variables."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "layers.input_spec": "InputSpec",
        "layers.base": "Layer",
        "layers.convolutional": (
            "Conv1D Conv2D Conv2DTranspose Conv3D Conv3DTranspose SeparableConv1D SeparableConv2D "
            "conv1d conv2d conv2d_transpose conv3d conv3d_transpose separable_conv1d "
            "separable_conv2d"
        ),
        "layers.core": "Dense Dropout Flatten dense dropout flatten",
        "layers.normalization": "BatchNormalization batch_normalization",
        "layers.pooling": (
            "AveragePooling1D AveragePooling2D AveragePooling3D MaxPooling1D MaxPooling2D "
            "MaxPooling3D average_pooling1d average_pooling2d average_pooling3d max_pooling1d "
            "max_pooling2d max_pooling3d"
        ),
    },
)
