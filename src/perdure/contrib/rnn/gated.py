"""Cells with other gates than those of tf.nn.rnn_cell: NAS, update gates, SRU and others."""

from __future__ import annotations

from typing import Any

from perdure.contrib.rnn.linear import Linear, Sized, known_input_size
from perdure.functional.array.joining import concat, split
from perdure.functional.math.products import matmul
from perdure.functional.math.unary import sigmoid, tanh
from perdure.functional.nn.activations import bias_add, relu
from perdure.functional.random.initializers import Zeros
from perdure.graph.tensor_shape import as_shape, dimension_value
from perdure.layers.arguments import activation_of, initializer_of
from perdure.layers.input_spec import InputSpec
from perdure.rnn.base import LayerRNNCell, RNNCell
from perdure.rnn.cells import LSTMStateTuple
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import variable_scope


class NASCell(Sized, LayerRNNCell):
    """The cell that a search for architectures found (Zoph and Le, 2016).

    Args:
        num_units: how many units it has.
        num_proj: the size to which what it puts out is projected, if not None.
        use_bias: whether there is a bias.
        reuse: whether to share variables that exist.
        **kwargs: see `tf.layers.Layer`.
    """

    def __init__(
        self,
        num_units: int,
        num_proj: int | None = None,
        use_bias: bool = False,
        reuse: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_bias = use_bias
        self._set_memory_sizes(num_units, num_proj)

    def build(self, inputs_shape: Any) -> None:
        """Make the kernels for inputs and states, the bias and the projection."""
        size = dimension_value(as_shape(inputs_shape).with_rank(2)[1])
        if size is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        units, columns = self._num_units, 8 * self._num_units
        shown = units if self._num_proj is None else self._num_proj
        self.recurrent_kernel = self.add_weight("recurrent_kernel", [shown, columns])
        self.kernel = self.add_weight("kernel", [size, columns])
        if self._use_bias:
            self.bias = self.add_weight("bias", shape=[columns], initializer=Zeros)
        if self._num_proj is not None:
            self.projection_weights = self.add_weight("projection_weights", [units, self._num_proj])
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, h = state
        of_state = matmul(h, self.recurrent_kernel)
        of_inputs = matmul(inputs, self.kernel)
        if self._use_bias:
            of_state = bias_add(of_state, self.bias)
        m = split(axis=1, num_or_size_splits=8, value=of_state)
        x = split(axis=1, num_or_size_splits=8, value=of_inputs)
        # Nodes of the tree that was found, a layer after the other.
        kinds = (sigmoid, relu, sigmoid, relu, tanh, sigmoid, tanh, sigmoid)
        leaves = [kind(x[i] * m[i] if i == 3 else x[i] + m[i]) for i, kind in enumerate(kinds)]
        first = tanh(leaves[0] * leaves[1])
        second = tanh(leaves[2] + leaves[3])
        third = tanh(leaves[4] * leaves[5])
        fourth = sigmoid(leaves[6] + leaves[7])
        c = tanh(first + c) * second
        h = tanh(c * tanh(third + fourth))
        if self._num_proj is not None:
            h = matmul(h, self.projection_weights)
        return h, LSTMStateTuple(c, h)


class UGRNNCell(Sized, RNNCell):
    """An update gate between the old state and a candidate (Collins et al., 2016).

    Args:
        num_units: how many units it has.
        initializer: of the kernel; by default that of the variable scope.
        forget_bias: added to what comes into the gate.
        activation: a function of the candidate.
        reuse: whether to share variables that exist.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        forget_bias: float = 1.0,
        activation: Any = tanh,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._state_size = self._output_size = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation
        self._linear: Linear | None = None

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        known_input_size(inputs)
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            args = concat([inputs, state], 1)
            if self._linear is None:
                self._linear = Linear(args, 2 * self._state_size, True)
            gate, candidate = split(axis=1, num_or_size_splits=2, value=self._linear(args))
            candidate = self._activation(candidate)
            gate = sigmoid(gate + self._forget_bias)
            state = gate * state + (1.0 - gate) * candidate
        return state, state


class IntersectionRNNCell(Sized, RNNCell):
    """Gates between states in time and between inputs in depth (Collins et al., 2016).

    Args:
        num_units: how many units it has.
        num_in_proj: whether inputs of another size are projected to `num_units`: not None or 0.
        initializer: of the kernels; by default that of the variable scope.
        forget_bias: added to what comes into the gates.
        y_activation: a function of what is put out.
        reuse: whether to share variables that exist.
    """

    def __init__(
        self,
        num_units: int,
        num_in_proj: int | None = None,
        initializer: Any = None,
        forget_bias: float = 1.0,
        y_activation: Any = relu,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._state_size = self._output_size = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._num_input_proj = num_in_proj
        self._y_activation = y_activation
        self._projection: Linear | None = None
        self._linear: Linear | None = None

    def call(self, inputs: Any, state: Any) -> Any:
        """One step.

        Raises:
            ValueError: inputs are of another size, and not projected.
        """
        units, size = self._state_size, known_input_size(inputs)
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            if size != units:
                if not self._num_input_proj:
                    raise ValueError(
                        "Must have input size == output size for Intersection RNN. To fix, num_in_proj "
                        "should be set to num_units at cell init."
                    )
                with variable_scope("in_projection"):
                    if self._projection is None:
                        self._projection = Linear(inputs, units, True)
                    inputs = self._projection(inputs)
            args = concat([inputs, state], 1)
            if self._linear is None:
                self._linear = Linear(args, 4 * units, True)
            gates = self._linear(args)
            state_gate, new_state, output_gate, new_output = (
                gates[:, :units] if i == 0 else gates[:, i * units : (i + 1) * units] for i in range(4)
            )
            new_state = tanh(new_state)
            new_output = self._y_activation(new_output)
            state_gate = sigmoid(state_gate + self._forget_bias)
            output_gate = sigmoid(output_gate + self._forget_bias)
            state = state_gate * state + (1.0 - state_gate) * new_state
            output = output_gate * inputs + (1.0 - output_gate) * new_output
        return output, state


def sized_by_columns(inputs_shape: Any) -> int:
    """The size of the inputs of a cell that is built.

    Raises:
        ValueError: it is not known.
    """
    size = dimension_value(inputs_shape[-1])
    if size is None:
        raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
    return size


class SRUCell(Sized, LayerRNNCell):
    """A simple recurrent unit, whose gates do not see the state (Lei et al., 2017).

    Args:
        num_units: how many units it has.
        activation: a function of the state; tanh by default.
        reuse: whether to share variables that exist.
        name: the name of the cell.
        **kwargs: see `tf.layers.Layer`.
    """

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._state_size = self._output_size = num_units
        self._activation = activation or tanh
        self.input_spec = InputSpec(ndim=2)

    def build(self, inputs_shape: Any) -> None:
        """Make kernel and bias."""
        units = self._state_size
        self._kernel = self.add_weight("kernel", shape=[sized_by_columns(inputs_shape), 4 * units])
        self._bias = self.add_weight("bias", shape=[2 * units], initializer=Zeros)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        candidate, forget, reset, highway = split(
            value=matmul(inputs, self._kernel), num_or_size_splits=4, axis=1
        )
        gates = sigmoid(bias_add(concat([forget, reset], 1), self._bias))
        forget, reset = split(value=gates, num_or_size_splits=2, axis=1)
        state = forget * state + (1.0 - forget) * candidate
        return reset * self._activation(state) + (1.0 - reset) * highway, state


class _KerasLikeCell(Sized, LayerRNNCell):
    """What cells share whose initializers and activation may be names."""

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "ones",
        name: Any = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.input_spec = InputSpec(ndim=2)
        self.units = self._state_size = self._output_size = units
        self.activation: Any = activation_of(activation)
        self.kernel_initializer = initializer_of(kernel_initializer)
        self.bias_initializer = initializer_of(bias_initializer)


class MinimalRNNCell(_KerasLikeCell):
    """An update gate between the state and what comes in (Chen, 2017).

    Args:
        units: how many units it has.
        activation: a function of what comes in, or its name.
        kernel_initializer, bias_initializer: initializers, or their names.
        name: the name of the cell.
        dtype: the type of the variables; by default that of the first input.
        **kwargs: see `tf.layers.Layer`.
    """

    def build(self, inputs_shape: Any) -> None:
        """Make kernel and bias."""
        rows = sized_by_columns(inputs_shape) + 2 * self.units
        self.kernel = self.add_weight("kernel", [rows, self.units], initializer=self.kernel_initializer)
        self.bias = self.add_weight("bias", [self.units], initializer=self.bias_initializer)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        sizes = [known_input_size(inputs), 2 * self.units]
        forward_kernel, gate_kernel = split(value=self.kernel, num_or_size_splits=sizes, axis=0)
        candidate = self.activation(matmul(inputs, forward_kernel))
        gate = sigmoid(bias_add(matmul(concat([candidate, state], 1), gate_kernel), self.bias))
        state = gate * state + (1 - gate) * candidate
        return state, state


class CFNCell(_KerasLikeCell):
    """A network without chaos: the state alone falls to zero (Laurent and von Brecht, 2016).

    Args:
        units: how many units it has.
        activation: a function of state and inputs, or its name.
        kernel_initializer, bias_initializer: initializers, or their names.
        name: the name of the cell.
        dtype: the type of the variables; by default that of the first input.
        **kwargs: see `tf.layers.Layer`.
    """

    def build(self, inputs_shape: Any) -> None:
        """Make the kernels for inputs and states, and the bias."""
        size, units = sized_by_columns(inputs_shape), self.units
        self.kernel = self.add_weight("kernel", [size, 3 * units], initializer=self.kernel_initializer)
        self.recurrent_kernel = self.add_weight(
            "recurrent_kernel", [units, 2 * units], initializer=self.kernel_initializer
        )
        self.bias = self.add_weight("bias", [2 * units], initializer=self.bias_initializer)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        known_input_size(inputs)
        gate_kernel, kernel = split(
            value=self.kernel, num_or_size_splits=[2 * self.units, self.units], axis=1
        )
        gates = matmul(state, self.recurrent_kernel) + matmul(inputs, gate_kernel)
        gates = sigmoid(bias_add(gates, self.bias))
        kept, taken = split(value=gates, num_or_size_splits=2, axis=1)
        projected = matmul(inputs, kernel)
        state = kept * self.activation(state) + (1 - taken) * self.activation(projected)
        return state, state
