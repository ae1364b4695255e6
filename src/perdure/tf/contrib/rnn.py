"""tf.contrib.rnn: recurrent cells, and networks of them that are unrolled."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "rnn.base": "LayerRNNCell RNNCell",
        "rnn.cells": "BasicLSTMCell BasicRNNCell GRUCell LSTMCell LSTMStateTuple MultiRNNCell",
        "rnn.static": "static_bidirectional_rnn static_rnn static_state_saving_rnn",
        "rnn.wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
    },
)
