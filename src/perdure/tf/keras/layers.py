"""tf.keras.layers."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "feature_column.dense_features": "DenseFeatures",
        "keras.engine.input_layer": "Input InputLayer",
        "layers.input_spec": "InputSpec",
        "keras.engine.layer": "Layer",
        "keras.layers.advanced_activations": "ELU LeakyReLU PReLU ReLU Softmax ThresholdedReLU",
        "keras.layers.attention": "AdditiveAttention Attention",
        "keras.layers.cells": "AbstractRNNCell GRUCell LSTMCell SimpleRNNCell",
        "keras.layers.convolutional": (
            "Conv1D Conv2D Conv3D Convolution1D=Conv1D Convolution2D=Conv2D Convolution3D=Conv3D"
        ),
        "keras.layers.convolutional_recurrent": "ConvLSTM2D",
        "keras.layers.core": (
            "Activation ActivityRegularization Dense Dropout Flatten Masking Permute RepeatVector "
            "Reshape SpatialDropout1D SpatialDropout2D SpatialDropout3D"
        ),
        "keras.layers.cudnn": "CuDNNGRU CuDNNLSTM",
        "keras.layers.embeddings": "Embedding",
        "keras.layers.lambdas": "Lambda",
        "keras.layers.local": "LocallyConnected1D LocallyConnected2D",
        "keras.layers.merge": (
            "Add Average Concatenate Dot Maximum Minimum Multiply Subtract add average "
            "concatenate dot maximum minimum multiply subtract"
        ),
        "keras.layers.noise": "AlphaDropout GaussianDropout GaussianNoise",
        "keras.layers.normalization": "BatchNormalization LayerNormalization",
        "keras.layers.pooling": (
            "AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D=AveragePooling1D "
            "AvgPool2D=AveragePooling2D AvgPool3D=AveragePooling3D GlobalAveragePooling1D "
            "GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D=GlobalAveragePooling1D "
            "GlobalAvgPool2D=GlobalAveragePooling2D GlobalAvgPool3D=GlobalAveragePooling3D "
            "GlobalMaxPool1D=GlobalMaxPooling1D GlobalMaxPool2D=GlobalMaxPooling2D "
            "GlobalMaxPool3D=GlobalMaxPooling3D GlobalMaxPooling1D GlobalMaxPooling2D "
            "GlobalMaxPooling3D MaxPool1D=MaxPooling1D MaxPool2D=MaxPooling2D "
            "MaxPool3D=MaxPooling3D MaxPooling1D MaxPooling2D MaxPooling3D"
        ),
        "keras.layers.recurrent": "GRU LSTM SimpleRNN",
        "keras.layers.resampling": (
            "Cropping1D Cropping2D Cropping3D UpSampling1D UpSampling2D UpSampling3D "
            "ZeroPadding1D ZeroPadding2D ZeroPadding3D"
        ),
        "keras.layers.rnn": "RNN StackedRNNCells",
        "keras.layers.separable": (
            "DepthwiseConv2D SeparableConv1D SeparableConv2D "
            "SeparableConvolution1D=SeparableConv1D SeparableConvolution2D=SeparableConv2D"
        ),
        "keras.layers.serialization": "deserialize serialize",
        "keras.layers.transposed": (
            "Conv2DTranspose Conv3DTranspose Convolution2DTranspose=Conv2DTranspose "
            "Convolution3DTranspose=Conv3DTranspose"
        ),
        "keras.layers.wrappers": "Bidirectional TimeDistributed Wrapper",
    },
)
