"""tf.nn.rnn_cell: simple recurrent, gated and long short-term memory cells, and stacks of them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from typing import Any

from perdure.functional.array.joining import concat, split
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.math import binary
from perdure.functional.math.clip import clip_by_value
from perdure.functional.math.products import matmul
from perdure.functional.math.unary import sigmoid, tanh
from perdure.functional.nn.activations import bias_add
from perdure.functional.random.initializers import Constant, Zeros
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.layers.arguments import (
    activation_of,
    initializer_of,
    serialized_activation,
    serialized_initializer,
)
from perdure.layers.base import Layer
from perdure.layers.input_spec import InputSpec
from perdure.platform import logging
from perdure.rnn.base import LayerRNNCell, RNNCell, check_float, warn_of_cell
from perdure.tracking.trackable import Trackable
from perdure.variables.partitioners import Partitioner, fixed_size_partitioner
from perdure.variables.variable_scope import variable_scope


class _UnitCell(LayerRNNCell):
    """What cells with a number of units share."""

    def __init__(
        self, num_units: int, activation: Any, reuse: Any, name: Any, dtype: Any, **kwargs: Any
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        check_float(self.dtype)
        self.input_spec = InputSpec(ndim=2)
        self._num_units = num_units
        self._activation: Callable[..., Any] = activation_of(activation or None) or tanh

    @property
    def state_size(self) -> Any:
        """The size of a state, or the structure of sizes."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The size of what the cell puts out."""
        return self._num_units

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this cell again, as plain Python values."""
        return {
            **super().get_config(),
            "num_units": self._num_units,
            **self._more_config(),
            "activation": serialized_activation(self._activation),
            "reuse": self._reuse,
        }

    def _more_config(self) -> dict[str, Any]:
        """The arguments that only some of the cells have."""
        return {}

    def _input_size(self, inputs_shape: Any) -> int:
        size = dimension_value(inputs_shape[-1])
        if size is None:
            raise ValueError(
                f"Expected inputs.shape[-1] to be known, saw shape: {tuple(inputs_shape.as_list())}"
            )
        check_float(self.dtype)
        return size

    def _affine(self, parts: list[Any], kernel: Any, bias: Any) -> Tensor:
        return bias_add(matmul(concat(parts, 1), kernel), bias)


def _check_inputs(inputs: Any, state: Any) -> None:
    for tensor in nest.flatten([inputs, state]):
        check_float(tensor.dtype)


def warn_of_one_state(cell: Any) -> None:
    """Log that a state in one tensor is slower."""
    logging.warning(
        "%s: Using a concatenated state is slower and will soon be deprecated.  Use state_is_tuple=True.",
        cell,
    )


class BasicRNNCell(_UnitCell):
    """activation(kernel · [inputs, state] + bias), which is output and next state.

    Args:
        num_units: how many units it has.
        activation: a function, or its name; tanh by default.
        reuse: whether to share variables that exist.
        name: the name of the cell; cells of one name share variables, if `reuse` says so.
        dtype: the type of the variables; by default that of the first input.
        **kwargs: see `tf.layers.Layer`.
    """

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        warn_of_cell("BasicRNNCell", "SimpleRNNCell")
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)

    def build(self, inputs_shape: Any) -> None:
        """Make kernel and bias."""
        size = self._input_size(inputs_shape)
        self._kernel = self.add_weight("kernel", [size + self._num_units, self._num_units])
        self._bias = self.add_weight("bias", [self._num_units], initializer=Zeros(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        _check_inputs(inputs, state)
        output = self._activation(self._affine([inputs, state], self._kernel, self._bias))
        return output, output


class GRUCell(_UnitCell):
    """A gated recurrent unit (Cho et al., 2014): the next state is between the old one and a candidate.

    Args:
        num_units, activation, reuse, name, dtype, **kwargs: as of `BasicRNNCell`.
        kernel_initializer: of both kernels; by default that of the variable scope.
        bias_initializer: of both biases; by default ones for the gates and zeros for the candidate.
    """

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        warn_of_cell("GRUCell", "GRUCell")
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        self._kernel_initializer = initializer_of(kernel_initializer)
        self._bias_initializer = initializer_of(bias_initializer)

    def _more_config(self) -> dict[str, Any]:
        return {
            "kernel_initializer": serialized_initializer(self._kernel_initializer),
            "bias_initializer": serialized_initializer(self._bias_initializer),
        }

    def build(self, inputs_shape: Any) -> None:
        """Make kernels and biases of the gates and of the candidate."""
        units = self._num_units
        rows = self._input_size(inputs_shape) + units
        initializer, bias = self._kernel_initializer, self._bias_initializer
        self._gate_kernel = self.add_weight("gates/kernel", [rows, 2 * units], initializer=initializer)
        self._gate_bias = self.add_weight(
            "gates/bias", [2 * units],
            initializer=Constant(1.0, dtype=self.dtype) if bias is None else bias,
        )  # fmt: skip
        self._candidate_kernel = self.add_weight("candidate/kernel", [rows, units], initializer=initializer)
        self._candidate_bias = self.add_weight(
            "candidate/bias", [units], initializer=Zeros(dtype=self.dtype) if bias is None else bias
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        _check_inputs(inputs, state)
        gates = sigmoid(self._affine([inputs, state], self._gate_kernel, self._gate_bias))
        reset, update = split(value=gates, num_or_size_splits=2, axis=1)
        remembered = reset * state
        candidate = self._activation(
            self._affine([inputs, remembered], self._candidate_kernel, self._candidate_bias)
        )
        state = update * state + (1 - update) * candidate
        return state, state


_StatePair = namedtuple("_StatePair", ("c", "h"))
_StatePair.__name__ = "LSTMStateTuple"


class LSTMStateTuple(_StatePair):
    """The state of a long short-term memory: the cells `c` and what they put out, `h`."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The element type of both.

        Raises:
            TypeError: they differ.
        """
        c, h = self
        if c.dtype != h.dtype:
            raise TypeError(f"Inconsistent internal state: {c.dtype} vs {h.dtype}")
        return c.dtype


class BasicLSTMCell(_UnitCell):
    """A long short-term memory (Zaremba et al., 2015), without projection and peepholes.

    Args:
        num_units: how many units it has.
        forget_bias: added to the bias of the forget gate.
        state_is_tuple: whether a state is an LSTMStateTuple, or one tensor with `c` and `h` side by side.
        activation, reuse, name, dtype, **kwargs: as of `BasicRNNCell`.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        warn_of_cell("BasicLSTMCell", "LSTMCell")
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        if not state_is_tuple:
            warn_of_one_state(self)
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self) -> Any:
        """An LSTMStateTuple of sizes, or the size of both together."""
        units = self._num_units
        return LSTMStateTuple(units, units) if self._state_is_tuple else 2 * units

    def _more_config(self) -> dict[str, Any]:
        return {"forget_bias": self._forget_bias, "state_is_tuple": self._state_is_tuple}

    def build(self, inputs_shape: Any) -> None:
        """Make kernel and bias of all gates."""
        size, units = self._input_size(inputs_shape), self._num_units
        self._kernel = self.add_weight("kernel", [size + units, 4 * units])
        self._bias = self.add_weight("bias", [4 * units], initializer=Zeros(dtype=self.dtype))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        _check_inputs(inputs, state)
        one = constant(1, dtype=dtypes.int32)
        if self._state_is_tuple:
            c, h = state
        else:
            c, h = split(value=state, num_or_size_splits=2, axis=one)
        gates = self._affine([inputs, h], self._kernel, self._bias)
        write, new, forget, show = split(value=gates, num_or_size_splits=4, axis=one)
        forget_bias = constant(self._forget_bias, dtype=forget.dtype)
        add, multiply = binary.add, binary.multiply
        c = add(
            multiply(c, sigmoid(add(forget, forget_bias))),
            multiply(sigmoid(write), self._activation(new)),
        )
        h = multiply(self._activation(c), sigmoid(show))
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else concat([c, h], 1)


