"""Cells of one op: LSTMBlockCell, LSTMBlockFusedCell, GRUBlockCell.

Kernels: `ops/nn/recurrent.py`.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from typing import Any

from perdure.contrib.rnn.linear import Sized
from perdure.functional.array.array import expand_dims, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.gathering import gather_nd, sequence_mask
from perdure.functional.array.joining import concat, stack, unstack
from perdure.functional.array.rearranging import tile, transpose
from perdure.functional.array.shape_arithmetic import range as range_op
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_max
from perdure.functional.random.initializers import Constant
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.layers.base import Layer
from perdure.layers.input_spec import InputSpec
from perdure.platform.deprecation import warn_once
from perdure.rnn.base import LayerRNNCell
from perdure.rnn.cells import LSTMStateTuple


class _Gates:
    """The weights that `LSTMBlockCell` and `LSTMBlockFusedCell` have in common."""

    _use_peephole: bool
    _num_units: int
    add_weight: Any

    def _make_gates(self, input_size: int) -> None:
        units = self._num_units
        self._kernel = self.add_weight("kernel", [input_size + units, units * 4])
        self._bias = self.add_weight("bias", [units * 4], initializer=Constant(0.0))
        if self._use_peephole:
            self._peephole_weights = [
                self.add_weight(name, [units]) for name in ("w_i_diag", "w_f_diag", "w_o_diag")
            ]

    def _peepholes(self, dtype: Any) -> list[Any]:
        """The weights of input, forgetting and output: zeros, if there are none."""
        if self._use_peephole:
            return self._peephole_weights
        return [zeros([self._num_units], dtype=dtype)] * 3


class LSTMBlockCell(_Gates, Sized, LayerRNNCell):
    """A long short-term memory of which a step is one op.

    Args:
        num_units: how many units it has.
        forget_bias: added to the bias of the forget gate.
        cell_clip: the largest value of a cell, if not None.
        use_peephole: whether the gates see the cells.
        dtype: the type of the variables; by default that of the first input.
        reuse: whether to share variables that exist.
        name: the name of the cell; the variables are those of an `LSTMCell` of that name.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: Any = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: Any = None,
        name: Any = "lstm_cell",
    ) -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._use_peephole = use_peephole
        self._cell_clip = cell_clip if cell_clip is not None else -1
        self.input_spec = InputSpec(ndim=2)
        self._set_memory_sizes(num_units, None)

    def build(self, inputs_shape: Any) -> None:
        """Make kernel, bias and peepholes."""
        size = dimension_value(inputs_shape[1])
        if not size:
            raise ValueError(f"Expecting inputs_shape[1] to be set: {inputs_shape}")
        self._make_gates(size)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        if len(state) != 2:
            raise ValueError("Expecting state to be a tuple with length 2.")
        c, h = state
        peepholes = self._peepholes(self.dtype)
        _, c, _, _, _, _, h = g.lstm_block_cell(
            inputs,
            c,
            h,
            self._kernel,
            *peepholes,
            self._bias,
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
        )
        return h, LSTMStateTuple(c, h)


class LSTMBlockWrapper(Layer, metaclass=ABCMeta):
    """A long short-term memory that takes a whole sequence; a subclass has its cell.

    Args:
        trainable, name, dtype, **kwargs: see `tf.layers.Layer`.
    """

    @property
    @abstractmethod
    def num_units(self) -> int:
        """How many units it has."""

    @abstractmethod
    def _call_cell(
        self, inputs: Any, initial_cell_state: Any, initial_output: Any, dtype: Any, sequence_length: Any
    ) -> Any:
        """The cells and outputs of all steps, (steps, batch, units) each."""

    def call(
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None
    ) -> Any:
        """The network.

        Args:
            inputs: a tensor (steps, batch, size), or a list with one for each step.
            initial_state: cells and outputs before the first step; zeros if None.
            dtype: the type of the zeros.
            sequence_length: int (batch,), how many steps each example has.

        Returns:
            The outputs, as the inputs are, and the last state.

        Raises:
            ValueError: the size of inputs is not known, or neither state nor type is given.
        """
        is_list = isinstance(inputs, list)
        if is_list:
            inputs = stack(inputs)
        shape = inputs.get_shape().with_rank(3)
        steps, batch_size, size = shape.as_list()
        if not size:
            raise ValueError(f"Expecting inputs_shape[2] to be set: {shape}")
        if batch_size is None:
            batch_size = shape_op(inputs)[1]
        if steps is None:
            steps = shape_op(inputs)[0]
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            initial_state = (zeros(stack([batch_size, self.num_units]), dtype=dtype),) * 2
        else:
            if len(initial_state) != 2:
                raise ValueError("Expecting initial_state to be a tuple with length 2 or None")
            dtype = dtype or initial_state[0].dtype
        if sequence_length is not None:
            sequence_length = convert_to_tensor(sequence_length)
        first_c, first_h = initial_state
        cells, outputs = self._call_cell(inputs, first_c, first_h, dtype, sequence_length)
        if sequence_length is None:
            last_c, last_h = cells[-1], outputs[-1]
        else:
            mask = transpose(sequence_mask(sequence_length, steps, dtype=dtype), [1, 0])
            outputs *= tile(expand_dims(mask, [-1]), [1, 1, self.num_units])
            all_cells = concat([expand_dims(first_c, [0]), cells], 0)
            all_outputs = concat([expand_dims(first_h, [0]), outputs], 0)
            last_c, last_h = (
                _last(values, sequence_length, batch_size) for values in (all_cells, all_outputs)
            )
        return unstack(outputs) if is_list else outputs, LSTMStateTuple(last_c, last_h)


