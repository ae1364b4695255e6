"""What the cells share: affine maps of several inputs, kernels in shards, normalized gates."""

from __future__ import annotations

from typing import Any

from perdure.contrib.layers.normalization import layer_norm
from perdure.functional.array.joining import concat
from perdure.functional.math.products import matmul
from perdure.functional.nn.activations import bias_add
from perdure.functional.random.initializers import Constant
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant
from perdure.graph.defaults import get_default_graph
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.rnn.cells import LSTMStateTuple
from perdure.variables.scope import get_variable_scope
from perdure.variables.variable_scope import get_variable, variable_scope


class Sized:
    """A cell that was made with the sizes of its states and outputs."""

    _state_size: Any
    _output_size: Any

    @property
    def state_size(self) -> Any:
        """The size of a state, or the structure of sizes."""
        return self._state_size

    @property
    def output_size(self) -> Any:
        """The size of what the cell puts out."""
        return self._output_size

    def _set_memory_sizes(self, num_units: int, num_proj: int | None, state_is_tuple: bool = True) -> None:
        """The sizes of a long short-term memory, which may be projected."""
        shown = num_proj or num_units
        sizes = LSTMStateTuple(num_units, shown)
        self._state_size = sizes if state_is_tuple else sum(sizes)
        self._output_size = shown


def known_input_size(inputs: Tensor) -> int:
    """The number of columns of the inputs of a cell.

    Raises:
        ValueError: it is not known.
    """
    size = inputs.get_shape().with_rank(2).as_list()[1]
    if size is None:
        raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
    return size


def sizes_of(args: Any) -> list[int]:
    """How many columns each of some matrices has.

    Raises:
        ValueError: there are none, one is no matrix, or a size is not known.
    """
    if args is None or (nest.is_nested(args) and not args):
        raise ValueError("`args` must be specified")
    shapes = [arg.get_shape() for arg in (args if nest.is_nested(args) else [args])]
    for shape in shapes:
        if shape.ndims != 2:
            raise ValueError(f"linear is expecting 2D arguments: {shapes}")
        if shape[1].value is None:
            raise ValueError(f"linear expects shape[1] to be provided for shape {shape}, but saw {shape[1]}")
    return [shape[1].value for shape in shapes]


def _biases(output_size: int, dtype: Any, initializer: Any, scope: Any) -> Any:
    """Biases are in one part, whatever partitioner the scope has."""
    with variable_scope(scope) as inner:
        inner.set_partitioner(None)
        if initializer is None:
            initializer = Constant(0.0, dtype=dtype)
        return get_variable("bias", [output_size], dtype=dtype, initializer=initializer)


class Linear:
    """kernel · [inputs side by side] + bias, whose variables are made in the current variable scope.

    Args:
        args: a matrix or several, as they will be given; the number of their columns is known.
        output_size: how many columns the result has.
        build_bias: whether there is a bias.
        bias_initializer, kernel_initializer: initializers; zeros, and that of the variable scope.

    Raises:
        ValueError: there are no matrices, or a shape is not known.
    """

    def __init__(
        self,
        args: Any,
        output_size: int,
        build_bias: bool,
        bias_initializer: Any = None,
        kernel_initializer: Any = None,
    ) -> None:
        self._build_bias = build_bias
        self._is_sequence = nest.is_nested(args)
        rows = sum(sizes_of(args))
        dtype = (args[0] if self._is_sequence else args).dtype
        with variable_scope(get_variable_scope()) as scope:
            self._weights = get_variable(
                "kernel", [rows, output_size], dtype=dtype, initializer=kernel_initializer
            )
            if build_bias:
                self._biases = _biases(output_size, dtype, bias_initializer, scope)

    def __call__(self, args: Any) -> Tensor:
        """The map of matrices like those it was made for."""
        if not self._is_sequence:
            args = [args]
        if len(args) == 1:
            result = matmul(args[0], self._weights)
        else:
            one = constant(1, dtype=dtypes.int32)
            result = matmul(concat(args, one), self._weights)
        return bias_add(result, self._biases) if self._build_bias else result


def linear(
    args: Any, output_size: int, bias: bool, bias_initializer: Any = None, kernel_initializer: Any = None
) -> Tensor:
    """What `Linear` computes, made and applied at once, and in another order: the bias is made last.

    Args:
        args, output_size, bias, bias_initializer, kernel_initializer: as of `Linear`.
    """
    rows = sum(sizes_of(args))
    args = list(args) if nest.is_nested(args) else [args]
    dtype = args[0].dtype
    with variable_scope(get_variable_scope()) as scope:
        weights = get_variable("kernel", [rows, output_size], dtype=dtype, initializer=kernel_initializer)
        result = matmul(args[0] if len(args) == 1 else concat(args, 1), weights)
        if not bias:
            return result
        biases = _biases(output_size, dtype, bias_initializer, scope)
        return bias_add(result, biases)


def sharded_variable(name: str, shape: list[int], dtype: Any, num_shards: int) -> Any:
    """A variable, or the concatenation of those that it was divided into by rows.

    Args:
        name: its name, to which each part's number is added.
        shape: its shape.
        dtype: its element type.
        num_shards: how many parts it has.

    Raises:
        ValueError: there are more parts than rows.
    """
    if num_shards > shape[0]:
        raise ValueError(f"Too many shards: shape={shape}, num_shards={num_shards}")
    rows, more = divmod(shape[0], num_shards)
    shards = [
        get_variable(f"{name}_{i}", [rows + (i < more), *shape[1:]], dtype=dtype) for i in range(num_shards)
    ]
    if len(shards) == 1:
        return shards[0]
    full_name = f"{get_variable_scope().name}/{name}/concat:0"
    graph = get_default_graph()
    for value in graph.get_collection(GraphKeys.CONCATENATED_VARIABLES):
        if value.name == full_name:
            return value
    joined = concat(shards, 0, name=f"{name}/concat")
    graph.add_to_collection(GraphKeys.CONCATENATED_VARIABLES, joined)
    return joined


def normalized(value: Tensor, scope: str, gain: float, shift: float, dtype: Any = dtypes.float32) -> Tensor:
    """A gate, normalized over its units, with `gamma` and `beta` in a variable scope.

    Args:
        value: (batch, units).
        scope: the name of the scope.
        gain, shift: what gamma and beta are at first.
        dtype: their type.
    """
    shape = value.get_shape()[-1:]
    with variable_scope(scope):
        get_variable("gamma", shape=shape, initializer=Constant(gain), dtype=dtype)
        get_variable("beta", shape=shape, initializer=Constant(shift), dtype=dtype)
    return layer_norm(value, reuse=True, scope=scope)