class LSTMCell(_UnitCell):
    """A long short-term memory with peepholes, clipping and a projection (Sak et al., 2014).

    Args:
        num_units: how many units it has.
        use_peepholes: whether the gates see the cells.
        cell_clip: the largest value of a cell, if not None.
        initializer: of the kernels; by default that of the variable scope.
        num_proj: the size to which what it puts out is projected, if not None.
        proj_clip: the largest value of what is projected, if not None.
        num_unit_shards, num_proj_shards: into how many parts the kernels of the gates and of the projection
            are divided; a partitioner of the variable scope does the same.
        forget_bias: added to the bias of the forget gate.
        state_is_tuple: whether a state is an LSTMStateTuple, or one tensor with `c` and `h` side by side.
        activation, reuse, name, dtype, **kwargs: as of `BasicRNNCell`.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: Any = None,
        num_unit_shards: int | None = None,
        num_proj_shards: int | None = None,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        warn_of_cell("LSTMCell", "LSTMCell")
        super().__init__(num_units, activation, reuse, name, dtype, **kwargs)
        if not state_is_tuple:
            warn_of_one_state(self)
        if num_unit_shards is not None or num_proj_shards is not None:
            logging.warning(
                "%s: The num_unit_shards and proj_unit_shards parameters are deprecated and will be removed "
                "in Jan 2017.  Use a variable scope with a partitioner instead.",
                self,
            )
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer_of(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._output_size = num_proj or num_units

    @property
    def state_size(self) -> Any:
        """An LSTMStateTuple of sizes, or the size of both together."""
        sizes = LSTMStateTuple(self._num_units, self._output_size)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        """The size of what the cell puts out."""
        return self._output_size

    def _more_config(self) -> dict[str, Any]:
        return {
            "use_peepholes": self._use_peepholes,
            "cell_clip": self._cell_clip,
            "initializer": serialized_initializer(self._initializer),
            "num_proj": self._num_proj,
            "proj_clip": self._proj_clip,
            "num_unit_shards": self._num_unit_shards,
            "num_proj_shards": self._num_proj_shards,
            "forget_bias": self._forget_bias,
            "state_is_tuple": self._state_is_tuple,
        }

    def build(self, inputs_shape: Any) -> None:
        """Make kernel and bias of all gates, peepholes and the projection."""
        size, units = self._input_size(inputs_shape), self._num_units
        shown = units if self._num_proj is None else self._num_proj
        initializer = self._initializer
        self._kernel = self.add_weight(
            "kernel",
            [size + shown, 4 * units],
            initializer=initializer,
            partitioner=_shards(self._num_unit_shards),
        )
        self._bias = self.add_weight("bias", [4 * units], initializer=Zeros(dtype=self.dtype))
        if self._use_peepholes:
            self._forget_peephole = self.add_weight("w_f_diag", [units], initializer=initializer)
            self._write_peephole = self.add_weight("w_i_diag", [units], initializer=initializer)
            self._show_peephole = self.add_weight("w_o_diag", [units], initializer=initializer)
        if self._num_proj is not None:
            self._projection = self.add_weight(
                "projection/kernel",
                [units, self._num_proj],
                initializer=initializer,
                partitioner=_shards(self._num_proj_shards),
            )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        _check_inputs(inputs, state)
        units = self._num_units
        shown = units if self._num_proj is None else self._num_proj
        if self._state_is_tuple:
            c, h = state
        else:
            c = slice_of(state, [0, 0], [-1, units])
            h = slice_of(state, [0, units], [-1, shown])
        if dimension_value(inputs.get_shape().with_rank(2)[1]) is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        gates = self._affine([inputs, h], self._kernel, self._bias)
        write, new, forget, show = split(value=gates, num_or_size_splits=4, axis=1)
        # In TensorFlow's order: each operator is a node.
        if self._use_peepholes:
            kept = sigmoid(forget + self._forget_bias + self._forget_peephole * c) * c
            c = kept + sigmoid(write + self._write_peephole * c) * self._activation(new)
        else:
            c = sigmoid(forget + self._forget_bias) * c + sigmoid(write) * self._activation(new)
        if self._cell_clip is not None:
            c = clip_by_value(c, -self._cell_clip, self._cell_clip)
        if self._use_peepholes:
            h = sigmoid(show + self._show_peephole * c) * self._activation(c)
        else:
            h = sigmoid(show) * self._activation(c)
        if self._num_proj is not None:
            h = matmul(h, self._projection)
            if self._proj_clip is not None:
                h = clip_by_value(h, -self._proj_clip, self._proj_clip)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else concat([c, h], 1)


def _shards(number: int | None) -> Partitioner | None:
    return None if number is None else fixed_size_partitioner(number)


class MultiRNNCell(RNNCell):
    """Cells one after another: what one puts out goes into the next.

    Args:
        cells: the cells, in this order.
        state_is_tuple: whether a state is a tuple of the states of the cells, or one tensor with all of them
            side by side.

    Raises:
        ValueError: there are no cells, or their states are tuples and `state_is_tuple` is false.
        TypeError: `cells` is no sequence.
    """

    def __init__(self, cells: Sequence[Any], state_is_tuple: bool = True) -> None:
        warn_of_cell("MultiRNNCell", "StackedRNNCells")
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not nest.is_nested(cells):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        if len(set(map(id, cells))) < len(cells):
            logging.log_first_n(
                logging.WARN,
                "At least two cells provided to MultiRNNCell are the same object and will share weights.",
                1,
            )
        self._cells = cells
        for number, cell in enumerate(cells):
            if isinstance(cell, Trackable):
                self._track_trackable(cell, f"cell-{number}")
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(nest.is_nested(cell.state_size) for cell in cells):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set.  State sizes "
                f"are: {[cell.state_size for cell in cells]}"
            )

    @property
    def state_size(self) -> Any:
        """The sizes of the states of all cells: a tuple, or their sum."""
        sizes = tuple(cell.state_size for cell in self._cells)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> Any:
        """The size of what the last cell puts out."""
        return self._cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros for each cell."""
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    @property
    def trainable_weights(self) -> list[Any]:
        """The trainable variables of the cells."""
        return self._weights_of_cells("trainable_weights") if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The other variables of the cells."""
        others = self._weights_of_cells("non_trainable_weights")
        return others if self.trainable else self._weights_of_cells("trainable_weights") + others

    def _weights_of_cells(self, kind: str) -> list[Any]:
        layers = [cell for cell in self._cells if isinstance(cell, Layer)]
        return [weight for layer in layers for weight in getattr(layer, kind)]

    def call(self, inputs: Any, state: Any) -> Any:
        """One step of all cells."""
        position, states = 0, []
        for i, cell in enumerate(self._cells):
            with variable_scope(f"cell_{i}"):
                if self._state_is_tuple:
                    if not nest.is_nested(state):
                        raise ValueError(
                            f"Expected state to be a tuple of length {len(self.state_size)}, but received: "
                            f"{state}"
                        )
                    own = state[i]
                else:
                    own = slice_of(state, [0, position], [-1, cell.state_size])
                    position += cell.state_size
                inputs, new = cell(inputs, own)
                states.append(new)
        return inputs, tuple(states) if self._state_is_tuple else concat(states, 1)
