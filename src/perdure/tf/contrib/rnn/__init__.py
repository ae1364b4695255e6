"""tf.contrib.rnn: recurrent cells, and networks of them that are unrolled."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "contrib.rnn.blocks": (
            "GRUBlockCell GRUBlockCellV2 LSTMBlockCell LSTMBlockFusedCell LSTMBlockWrapper"
        ),
        "contrib.rnn.convolutional": "Conv1DLSTMCell Conv2DLSTMCell Conv3DLSTMCell ConvLSTMCell",
        "contrib.rnn.fused": "FusedRNNCell FusedRNNCellAdaptor TimeReversedFusedRNN",
        "contrib.rnn.gated": "IntersectionRNNCell NASCell SRUCell UGRNNCell",
        "contrib.rnn.grid": "BidirectionalGridLSTMCell GridLSTMCell TimeFreqLSTMCell",
        "contrib.rnn.independent": "IndRNNCell IndyGRUCell IndyLSTMCell",
        "contrib.rnn.memories": (
            "CoupledInputForgetGateLSTMCell GLSTMCell LayerNormBasicLSTMCell PhasedLSTMCell"
        ),
        "contrib.rnn.stacks": "stack_bidirectional_dynamic_rnn stack_bidirectional_rnn",
        "contrib.rnn.wrappers": (
            "AttentionCellWrapper CompiledWrapper EmbeddingWrapper HighwayWrapper InputProjectionWrapper "
            "OutputProjectionWrapper"
        ),
        "rnn.base": "LayerRNNCell RNNCell",
        "rnn.cells": "BasicLSTMCell BasicRNNCell GRUCell LSTMCell LSTMStateTuple MultiRNNCell",
        "rnn.static": "static_bidirectional_rnn static_rnn static_state_saving_rnn",
        "rnn.steps": "best_effort_input_batch_size=input_batch_size transpose_batch_time",
        "rnn.wrappers": "DeviceWrapper DropoutWrapper ResidualWrapper",
    },
)
