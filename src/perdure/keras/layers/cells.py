"""Recurrent cells: SimpleRNNCell, GRUCell, LSTMCell."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.functional.array.array import ones_like
from perdure.functional.array.joining import split, unstack
from perdure.keras import initializers
from perdure.keras.backend.arrays import concatenate, in_train_phase
from perdure.keras.backend.conv import bias_add
from perdure.keras.backend.math import dot
from perdure.keras.backend.nn import dropout
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.layers.rnn import cell_zero_states
from perdure.keras.utils.structures import shape_type_conversion


class AbstractRNNCell(Layer):
    """What a cell of one's own may derive from: with `call`, `state_size` and `output_size`."""

    def call(self, inputs: Any, states: Any) -> Any:
        """One step: from the inputs and the states to (output, new states)."""
        raise NotImplementedError("Abstract method")

    @property
    def state_size(self) -> Any:
        """The sizes of the states."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of the output."""
        raise NotImplementedError("Abstract method")

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """The states before the first step: zeros."""
        return cell_zero_states(self, inputs, batch_size, dtype)


class DropoutRNNCellMixin:
    """A cell whose inputs and states are dropped: by the same mask at all time steps."""

    dropout: float
    recurrent_dropout: float

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()

    def reset_dropout_mask(self) -> None:
        """Let the next step make a new mask of inputs."""
        object.__setattr__(self, "_dropout_mask", None)

    def reset_recurrent_dropout_mask(self) -> None:
        """Let the next step make a new mask of states."""
        object.__setattr__(self, "_recurrent_dropout_mask", None)

    def _mask(self, kept_as: str, rate: float, inputs: Any, training: Any, count: int) -> Any:
        """A mask: the kept one, or a new one."""
        if rate == 0:
            return None
        if getattr(self, kept_as) is None:
            ones = ones_like(inputs)
            masks = [in_train_phase(lambda: dropout(ones, rate), ones, training) for _ in range(count)]
            object.__setattr__(self, kept_as, masks if count > 1 else masks[0])
        return getattr(self, kept_as)

    def get_dropout_mask_for_cell(self, inputs: Any, training: Any, count: int = 1) -> Any:
        """Masks of the inputs, a list if there are several; None if nothing is dropped."""
        return self._mask("_dropout_mask", self.dropout, inputs, training, count)

    def get_recurrent_dropout_mask_for_cell(self, inputs: Any, training: Any, count: int = 1) -> Any:
        """Masks of the states, a list if there are several; None if nothing is dropped."""
        return self._mask("_recurrent_dropout_mask", self.recurrent_dropout, inputs, training, count)


class _Cell(DropoutRNNCellMixin, Layer):
    """What the cells have in common."""

    # How many matrices there are in the kernel.
    _gates: ClassVar[int]
    _described: ClassVar[tuple[str, ...]]
    units: int
    state_size: Any
    output_size: Any
    activation: Any
    recurrent_activation: Any
    use_bias: bool
    implementation: int
    kernel: Any
    recurrent_kernel: Any
    bias: Any

    def _keep(self, dropout: float, recurrent_dropout: float, **arguments: Any) -> None:
        """Keep the arguments as attributes."""
        keep(self, **arguments)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))

    def _add(self, name: str, shape: Any, initializer: Any = None) -> Any:
        """Make a variable with the initializer, regularizer and constraint of its name."""
        of = {"recurrent_kernel": "recurrent"}.get(name, name)
        return self.add_weight(
            shape=shape,
            name=name,
            initializer=getattr(self, f"{of}_initializer") if initializer is None else initializer,
            regularizer=getattr(self, f"{of}_regularizer"),
            constraint=getattr(self, f"{of}_constraint"),
        )

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.units * self._gates,)

    def _bias_initializer(self) -> Any:
        return None

    @shape_type_conversion
    def build(self, input_shape: Any) -> None:
        self.kernel = self._add("kernel", (input_shape[-1], self.units * self._gates))
        self.recurrent_kernel = self._add("recurrent_kernel", (self.units, self.units * self._gates))
        if self.use_bias:
            self.bias = self._add("bias", self._bias_shape(), self._bias_initializer())
        else:
            self.bias = None
        self.built = True

    def _dropped(self, x: Any, masks: Any, rate: float) -> list[Any]:
        """A tensor for each gate: with its mask."""
        if 0.0 < rate < 1.0:
            return [x * mask for mask in masks]
        return [x] * self._gates

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """The states before the first step: zeros."""
        return cell_zero_states(self, inputs, batch_size, dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), **described(self, *self._described)}


