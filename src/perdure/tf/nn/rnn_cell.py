"""tf.nn.rnn_cell: recurrent cells and wrappers around them."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "rnn.base": "RNNCell",
        "rnn.cells": "BasicLSTMCell BasicRNNCell GRUCell LSTMCell LSTMStateTuple MultiRNNCell",
        "rnn.wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
    },
)
