"""CuDNNGRU and CuDNNLSTM: recurrent layers with cuDNN's weights, which run anywhere here."""

from __future__ import annotations

from collections import namedtuple
from typing import Any, ClassVar

from perdure.functional.array.array import expand_dims, reshape
from perdure.functional.array.joining import concat
from perdure.functional.array.rearranging import transpose
from perdure.functional.state.state import assign
from perdure.graph.builder import g
from perdure.graph.constants import constant
from perdure.keras import initializers
from perdure.keras.backend.arrays import reverse
from perdure.keras.engine.layer import Layer
from perdure.keras.layers.described import described, keep
from perdure.keras.layers.rnn import RNN
from perdure.layers.input_spec import InputSpec

_Cell = namedtuple("_Cell", ["state_size"])


def _each(tensor: Any, units: int, order: Any) -> list[Any]:
    """Parts of the last axis of a variable, each as large as the output, in an order."""
    last = tensor.shape.as_list()[-1] // units - 1

    def part(i: int) -> slice:
        return slice(i * units if i else None, (i + 1) * units if i < last else None)

    if len(tensor.shape) == 1:
        return [tensor[part(i)] for i in order]
    return [tensor[:, part(i)] for i in order]


class _CuDNNRNN(RNN):
    """What the layers have in common.

    Args:
        units: the size of the output.
        kernel_initializer, recurrent_initializer, bias_initializer: initializers, or their names.
        kernel_regularizer, recurrent_regularizer, bias_regularizer, activity_regularizer: functions to a
            loss, or their names.
        kernel_constraint, recurrent_constraint, bias_constraint: constraints, or their names.
        return_sequences, return_state, go_backwards, stateful, **kwargs: see `RNN`.
    """

    _gates: ClassVar[int]
    _states_of: ClassVar[int]
    # The order of cuDNN's gates.
    _order: ClassVar[tuple[int, ...]]
    _described: ClassVar[tuple[str, ...]] = (
        "units",
        "kernel_initializer",
        "recurrent_initializer",
        "bias_initializer",
        "kernel_regularizer",
        "recurrent_regularizer",
        "bias_regularizer",
        "activity_regularizer",
        "kernel_constraint",
        "recurrent_constraint",
        "bias_constraint",
    )
    units: int
    kernel_initializer: Any
    recurrent_initializer: Any
    bias_initializer: Any
    kernel_regularizer: Any
    recurrent_regularizer: Any
    bias_regularizer: Any
    kernel_constraint: Any
    recurrent_constraint: Any
    bias_constraint: Any

    def __init__(
        self,
        units: int,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        time_major: bool = False,
        **kwargs: Any,
    ) -> None:
        Layer.__init__(self, **kwargs)
        sizes = (units,) * self._states_of
        object.__setattr__(self, "cell", _Cell(sizes if len(sizes) > 1 else units))
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.time_major = time_major
        self.zero_output_for_mask = False
        self.supports_masking = False
        self.input_spec = [InputSpec(ndim=3)]
        self.state_spec = [InputSpec(shape=(None, size)) for size in sizes]
        self.constants_spec = None
        self._states: Any = None
        self._num_constants = 0
        self._vector_shape = constant([-1])
        keep(
            self,
            units=units,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint,
        )

    def _bias_initializer(self) -> Any:
        return self.bias_initializer

    def build(self, input_shape: Any) -> None:
        super().build(input_shape)
        if isinstance(input_shape, list):
            input_shape = input_shape[0]
        width = self.units * self._gates
        self.kernel = self.add_weight(
            shape=(int(input_shape[-1]), width),
            name="kernel",
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width),
            name="recurrent_kernel",
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
        )
        self.bias = self.add_weight(
            shape=(width * 2,),
            name="bias",
            initializer=self._bias_initializer(),
            regularizer=self.bias_regularizer,
            constraint=self.bias_constraint,
        )
        self.built = True

    def call(  # type: ignore[override]
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None
    ) -> Any:
        if isinstance(mask, list):
            mask = mask[0]
        if mask is not None:
            raise ValueError("Masking is not supported for CuDNN RNNs.")
        if isinstance(inputs, list):
            initial_state = inputs[1:]
            inputs = inputs[0]
        elif initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(inputs)
        if len(initial_state) != len(self.states):
            raise ValueError(
                f"Layer has {len(self.states)} states but was passed {len(initial_state)} initial states."
            )
        if self.go_backwards:
            inputs = reverse(inputs, 1)
        output, states = self._process_batch(inputs, initial_state)
        if self.stateful:
            kept = zip(self.states, states, strict=True)
            self.add_update([assign(before, after) for before, after in kept])
        return [output, *states] if self.return_state else output

    def _parameters(self) -> Any:
        """The variables as cuDNN's one vector."""
        order = self._order
        parts = _each(self.kernel, self.units, order)
        parts += _each(self.recurrent_kernel, self.units, order)
        parts += _each(self.bias, self.units, (*order, *(self._gates + i for i in order)))
        return concat([reshape(part, self._vector_shape) for part in parts], axis=0)

    def _process_batch(self, inputs: Any, initial_state: Any) -> tuple[Any, list[Any]]:
        """The outputs of all steps or of the last one, and the last states."""
        if not self.time_major:
            inputs = transpose(inputs, perm=(1, 0, 2))
        states = [expand_dims(state, axis=0) for state in initial_state]
        given = states if len(states) > 1 else [*states, 0]
        mode = {"rnn_mode": "gru"} if self._gates == 3 else {}
        outputs, h, c, _, _ = g.cudnn_rnn_v2(inputs, *given, self._parameters(), is_training=True, **mode)
        after = [h, c][: len(states)]
        if self.stateful or self.return_state:
            after = [state[0] for state in after]
        if not self.return_sequences:
            return outputs[-1], after
        return outputs if self.time_major else transpose(outputs, perm=(1, 0, 2)), after

    def get_config(self) -> dict[str, Any]:
        names = ("return_sequences", "return_state", "go_backwards", "stateful", "time_major")
        config = {name: getattr(self, name) for name in names}
        return {**Layer.get_config(self), **config, **described(self, *self._described)}

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        return cls(**config)


class CuDNNGRU(_CuDNNRNN):
    """Gated recurrent units with cuDNN's weights; see `_CuDNNRNN`."""

    _gates = 3
    _states_of = 1
    _order = (1, 0, 2)


class CuDNNLSTM(_CuDNNRNN):
    """Long short-term memory with cuDNN's weights; see `_CuDNNRNN`.

    Args:
        units, kernel_initializer, recurrent_initializer, bias_initializer: see `_CuDNNRNN`.
        unit_forget_bias: whether the bias of the forget gate begins at one.
        **kwargs: the other arguments.
    """

    _gates = 4
    _states_of = 2
    _order = (0, 1, 2, 3)
    _described = (*_CuDNNRNN._described[:4], "unit_forget_bias", *_CuDNNRNN._described[4:])

    def __init__(
        self,
        units: int,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(units, kernel_initializer, recurrent_initializer, bias_initializer, *args, **kwargs)
        self.unit_forget_bias = unit_forget_bias

    def _bias_initializer(self) -> Any:
        if not self.unit_forget_bias:
            return self.bias_initializer

        def bias_initializer(_: Any, *args: Any, **kwargs: Any) -> Any:
            parts = [
                self.bias_initializer((self.units * 5,), *args, **kwargs),
                initializers.Ones()((self.units,), *args, **kwargs),
                self.bias_initializer((self.units * 2,), *args, **kwargs),
            ]
            return concat(parts, axis=0)

        return bias_initializer