class SimpleRNNCell(_Cell):
    """activation(inputs * kernel + bias + state * recurrent kernel), which is the next state too.

    Args:
        units: the size of the output.
        activation: a function, or its name.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: initializers, or their names.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions to a loss, or their names.
        kernel_constraint, recurrent_constraint, bias_constraint: constraints, or their names.
        dropout, recurrent_dropout: the shares of inputs and of the state that are dropped.
        **kwargs: see `Layer`.
    """

    _gates = 1
    _described = (
        "units",
        "activation",
        "use_bias",
        "kernel_initializer",
        "recurrent_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "recurrent_regularizer",
        "bias_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
        "dropout",
        "recurrent_dropout",
    )

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._keep(
            dropout,
            recurrent_dropout,
            units=units,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
        )
        self.state_size = self.output_size = units

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:
        before = states[0]
        mask = self.get_dropout_mask_for_cell(inputs, training)
        state_mask = self.get_recurrent_dropout_mask_for_cell(before, training)
        hidden = dot(inputs if mask is None else inputs * mask, self.kernel)
        if self.bias is not None:
            hidden = bias_add(hidden, self.bias)
        if state_mask is not None:
            before = before * state_mask
        output = hidden + dot(before, self.recurrent_kernel)
        if self.activation is not None:
            output = self.activation(output)
        return output, [output]


class GRUCell(_Cell):
    """A gated recurrent unit.

    Args:
        units: the size of the output.
        activation, recurrent_activation: functions, or their names: of the candidate and of the gates.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: initializers, or their names.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions to a loss, or their names.
        kernel_constraint, recurrent_constraint, bias_constraint: constraints, or their names.
        dropout, recurrent_dropout: the shares of inputs and of the state that are dropped.
        implementation: 1: a product for each gate; 2: one product.
        reset_after: whether the reset gate is applied behind the product with the state.
        **kwargs: see `Layer`.
    """

    _gates = 3
    _described = (
        "units",
        "activation",
        "recurrent_activation",
        "use_bias",
        "kernel_initializer",
        "recurrent_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "recurrent_regularizer",
        "bias_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
        "dropout",
        "recurrent_dropout",
        "implementation",
        "reset_after",
    )
    reset_after: bool

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        implementation: int = 1,
        reset_after: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._keep(
            dropout,
            recurrent_dropout,
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            implementation=implementation,
            reset_after=reset_after,
        )
        self.state_size = self.output_size = units

    def _bias_shape(self) -> tuple[int, ...]:
        return (2, 3 * self.units) if self.reset_after else (3 * self.units,)

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:
        before = states[0]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=3)
        state_masks = self.get_recurrent_dropout_mask_for_cell(before, training, count=3)
        biases: Any = (None, None)
        if self.use_bias:
            biases = unstack(self.bias) if self.reset_after else (self.bias, None)
        of_gates = self._separate if self.implementation == 1 else self._joined
        before, update, candidate = of_gates(inputs, before, masks, state_masks, *biases)
        output = update * before + (1 - update) * candidate
        return output, [output]

    def _separate(
        self, inputs: Any, before: Any, masks: Any, state_masks: Any, bias: Any, state_bias: Any
    ) -> tuple[Any, Any, Any]:
        """The state that is updated, the update gate and the candidate, by a product for each gate."""
        n = self.units
        inputs_z, inputs_r, inputs_h = self._dropped(inputs, masks, self.dropout)
        x_z = dot(inputs_z, self.kernel[:, :n])
        x_r = dot(inputs_r, self.kernel[:, n : n * 2])
        x_h = dot(inputs_h, self.kernel[:, n * 2 :])
        if self.use_bias:
            x_z = bias_add(x_z, bias[:n])
            x_r = bias_add(x_r, bias[n : n * 2])
            x_h = bias_add(x_h, bias[n * 2 :])
        before_z, before_r, before_h = self._dropped(before, state_masks, self.recurrent_dropout)
        state_z = dot(before_z, self.recurrent_kernel[:, :n])
        state_r = dot(before_r, self.recurrent_kernel[:, n : n * 2])
        if self.reset_after and self.use_bias:
            state_z = bias_add(state_z, state_bias[:n])
            state_r = bias_add(state_r, state_bias[n : n * 2])
        z = self.recurrent_activation(x_z + state_z)
        r = self.recurrent_activation(x_r + state_r)
        if self.reset_after:
            state_h = dot(before_h, self.recurrent_kernel[:, n * 2 :])
            if self.use_bias:
                state_h = bias_add(state_h, state_bias[n * 2 :])
            state_h = r * state_h
        else:
            state_h = dot(r * before_h, self.recurrent_kernel[:, n * 2 :])
        return before, z, self.activation(x_h + state_h)

    def _joined(
        self, inputs: Any, before: Any, masks: Any, state_masks: Any, bias: Any, state_bias: Any
    ) -> tuple[Any, Any, Any]:
        """The state that is updated (the masked one), the update gate and the candidate, by one product."""
        n = self.units
        if 0.0 < self.dropout < 1.0:
            inputs = inputs * masks[0]
        x = dot(inputs, self.kernel)
        if self.use_bias:
            x = bias_add(x, bias)
        x_z, x_r, x_h = x[:, :n], x[:, n : 2 * n], x[:, 2 * n :]
        if 0.0 < self.recurrent_dropout < 1.0:
            before = before * state_masks[0]
        if self.reset_after:
            state = dot(before, self.recurrent_kernel)
            if self.use_bias:
                state = bias_add(state, state_bias)
        else:
            state = dot(before, self.recurrent_kernel[:, : 2 * n])
        state_z, state_r = state[:, :n], state[:, n : 2 * n]
        z = self.recurrent_activation(x_z + state_z)
        r = self.recurrent_activation(x_r + state_r)
        if self.reset_after:
            state_h = r * state[:, 2 * n :]
        else:
            state_h = dot(r * before, self.recurrent_kernel[:, 2 * n :])
        return before, z, self.activation(x_h + state_h)


