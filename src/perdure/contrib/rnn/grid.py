"""Cells that recur over frequencies, too (Sainath and Li, 2016)."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from perdure.contrib.rnn.linear import Sized, sharded_variable
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.array import zeros
from perdure.functional.array.joining import concat, split
from perdure.functional.array.padding import pad
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.math.clip import clip_by_value
from perdure.functional.math.products import matmul
from perdure.functional.math.unary import sigmoid, tanh
from perdure.functional.nn.activations import bias_add
from perdure.functional.random.initializers import Zeros
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.rnn.base import RNNCell
from perdure.rnn.cells import warn_of_one_state
from perdure.variables.variable_scope import get_variable, variable_scope


def _known_size(inputs: Tensor) -> int:
    size = inputs.get_shape().with_rank(2).as_list()[-1]
    if size is None:
        raise ValueError("Cannot infer input_size from static shape inference.")
    return size


def _clipped(value: Tensor, limit: Any) -> Tensor:
    return value if limit is None else clip_by_value(value, -limit, limit)


class TimeFreqLSTMCell(Sized, RNNCell):
    """A long short-term memory that is applied to one stretch of frequencies after the other.

    Args:
        num_units: how many units it has for each stretch.
        use_peepholes: whether the gates see the cells.
        cell_clip: the largest value of a cell, if not None.
        initializer: kept for callers; TensorFlow makes no variable with it.
        num_unit_shards: into how many parts the kernel is divided.
        forget_bias: added to the bias of the forget gate.
        feature_size: how long a stretch is.
        frequency_skip: how far one begins behind the one before.
        reuse: whether to share variables that exist.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: Any = None,
        frequency_skip: int = 1,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size = feature_size
        self._frequency_skip = frequency_skip
        self._state_size = 2 * num_units
        self._output_size = num_units

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        units = self._num_units
        stretches = self._stretches(inputs)
        dtype = inputs.dtype
        rows = self._feature_size + 2 * units
        kernel = sharded_variable("W", [rows, 4 * units], dtype, self._num_unit_shards)
        bias = get_variable("B", shape=[4 * units], initializer=Zeros(), dtype=dtype)
        if self._use_peepholes:
            of_forget, of_write, of_show = (
                get_variable(f"W_{gate}_diag", shape=[units], dtype=dtype) for gate in "FIO"
            )
        before = zeros([inputs.shape.as_list()[0] or inputs.get_shape()[0], units], dtype)
        outputs: Any = None
        states: Any = None
        for place, stretch in enumerate(stretches):
            c = slice_of(state, [0, 2 * place * units], [-1, units])
            h = slice_of(state, [0, (2 * place + 1) * units], [-1, units])
            gates = bias_add(matmul(concat([stretch, h, before], 1), kernel), bias)
            write, new, forget, show = split(value=gates, num_or_size_splits=4, axis=1)
            if self._use_peepholes:
                kept = sigmoid(forget + self._forget_bias + of_forget * c) * c
                c = kept + sigmoid(write + of_write * c) * tanh(new)
            else:
                c = sigmoid(forget + self._forget_bias) * c + sigmoid(write) * tanh(new)
            c = _clipped(c, self._cell_clip)
            h = sigmoid(show + of_show * c) if self._use_peepholes else sigmoid(show)
            before = h = h * tanh(c)
            states = concat([c, h] if place == 0 else [states, c, h], 1)
            outputs = h if place == 0 else concat([outputs, h], 1)
        return outputs, states

    def _stretches(self, inputs: Tensor) -> list[Tensor]:
        count = int((_known_size(inputs) - self._feature_size) / self._frequency_skip) + 1
        return [
            slice_of(inputs, [0, place * self._frequency_skip], [-1, self._feature_size])
            for place in range(count)
        ]


