"""Kinds of long short-term memory: coupled gates, normalized layers and weights, groups, phases."""

from __future__ import annotations

from typing import Any

from perdure.contrib.rnn.linear import Linear, Sized, known_input_size, normalized, sharded_variable, sizes_of
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.array import stop_gradient
from perdure.functional.array.gathering import where
from perdure.functional.array.joining import concat, split
from perdure.functional.array.slicing import slice as slice_of
from perdure.functional.math.binary import mod
from perdure.functional.math.cast import cast
from perdure.functional.math.clip import clip_by_value
from perdure.functional.math.products import matmul
from perdure.functional.math.unary import exp, log, sigmoid, tanh
from perdure.functional.nn.activations import bias_add
from perdure.functional.nn.dropout import dropout
from perdure.functional.nn.normalization import l2_normalize
from perdure.functional.random.initializers import Constant, RandomUniform, Zeros
from perdure.functional.random.random import random_uniform
from perdure.graph import dtypes
from perdure.graph.defaults import control_dependencies
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value
from perdure.platform import logging
from perdure.rnn.base import RNNCell
from perdure.rnn.cells import LSTMStateTuple, warn_of_one_state
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope


class CoupledInputForgetGateLSTMCell(Sized, RNNCell):
    """A long short-term memory that forgets as much as it takes in (Greff et al., 2015).

    Args:
        num_units: how many units it has.
        use_peepholes: whether the gates see the cells.
        initializer: kept for callers; TensorFlow makes no variable with it.
        num_proj: the size to which what it puts out is projected, if not None.
        proj_clip: the largest value of what is projected, if not None.
        num_unit_shards, num_proj_shards: into how many parts the kernels are divided.
        forget_bias: added to the bias of the forget gate.
        state_is_tuple: whether a state is an LSTMStateTuple, or one tensor with `c` and `h` side by side.
        activation: a function of what is taken in and of what is put out.
        reuse: whether to share variables that exist.
        layer_norm: whether gates and cells are normalized.
        norm_gain, norm_shift: what gain and shift of the normalizations are at first.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: Any = None,
        num_unit_shards: int = 1,
        num_proj_shards: int = 1,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = tanh,
        reuse: Any = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
    ) -> None:
        super().__init__(_reuse=reuse)
        if not state_is_tuple:
            warn_of_one_state(self)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._initializer = initializer
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._layer_norm = layer_norm
        self._norm = norm_gain, norm_shift
        self._set_memory_sizes(num_units, num_proj, state_is_tuple)

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        units, dtype = self._num_units, inputs.dtype
        shown = units if self._num_proj is None else self._num_proj
        if self._state_is_tuple:
            c, h = state
        else:
            c = slice_of(state, [0, 0], [-1, units])
            h = slice_of(state, [0, units], [-1, shown])
        rows = known_input_size(inputs) + shown
        kernel = sharded_variable("W", [rows, 3 * units], dtype, self._num_unit_shards)
        bias = get_variable("B", shape=[3 * units], initializer=Zeros(), dtype=dtype)
        gates = matmul(concat([inputs, h], 1), kernel)
        if not self._layer_norm:
            gates = bias_add(gates, bias)
        new, forget, show = split(value=gates, num_or_size_splits=3, axis=1)
        if self._layer_norm:
            new = normalized(new, "transform", *self._norm)
            forget = normalized(forget, "forget", *self._norm)
            show = normalized(show, "output", *self._norm)
        if self._use_peepholes:
            forget_peephole = get_variable("W_F_diag", shape=[units], dtype=dtype)
            show_peephole = get_variable("W_O_diag", shape=[units], dtype=dtype)
            forget = sigmoid(forget + self._forget_bias + forget_peephole * c)
        else:
            forget = sigmoid(forget + self._forget_bias)
        c = forget * c + (1 - forget) * self._activation(new)
        if self._layer_norm:
            c = normalized(c, "state", *self._norm)
        if self._use_peepholes:
            h = sigmoid(show + show_peephole * c) * self._activation(c)
        else:
            h = sigmoid(show) * self._activation(c)
        if self._num_proj is not None:
            h = matmul(h, sharded_variable("W_P", [units, self._num_proj], dtype, self._num_proj_shards))
            h = _clipped(h, self._proj_clip)
        return h, LSTMStateTuple(c, h) if self._state_is_tuple else concat([c, h], 1)


def _clipped(value: Tensor, limit: Any) -> Tensor:
    return value if limit is None else clip_by_value(value, -limit, limit)


class LayerNormBasicLSTMCell(Sized, RNNCell):
    """A long short-term memory with normalized layers and dropout that loses no memory.

    Ba et al. (2016) and Semeniuta et al. (2016).

    Args:
        num_units: how many units it has.
        forget_bias: added to the bias of the forget gate.
        input_size: not used.
        activation: a function of what is taken in and of what is put out.
        layer_norm: whether gates and cells are normalized, in place of a bias.
        norm_gain, norm_shift: what gain and shift of the normalizations are at first.
        dropout_keep_prob: the probability that a number that is taken in stays, a float or a scalar tensor.
        dropout_prob_seed: the seed of the dropout.
        reuse: whether to share variables that exist.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: Any = None,
        activation: Any = tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        if input_size is not None:
            logging.warning("%s: The input_size parameter is deprecated.", self)
        self._num_units = num_units
        self._activation = activation
        self._forget_bias = forget_bias
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed
        self._layer_norm = layer_norm
        self._norm = norm_gain, norm_shift
        self._set_memory_sizes(num_units, None)

    def _gates(self, args: Tensor) -> Tensor:
        rows, columns, dtype = args.get_shape()[-1], 4 * self._num_units, args.dtype
        result = matmul(args, get_variable("kernel", [rows, columns], dtype=dtype))
        if not self._layer_norm:
            result = bias_add(result, get_variable("bias", [columns], dtype=dtype))
        return result

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, h = state
        args = concat([inputs, h], 1)
        gates = self._gates(args)
        parts = split(value=gates, num_or_size_splits=4, axis=1)
        if self._layer_norm:
            names = ("input", "transform", "forget", "output")
            parts = [
                normalized(part, name, *self._norm, dtype=args.dtype)
                for part, name in zip(parts, names, strict=True)
            ]
        write, new, forget, show = parts
        new = self._activation(new)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            new = dropout(new, self._keep_prob, seed=self._seed)
        c = c * sigmoid(forget + self._forget_bias) + sigmoid(write) * new
        if self._layer_norm:
            c = normalized(c, "state", *self._norm, dtype=args.dtype)
        h = self._activation(c) * sigmoid(show)
        return h, LSTMStateTuple(c, h)