def _last(values: Tensor, lengths: Tensor, batch_size: Any) -> Tensor:
    return gather_nd(values, stack([lengths, range_op(batch_size)], axis=1))


class LSTMBlockFusedCell(_Gates, LSTMBlockWrapper):
    """A long short-term memory that is one op for a whole sequence.

    Args:
        num_units: how many units it has.
        forget_bias: added to the bias of the forget gate.
        cell_clip: the largest value of a cell, if not None.
        use_peephole: whether the gates see the cells.
        reuse: whether to share variables that exist.
        dtype: the type of the variables; by default that of the first input.
        name: the name of the layer.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: Any = None,
        use_peephole: bool = False,
        reuse: Any = None,
        dtype: Any = None,
        name: Any = "lstm_fused_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = cell_clip if cell_clip is not None else -1
        self._use_peephole = use_peephole
        self.input_spec = InputSpec(ndim=3)

    @property
    def num_units(self) -> int:
        """How many units it has."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Make kernel, bias and peepholes."""
        self._make_gates(input_shape[2].value)
        self.built = True

    def _call_cell(
        self,
        inputs: Any,
        initial_cell_state: Any = None,
        initial_output: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
    ) -> Any:
        steps = inputs.get_shape().with_rank(3).as_list()[0]
        if steps is None:
            steps = shape_op(inputs)[0]
        peepholes = self._peepholes(dtype)
        longest = steps if sequence_length is None else reduce_max(sequence_length)
        _, cells, _, _, _, _, outputs = g.block_lstm(
            cast(longest, dtypes.int64),
            inputs,
            initial_cell_state,
            initial_output,
            self._kernel,
            *peepholes,
            self._bias,
            forget_bias=self._forget_bias,
            cell_clip=self._cell_clip,
            use_peephole=self._use_peephole,
        )
        return cells, outputs


class GRUBlockCell(Sized, LayerRNNCell):
    """A gated recurrent unit of which a step is one op.

    Args:
        num_units: how many units it has.
        cell_size: the older name of `num_units`.
        reuse: whether to share variables that exist.
        name: the name of the cell.

    Raises:
        ValueError: not one of `num_units` and `cell_size` is given.
    """

    # Kernel and bias of the gates, then of the candidate.
    _variable_names = ("w_ru", "b_ru", "w_c", "b_c")

    def __init__(
        self,
        num_units: int | None = None,
        cell_size: int | None = None,
        reuse: Any = None,
        name: Any = "gru_cell",
    ) -> None:
        if cell_size is not None:
            warn_once(
                "GRUBlockCell.cell_size",
                "tensorflow.contrib.rnn.python.ops.gru_ops",
                "cell_size is deprecated, use num_units instead",
            )
        super().__init__(_reuse=reuse, name=name)
        if (cell_size is None) == (num_units is None):
            raise ValueError("Exactly one of num_units or cell_size must be provided.")
        self._state_size = self._output_size = cell_size if num_units is None else num_units
        self.input_spec = InputSpec(ndim=2)

    def build(self, input_shape: Any) -> None:
        """Make kernels and biases of the gates and of the candidate."""
        size, units = dimension_value(input_shape[1]), self._state_size
        if size is None:
            raise ValueError("Expecting input_size to be set.")
        w_ru, b_ru, w_c, b_c = self._variable_names
        self._gate_kernel = self.add_weight(w_ru, [size + units, units * 2])
        self._gate_bias = self.add_weight(b_ru, [units * 2], initializer=Constant(1.0))
        self._candidate_kernel = self.add_weight(w_c, [size + units, units])
        self._candidate_bias = self.add_weight(b_c, [units], initializer=Constant(0.0))
        self.built = True

    def call(self, inputs: Any, h_prev: Any) -> Any:
        """One step."""
        size = h_prev.get_shape().with_rank(2)[1]
        if size != self._state_size:
            raise ValueError(f"Shape of h_prev[1] incorrect: cell_size {self._state_size} vs {size}")
        _, _, _, state = g.gru_block_cell(
            inputs,
            h_prev,
            self._gate_kernel,
            self._candidate_kernel,
            self._gate_bias,
            self._candidate_bias,
        )
        return state, state


class GRUBlockCellV2(GRUBlockCell):
    """`GRUBlockCell` with the variables of a `GRUCell`.

    Args:
        num_units, cell_size, reuse, name: as of `GRUBlockCell`.
    """

    _variable_names = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")