class GridLSTMCell(Sized, RNNCell):
    """A long short-term memory in time and one in frequency, which see each other.

    Args:
        num_units: how many units it has for each stretch of frequencies.
        use_peepholes: whether the gates see the cells.
        share_time_frequency_weights: whether both memories have the same weights.
        cell_clip: the largest value of a cell, if not None.
        initializer: kept for callers; TensorFlow makes no variable with it.
        num_unit_shards: into how many parts the kernels are divided.
        forget_bias: added to the bias of the forget gates.
        feature_size: how long a stretch is.
        frequency_skip: how far one begins behind the one before.
        num_frequency_blocks: for each block of frequencies how many stretches it has.
        start_freqindex_list, end_freqindex_list: where the blocks begin and end; None: one block, of all.
        couple_input_forget_gates: whether a memory forgets as much as it takes in.
        state_is_tuple: whether a state is a tuple with names, or one tensor.
        reuse: whether to share variables that exist.

    Raises:
        ValueError: `num_frequency_blocks` is missing.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        share_time_frequency_weights: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: Any = None,
        frequency_skip: Any = None,
        num_frequency_blocks: Any = None,
        start_freqindex_list: Any = None,
        end_freqindex_list: Any = None,
        couple_input_forget_gates: bool = False,
        state_is_tuple: bool = True,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            warn_of_one_state(self)
        if num_frequency_blocks is None:
            raise ValueError("Must specify num_frequency_blocks")
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._share_weights = share_time_frequency_weights
        self._coupled = couple_input_forget_gates
        self._state_is_tuple = state_is_tuple
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_unit_shards = num_unit_shards
        self._forget_bias = forget_bias
        self._feature_size = feature_size
        self._frequency_skip = frequency_skip
        self._starts = start_freqindex_list
        self._ends = end_freqindex_list
        self._blocks = num_frequency_blocks
        self._set_sizes("GridLSTMStateTuple", [""])

    _state_tuple_type: Any

    def _set_sizes(self, name: str, directions: list[str]) -> None:
        """The sizes of states, which have names if they are tuples, and of what is put out."""
        fields = [
            f"{direction}state_f{place:02d}_b{block:02d}_{part}"
            for direction in directions
            for block, count in enumerate(self._blocks)
            for place in range(count)
            for part in "cm"
        ]
        make: Any = namedtuple
        self._state_tuple_type = make(name, fields) if self._state_is_tuple else None
        total = self._num_units * len(fields)
        self._state_size = total
        if self._state_is_tuple:
            self._state_size = self._state_tuple_type(*([self._num_units] * len(fields)))
        self._output_size = total

    @property
    def state_tuple_type(self) -> Any:
        """The class of the states, if they are tuples."""
        return self._state_tuple_type

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        batch_size = dimension_value(inputs.shape[0]) or shape_op(inputs)[0]
        outputs, states = self._all_blocks(self._stretches(inputs), state, batch_size)
        new: Any = self._state_tuple_type(*states) if self._state_is_tuple else concat(states, 1)
        return concat(outputs, 1), new

    def _all_blocks(
        self, blocks: list[list[Tensor]], state: Any, batch_size: Any, direction: str = ""
    ) -> tuple[list[Tensor], list[Tensor]]:
        outputs: list[Tensor] = []
        states: list[Tensor] = []
        for block, stretches in enumerate(blocks):
            more_outputs, more_states = self._compute(stretches, block, state, batch_size, direction)
            outputs.extend(more_outputs)
            states.extend(more_states)
        return outputs, states

    def _weights(self, block: int, size: int, dtype: Any) -> tuple[Any, Any, dict[str, Any]]:
        """The affine maps of frequency and time, and the peepholes by their names, of a block."""
        columns = (3 if self._coupled else 4) * self._num_units

        def affine(which: str) -> Any:
            rows = size + 2 * self._num_units
            kernel = sharded_variable(f"W_{which}_{block}", [rows, columns], dtype, self._num_unit_shards)
            bias = get_variable(f"B_{which}_{block}", shape=[columns], initializer=Zeros(), dtype=dtype)
            return lambda args: bias_add(matmul(args, kernel), bias)

        in_frequency = affine("f")
        in_time = in_frequency if self._share_weights else affine("t")
        peepholes = {}
        if self._use_peepholes:
            for kind in ("freq",) if self._share_weights else ("freq", "time"):
                for gate in "IO" if self._coupled else "FIO":
                    for seen in "ft":
                        name = f"W_{gate}_diag_{kind}{seen}_{block}"
                        peepholes[f"{gate}_{kind}{seen}"] = get_variable(
                            name, shape=[self._num_units], dtype=dtype
                        )
        if self._share_weights:
            peepholes.update({name.replace("freq", "time"): value for name, value in peepholes.items()})
        return in_frequency, in_time, peepholes

    def _compute(
        self, stretches: list[Tensor], block: int, state: Any, batch_size: Any, direction: str
    ) -> tuple[list[Tensor], list[Tensor]]:
        """A step of both memories for all stretches of a block: outputs, and states in time."""
        units, dtype = self._num_units, stretches[0].dtype
        in_frequency, in_time, peepholes = self._weights(block, self._feature_size, dtype)
        count = 3 if self._coupled else 4

        def parts(gates: Tensor) -> tuple[Any, Any, Any, Any]:
            write, new, *forget, show = split(value=gates, num_or_size_splits=count, axis=1)
            return write, new, forget[0] if forget else None, show

        def gate(value: Tensor, which: str, kind: str, c_freq: Tensor, c_time: Tensor) -> Tensor:
            if which == "F":
                value = value + self._forget_bias
            if self._use_peepholes:
                value = value + peepholes[f"{which}_{kind}f"] * c_freq
                value = value + peepholes[f"{which}_{kind}t"] * c_time
            return sigmoid(value)

        def memory(kind: str, gates: Any, own: Tensor, c_freq: Tensor, c_time: Tensor) -> Tensor:
            write, new, forget, _ = gates
            write = gate(write, "I", kind, c_freq, c_time)
            kept = 1.0 - write if self._coupled else gate(forget, "F", kind, c_freq, c_time)
            return _clipped(kept * own + write * tanh(new), self._cell_clip)

        m_freq = zeros([batch_size, units], dtype)
        c_freq = zeros([batch_size, units], dtype)
        outputs: list[Tensor] = []
        states: list[Tensor] = []
        for place, stretch in enumerate(stretches):
            if self._state_is_tuple:
                name = f"{direction}state_f{place:02d}_b{block:02d}"
                c_time, m_time = getattr(state, f"{name}_c"), getattr(state, f"{name}_m")
            else:
                c_time = slice_of(state, [0, 2 * place * units], [-1, units])
                m_time = slice_of(state, [0, (2 * place + 1) * units], [-1, units])
            args = concat([stretch, m_time, m_freq], 1)
            of_freq = parts(in_frequency(args))
            of_time = of_freq if self._share_weights else parts(in_time(args))
            new_freq = memory("freq", of_freq, c_freq, c_freq, c_time)
            new_time = memory("time", of_time, c_time, c_freq, c_time)
            c_freq, c_time = new_freq, new_time
            m_freq = gate(of_freq[-1], "O", "freq", c_freq, c_time) * tanh(c_freq)
            m_time = gate(of_time[-1], "O", "time", c_freq, c_time) * tanh(c_time)
            states.extend([c_time, m_time])
            outputs.extend([m_time, m_freq])
        return outputs, states

    def _stretches(self, inputs: Tensor, offset: int = 0) -> list[list[Tensor]]:
        """The stretches of frequencies, block by block.

        Args:
            inputs: (batch, frequencies).
            offset: how far all of them are moved up; the inputs are padded with zeros.

        Raises:
            ValueError: there are not as many as `num_frequency_blocks` says.
        """
        size = _known_size(inputs)
        if offset:
            margins = [0, 0, 0, offset] if offset > 0 else [0, 0, -offset, 0]
            inputs = pad(inputs, constant(margins, shape=[2, 2], dtype=dtypes.int32), "CONSTANT")
            offset = max(offset, 0)
        if self._starts:
            if len(self._starts) != len(self._ends):
                raise ValueError(
                    f"Length of start and end freqindex_list does not match {len(self._starts)} "
                    f"{len(self._ends)}"
                )
            if len(self._blocks) != len(self._starts):
                raise ValueError(
                    "Length of num_frequency_blocks is not equal to start_freqindex_list "
                    f"{len(self._blocks)} {len(self._starts)}"
                )
            ranges = list(zip(self._starts, self._ends, strict=True))
        else:
            if len(self._blocks) != 1:
                raise ValueError(
                    f"Length of num_frequency_blocks is not 1, but instead is {len(self._blocks)}"
                )
            ranges = [(0, size)]
        found = []
        for (start, end), wanted in zip(ranges, self._blocks, strict=True):
            count = int((end - start - self._feature_size) / self._frequency_skip) + 1
            if count != wanted:
                raise ValueError(
                    f"Invalid num_frequency_blocks, requires {wanted} but gets {count}, please check the "
                    "input size and filter config are correct."
                )
            found.append(
                [
                    slice_of(
                        inputs,
                        [0, start + offset + place * self._frequency_skip],
                        [-1, self._feature_size],
                    )
                    for place in range(count)
                ]
            )
        return found


class BidirectionalGridLSTMCell(GridLSTMCell):
    """A grid that goes up through the frequencies, and one that goes down.

    Args:
        num_units, use_peepholes, share_time_frequency_weights, cell_clip, initializer, num_unit_shards,
            forget_bias, feature_size, frequency_skip, num_frequency_blocks, start_freqindex_list,
            end_freqindex_list, couple_input_forget_gates, reuse: as of `GridLSTMCell`.
        backward_slice_offset: how far the stretches of the way down are moved up.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        share_time_frequency_weights: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_unit_shards: int = 1,
        forget_bias: float = 1.0,
        feature_size: Any = None,
        frequency_skip: Any = None,
        num_frequency_blocks: Any = None,
        start_freqindex_list: Any = None,
        end_freqindex_list: Any = None,
        couple_input_forget_gates: bool = False,
        backward_slice_offset: int = 0,
        reuse: Any = None,
    ) -> None:
        super().__init__(
            num_units,
            use_peepholes,
            share_time_frequency_weights,
            cell_clip,
            initializer,
            num_unit_shards,
            forget_bias,
            feature_size,
            frequency_skip,
            num_frequency_blocks,
            start_freqindex_list,
            end_freqindex_list,
            couple_input_forget_gates,
            True,
            reuse,
        )
        self._backward_slice_offset = int(backward_slice_offset)
        self._set_sizes("BidirectionalGridLSTMStateTuple", ["fwd_", "bwd_"])

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        batch_size = dimension_value(inputs.shape[0]) or shape_op(inputs)[0]
        forwards = backwards = self._stretches(inputs)
        if self._backward_slice_offset:
            backwards = self._stretches(inputs, self._backward_slice_offset)
        with variable_scope("fwd"):
            outputs, states = self._all_blocks(forwards, state, batch_size, "fwd_")
        with variable_scope("bwd"):
            turned = [stretches[::-1] for stretches in backwards]
            more_outputs, more_states = self._all_blocks(turned, state, batch_size, "bwd_")
        return concat(outputs + more_outputs, 1), self._state_tuple_type(*states, *more_states)