class LSTMCell(_Cell):
    """Long short-term memory.

    Args:
        units: the size of the output.
        activation, recurrent_activation: functions, or their names: of the memory and of the gates.
        use_bias: whether a bias is added.
        kernel_initializer, recurrent_initializer, bias_initializer: initializers, or their names.
        unit_forget_bias: whether the bias of the forget gate begins at one.
        kernel_regularizer, recurrent_regularizer, bias_regularizer: functions to a loss, or their names.
        kernel_constraint, recurrent_constraint, bias_constraint: constraints, or their names.
        dropout, recurrent_dropout: the shares of inputs and of the state that are dropped.
        implementation: 1: a product for each gate; 2: one product.
        **kwargs: see `Layer`.
    """

    _gates = 4
    _described = (
        "units",
        "activation",
        "recurrent_activation",
        "use_bias",
        "kernel_initializer",
        "recurrent_initializer",
        "bias_initializer",
        "unit_forget_bias",
        "kernel_regularizer",
        "recurrent_regularizer",
        "bias_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
        "dropout",
        "recurrent_dropout",
        "implementation",
    )
    unit_forget_bias: bool
    bias_initializer: Any
    kernel_initializer: Any

    def __init__(
        self,
        units: int,
        activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        implementation: int = 1,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._keep(
            dropout,
            recurrent_dropout,
            units=units,
            activation=activation,
            recurrent_activation=recurrent_activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
            implementation=implementation,
        )
        object.__setattr__(self, "state_size", [units, units])
        self.output_size = units

    def _bias_initializer(self) -> Any:
        if not self.unit_forget_bias:
            return None

        def bias_initializer(_: Any, *args: Any, **kwargs: Any) -> Any:
            return concatenate(
                [
                    self.bias_initializer((self.units,), *args, **kwargs),
                    initializers.Ones()((self.units,), *args, **kwargs),
                    self.bias_initializer((self.units * 2,), *args, **kwargs),
                ]
            )

        return bias_initializer

    def _compute_carry_and_output(self, x: Any, h_tm1: Any, c_tm1: Any) -> tuple[Any, Any]:
        """The memory and the output gate.

        Args:
            x: the inputs of the gates: input, forget, candidate, output.
            h_tm1: the state for each of them.
            c_tm1: the memory before.
        """
        n = self.units
        kernel = self.recurrent_kernel
        i = self.recurrent_activation(x[0] + dot(h_tm1[0], kernel[:, :n]))
        f = self.recurrent_activation(x[1] + dot(h_tm1[1], kernel[:, n : n * 2]))
        c = f * c_tm1 + i * self.activation(x[2] + dot(h_tm1[2], kernel[:, n * 2 : n * 3]))
        o = self.recurrent_activation(x[3] + dot(h_tm1[3], kernel[:, n * 3 :]))
        return c, o

    def _compute_carry_and_output_fused(self, z: Any, c_tm1: Any) -> tuple[Any, Any]:
        """The memory and the output gate, from the joined product's parts."""
        i = self.recurrent_activation(z[0])
        f = self.recurrent_activation(z[1])
        c = f * c_tm1 + i * self.activation(z[2])
        return c, self.recurrent_activation(z[3])

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:
        before, memory = states[0], states[1]
        masks = self.get_dropout_mask_for_cell(inputs, training, count=4)
        state_masks = self.get_recurrent_dropout_mask_for_cell(before, training, count=4)
        if self.implementation == 1:
            of_gates = self._dropped(inputs, masks, self.dropout)
            kernels = split(self.kernel, num_or_size_splits=4, axis=1)
            x = [dot(item, kernel) for item, kernel in zip(of_gates, kernels, strict=True)]
            if self.use_bias:
                biases = split(self.bias, num_or_size_splits=4, axis=0)
                x = [bias_add(item, bias) for item, bias in zip(x, biases, strict=True)]
            state = self._dropped(before, state_masks, self.recurrent_dropout)
            memory, output_gate = self._compute_carry_and_output(x, state, memory)
        else:
            if 0.0 < self.dropout < 1.0:
                inputs = inputs * masks[0]
            z = dot(inputs, self.kernel)
            if 0.0 < self.recurrent_dropout < 1.0:
                before = before * state_masks[0]
            z += dot(before, self.recurrent_kernel)
            if self.use_bias:
                z = bias_add(z, self.bias)
            z = split(z, num_or_size_splits=4, axis=1)
            memory, output_gate = self._compute_carry_and_output_fused(z, memory)
        output = output_gate * self.activation(memory)
        return output, [output, memory]

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """The states before the first step: zeros."""
        return list(super().get_initial_state(inputs, batch_size, dtype))


class PeepholeLSTMCell(LSTMCell):
    """Long short-term memory whose gates see the memory too."""

    input_gate_peephole_weights: Any
    forget_gate_peephole_weights: Any
    output_gate_peephole_weights: Any

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        for gate in ("input", "forget", "output"):
            name = f"{gate}_gate_peephole_weights"
            weight = self.add_weight(shape=(self.units,), name=name, initializer=self.kernel_initializer)
            setattr(self, name, weight)

    def _compute_carry_and_output(self, x: Any, h_tm1: Any, c_tm1: Any) -> tuple[Any, Any]:
        n = self.units
        kernel = self.recurrent_kernel
        i = x[0] + dot(h_tm1[0], kernel[:, :n]) + self.input_gate_peephole_weights * c_tm1
        i = self.recurrent_activation(i)
        f = x[1] + dot(h_tm1[1], kernel[:, n : n * 2]) + self.forget_gate_peephole_weights * c_tm1
        f = self.recurrent_activation(f)
        c = f * c_tm1 + i * self.activation(x[2] + dot(h_tm1[2], kernel[:, n * 2 : n * 3]))
        o = x[3] + dot(h_tm1[3], kernel[:, n * 3 :]) + self.output_gate_peephole_weights * c
        return c, self.recurrent_activation(o)

    def _compute_carry_and_output_fused(self, z: Any, c_tm1: Any) -> tuple[Any, Any]:
        i = self.recurrent_activation(z[0] + self.input_gate_peephole_weights * c_tm1)
        f = self.recurrent_activation(z[1] + self.forget_gate_peephole_weights * c_tm1)
        c = f * c_tm1 + i * self.activation(z[2])
        return c, self.recurrent_activation(z[3] + self.output_gate_peephole_weights * c)