class _MemoryCell(Sized, RNNCell):
    """What a long short-term memory with peepholes, clipping and a projection is made with."""

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool,
        cell_clip: Any,
        initializer: Any,
        num_proj: int | None,
        proj_clip: Any,
        forget_bias: float,
        activation: Any,
        reuse: Any,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = initializer
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._forget_bias = forget_bias
        self._activation = activation or tanh
        self._set_memory_sizes(num_units, num_proj)

    def _peepholes(self, dtype: Any) -> list[Any]:
        return [
            get_variable(name, shape=[self._num_units], dtype=dtype)
            for name in ("w_f_diag", "w_i_diag", "w_o_diag")
        ]


class LayerNormLSTMCell(_MemoryCell):
    """A long short-term memory with peepholes, clipping, a projection and normalized layers.

    Args:
        num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias: as of `LSTMCell`.
        activation: a function of what is taken in and of what is put out; tanh by default.
        layer_norm: whether gates and cells are normalized, in place of a bias.
        norm_gain, norm_shift: what gain and shift of the normalizations are at first.
        reuse: whether to share variables that exist.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: Any = None,
        forget_bias: float = 1.0,
        activation: Any = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        reuse: Any = None,
    ) -> None:
        super().__init__(
            num_units,
            use_peepholes,
            cell_clip,
            initializer,
            num_proj,
            proj_clip,
            forget_bias,
            activation,
            reuse,
        )
        self._layer_norm = layer_norm
        self._norm = norm_gain, norm_shift

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, h = state
        known_input_size(inputs)
        activation = self._activation
        with variable_scope(get_variable_scope(), initializer=self._initializer) as scope:
            gates = _affine([inputs, h], 4 * self._num_units, is_normalized=self._layer_norm)
            parts = split(value=gates, num_or_size_splits=4, axis=1)
            if self._layer_norm:
                names = ("input", "transform", "forget", "output")
                parts = [normalized(part, name, *self._norm) for part, name in zip(parts, names, strict=True)]
            write, new, forget, show = parts
            if self._use_peepholes:
                with variable_scope(scope):
                    of_forget, of_write, of_show = self._peepholes(inputs.dtype)
                kept = sigmoid(forget + self._forget_bias + of_forget * c) * c
                c = kept + sigmoid(write + of_write * c) * activation(new)
            else:
                c = sigmoid(forget + self._forget_bias) * c + sigmoid(write) * activation(new)
            if self._layer_norm:
                c = normalized(c, "state", *self._norm)
            c = _clipped(c, self._cell_clip)
            h = sigmoid(show + of_show * c) if self._use_peepholes else sigmoid(show)
            h = h * activation(c)
            if self._num_proj is not None:
                with variable_scope("projection"):
                    h = _affine([h], self._num_proj, has_bias=False)
                h = _clipped(h, self._proj_clip)
        return h, LSTMStateTuple(c, h)


def _affine(
    args: list[Tensor],
    output_size: int,
    has_bias: bool = True,
    is_normalized: bool | None = None,
    weights_of: Any = None,
) -> Tensor:
    """kernel · args + bias.

    Args:
        args: matrices.
        output_size: how many columns the result has.
        has_bias: whether there is a bias.
        is_normalized: whether what follows is, so that the bias is made but not added; None: it is added
            inside of the scope, and not behind it.
        weights_of: a function from kernel and sizes of `args` to the weights.
    """
    dtype = args[0].dtype
    sizes = sizes_of(args)
    with variable_scope(get_variable_scope()) as scope:
        weights = get_variable("kernel", [sum(sizes), output_size], dtype=dtype)
        if weights_of is not None:
            weights = weights_of(weights, sizes)
        result = matmul(args[0] if len(args) == 1 else concat(args, 1), weights)
        if not has_bias:
            return result
        with variable_scope(scope) as inner:
            inner.set_partitioner(None)
            bias = get_variable("bias", [output_size], dtype=dtype, initializer=Constant(0.0, dtype=dtype))
        if is_normalized is None:
            return bias_add(result, bias)
    return result if is_normalized else bias_add(result, bias)


class WeightNormLSTMCell(_MemoryCell):
    """A long short-term memory whose weights are given by length and direction (Salimans and Kingma, 2016).

    Args:
        num_units, use_peepholes, cell_clip, initializer, num_proj, proj_clip, forget_bias: as of `LSTMCell`.
        norm: whether weights are normalized.
        activation: a function of what is taken in and of what is put out; tanh by default.
        reuse: whether to share variables that exist.
    """

    def __init__(
        self,
        num_units: int,
        norm: bool = True,
        use_peepholes: bool = False,
        cell_clip: Any = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: Any = None,
        forget_bias: float = 1,
        activation: Any = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(
            num_units,
            use_peepholes,
            cell_clip,
            initializer,
            num_proj,
            proj_clip,
            forget_bias,
            activation,
            reuse,
        )
        self._weights_of = _normalized_weights if norm else None
        # As in TensorFlow the layer's scope has this name, too, and is never made unique.
        self._scope: Any = "wn_lstm_cell"

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, h = state
        known_input_size(inputs)
        activation = self._activation
        with variable_scope("wn_lstm_cell", initializer=self._initializer):
            gates = _affine([inputs, h], 4 * self._num_units, weights_of=self._weights_of)
            write, new, forget, show = split(value=gates, num_or_size_splits=4, axis=1)
            if self._use_peepholes:
                of_forget, of_write, of_show = self._peepholes(inputs.dtype)
                kept = c * sigmoid(forget + self._forget_bias + of_forget * c)
                c = kept + sigmoid(write + of_write * c) * activation(new)
            else:
                c = c * sigmoid(forget + self._forget_bias) + sigmoid(write) * activation(new)
            c = _clipped(c, self._cell_clip)
            h = sigmoid(show + of_show * c) if self._use_peepholes else sigmoid(show)
            h = h * activation(c)
            if self._num_proj is not None:
                with variable_scope("projection"):
                    h = _affine([h], self._num_proj, has_bias=False, weights_of=self._weights_of)
                h = _clipped(h, self._proj_clip)
        return h, LSTMStateTuple(c, h)


def _normalized_weights(weights: Any, sizes: list[int]) -> Tensor:
    """Columns of length 1 times a variable, for the rows of each input; they belong to no step."""
    parts, start = [], 0
    with control_dependencies(None):
        for i, size in enumerate(sizes):
            rows = weights[start : start + size, :]
            length = get_variable(f"norm_{i}", [rows.get_shape().as_list()[1]], dtype=rows.dtype)
            parts.append(l2_normalize(rows, axis=0) * length)
            start += size
        return concat(parts, axis=0)


class GLSTMCell(Sized, RNNCell):
    """A long short-term memory in groups that do not see each other (Kuchaiev and Ginsburg, 2017).

    Args:
        num_units: how many units it has.
        initializer: of the kernels; by default that of the variable scope.
        num_proj: the size to which what it puts out is projected, if not None.
        number_of_groups: into how many groups units and inputs are divided.
        forget_bias: added to the bias of the forget gate.
        activation: a function of what is put out.
        reuse: whether to share variables that exist.

    Raises:
        ValueError: a size is no multiple of `number_of_groups`.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        num_proj: int | None = None,
        number_of_groups: int = 1,
        forget_bias: float = 1.0,
        activation: Any = tanh,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        if num_units % number_of_groups:
            raise ValueError("num_units must be divisible by number_of_groups")
        if num_proj and num_proj % number_of_groups:
            raise ValueError("num_proj must be divisible by number_of_groups")
        self._num_units = num_units
        self._initializer = initializer
        self._num_proj = num_proj
        self._forget_bias = forget_bias
        self._activation = activation
        self._number_of_groups = number_of_groups
        self._group_shape = [(num_proj or num_units) // number_of_groups, num_units // number_of_groups]
        self._linears: list[Linear | None] = [None] * number_of_groups
        self._projection: Linear | None = None
        self._set_memory_sizes(num_units, num_proj)

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c, h = state
        groups, units, dtype = self._number_of_groups, self._num_units, inputs.dtype
        batch_size = dimension_value(inputs.shape[0]) or shape_op(inputs)[0]
        input_size = dimension_value(inputs.shape[1])
        if input_size is None:
            raise ValueError("input size must be statically known")
        if input_size % groups:
            raise ValueError(f"input size ({input_size}) must be divisible by number_of_groups ({groups})")

        def columns(matrix: Tensor, group: int, size: int) -> Tensor:
            name = f"GLSTM_group{group}_input_generation"
            return slice_of(matrix, [0, group * size], [batch_size, size], name=name)

        with variable_scope(get_variable_scope(), initializer=self._initializer):
            parts = []
            for group in range(groups):
                with variable_scope(f"group{group}"):
                    own = concat(
                        [
                            columns(inputs, group, input_size // groups),
                            columns(h, group, self._group_shape[0]),
                        ],
                        axis=1,
                    )
                    linear = self._linears[group]
                    if linear is None:
                        linear = self._linears[group] = Linear(own, 4 * self._group_shape[1], False)
                    parts.append(split(linear(own), 4, 1))
            biases = [
                get_variable(
                    f"bias_{gate}", shape=[units], dtype=dtype, initializer=Constant(0.0, dtype=dtype)
                )
                for gate in "ijfo"
            ]
            write, new, forget, show = (
                bias_add(concat(gate, axis=1), bias)
                for gate, bias in zip(map(list, zip(*parts, strict=True)), biases, strict=True)
            )
        c = sigmoid(forget + self._forget_bias) * c + sigmoid(write) * tanh(new)
        h = sigmoid(show) * self._activation(c)
        if self._num_proj is not None:
            with variable_scope("projection"):
                if self._projection is None:
                    self._projection = Linear(h, self._num_proj, False)
                h = self._projection(h)
        return h, LSTMStateTuple(c, h)


class PhasedLSTMCell(Sized, RNNCell):
    """A long short-term memory whose units are open in phases of time (Neil et al., 2016).

    Its inputs are a pair: times (batch, 1), of type float32 or float64, and what comes in (batch, size).

    Args:
        num_units: how many units it has.
        use_peepholes: whether the gates see the cells.
        leak: how much gets through a closed unit.
        ratio_on: which part of its period a unit is open.
        trainable_ratio_on: whether that is trained.
        period_init_min, period_init_max: between which the periods are at first, evenly by their logarithms.
        reuse: whether to share variables that exist.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        leak: float = 0.001,
        ratio_on: float = 0.1,
        trainable_ratio_on: bool = True,
        period_init_min: float = 1.0,
        period_init_max: float = 1000.0,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._leak = leak
        self._ratio_on = ratio_on
        self._trainable_ratio_on = trainable_ratio_on
        self._period_init = period_init_min, period_init_max
        self._linears: dict[str, Linear] = {}
        self._set_memory_sizes(num_units, None)

    def _gate(self, scope: str, activation: Any, args: list[Tensor], size: int) -> Tensor:
        with variable_scope(scope):
            if scope not in self._linears:
                self._linears[scope] = Linear(args, size, True)
            return activation(self._linears[scope](args))

    def _cycle(self, time: Tensor, phase: Any, period: Any) -> Tensor:
        """Which part of its period a unit has been through, in [0, 1)."""
        phase, period = cast(phase, dtype=time.dtype), cast(period, dtype=time.dtype)
        shifted = time - phase
        # The gradient is that of the time, as if there were one long period.
        within = stop_gradient(mod(shifted, period) - shifted) + shifted
        return cast(within / period, dtype=dtypes.float32)

    def call(self, inputs: Any, state: Any) -> Any:
        """One step."""
        c_before, h_before = state
        time, x = inputs
        units, peepholes = self._num_units, [c_before] if self._use_peepholes else []
        with variable_scope("mask_gates"):
            gates = self._mask_gates([x, h_before, *peepholes])
            write, forget = split(axis=1, num_or_size_splits=2, value=gates)
        new = self._gate("new_input", tanh, [x, h_before], units)
        c = c_before * forget + write * new
        show = self._gate("output_gate", sigmoid, [x, h_before, c][: 3 if peepholes else 2], units)
        h = tanh(c) * show
        period = get_variable("period", [units], initializer=_evenly_by_logarithm(*self._period_init))
        phase = get_variable("phase", [units], initializer=RandomUniform(0.0, period.initial_value))
        ratio_on = get_variable(
            "ratio_on", [units], initializer=Constant(self._ratio_on), trainable=self._trainable_ratio_on
        )
        cycle = self._cycle(time, phase, period)
        opening = 2 * cycle / ratio_on
        closing = 2 - opening
        closed = self._leak * cycle
        k = where(cycle < ratio_on, closing, closed)
        k = where(cycle < 0.5 * ratio_on, opening, k)
        c = k * c + (1 - k) * c_before
        h = k * h + (1 - k) * h_before
        return h, LSTMStateTuple(c, h)

    def _mask_gates(self, args: list[Tensor]) -> Tensor:
        """The gates of input and forgetting, in the scope that is open."""
        if "mask_gates" not in self._linears:
            self._linears["mask_gates"] = Linear(args, 2 * self._num_units, True)
        return sigmoid(self._linears["mask_gates"](args))


def _evenly_by_logarithm(low: float, high: float) -> Any:
    def initializer(shape: Any, dtype: Any = dtypes.float32, partition_info: Any = None) -> Tensor:
        return exp(random_uniform(shape, log(low), log(high), dtype))

    return initializer
