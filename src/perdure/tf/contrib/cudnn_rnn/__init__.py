"""tf.contrib.cudnn_rnn: cuDNN's recurrent networks, computed on any device."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.cudnn_rnn.cells": "CudnnCompatibleGRUCell CudnnCompatibleLSTMCell",
        "contrib.cudnn_rnn.converters": (
            "CudnnParamsFormatConverterGRU CudnnParamsFormatConverterLSTM CudnnParamsFormatConverterRelu "
            "CudnnParamsFormatConverterTanh"
        ),
        "contrib.cudnn_rnn.layers": "CudnnGRU CudnnLSTM CudnnRNNRelu CudnnRNNTanh",
        "contrib.cudnn_rnn.saveables": (
            "CudnnGRUSaveable CudnnLSTMSaveable CudnnRNNReluSaveable CudnnRNNTanhSaveable"
        ),
    },
)
