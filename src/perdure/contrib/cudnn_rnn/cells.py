"""Cells that compute what cuDNN's networks do, step by step."""

from __future__ import annotations

from typing import Any

from perdure.contrib.rnn.blocks import LSTMBlockCell
from perdure.functional.array.joining import concat, split
from perdure.functional.math.products import matmul
from perdure.functional.math.unary import sigmoid
from perdure.functional.nn.activations import bias_add
from perdure.functional.random.initializers import Constant, Zeros
from perdure.rnn.cells import GRUCell


class CudnnCompatibleLSTMCell(LSTMBlockCell):
    """A long short-term memory without a bias of its own for forgetting.

    Args:
        num_units: how many units it has.
        reuse: whether to share variables that exist.
    """

    def __init__(self, num_units: int, reuse: Any = None) -> None:
        super().__init__(
            num_units,
            forget_bias=0,
            cell_clip=None,
            use_peephole=False,
            reuse=reuse,
            name="cudnn_compatible_lstm_cell",
        )


class CudnnCompatibleGRUCell(GRUCell):
    """A gated recurrent unit that resets what the state's kernel makes of it, not the state.

    Args:
        num_units: how many units it has.
        reuse: whether to share variables that exist.
        kernel_initializer: of the kernels; by default that of the variable scope.
    """

    def __init__(self, num_units: int, reuse: Any = None, kernel_initializer: Any = None) -> None:
        super().__init__(num_units, activation=None, reuse=reuse, kernel_initializer=kernel_initializer)

    def build(self, inputs_shape: Any) -> None:
        """Make kernels and biases of the gates and of both parts of the candidate."""
        size, units = self._input_size(inputs_shape), self._num_units
        initializer, bias = self._kernel_initializer, self._bias_initializer
        self._gate_kernel = self.add_weight(
            "gates/kernel", [size + units, 2 * units], initializer=initializer
        )
        self._gate_bias = self.add_weight(
            "gates/bias", [2 * units], initializer=Constant(1.0, dtype=self.dtype) if bias is None else bias
        )
        self._input_kernel = self.add_weight(
            "candidate/input_projection/kernel", [size, units], initializer=initializer
        )
        self._hidden_kernel = self.add_weight(
            "candidate/hidden_projection/kernel", [units, units], initializer=initializer
        )
        self._input_bias, self._hidden_bias = (
            self.add_weight(
                f"candidate/{part}_projection/bias",
                [units],
                initializer=Zeros(dtype=self.dtype) if bias is None else bias,
            )
            for part in ("input", "hidden")
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        gates = bias_add(matmul(concat([inputs, state], 1), self._gate_kernel), self._gate_bias)
        reset, update = split(value=sigmoid(gates), num_or_size_splits=2, axis=1)
        candidate = bias_add(matmul(inputs, self._input_kernel), self._input_bias)
        candidate += reset * bias_add(matmul(state, self._hidden_kernel), self._hidden_bias)
        candidate = self._activation(candidate)
        state = (1 - update) * candidate + update * state
        return state, state
