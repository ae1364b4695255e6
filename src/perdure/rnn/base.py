"""RNNCell: the base of recurrent cells, and what cells, wrappers and unrolled networks share."""

from __future__ import annotations

from typing import Any, Self

from perdure.functional.array.array import expand_dims, zeros
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.joining import concat
from perdure.graph import dtypes, nest
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import as_dtype
from perdure.graph.tensor import Tensor, is_tensor_like
from perdure.graph.tensor_shape import as_shape, dimension_value
from perdure.layers.base import Layer
from perdure.platform.deprecation import warn_once
from perdure.variables.collections import trainable_variables
from perdure.variables.scope import VariableScope, get_variable_scope
from perdure.variables.variable_scope import variable_scope


def warn_of_cell(name: str, successor: str) -> None:
    """Log that TensorFlow 2 has another class for a cell."""
    warn_once(
        f"{name}.__init__",
        "tensorflow.python.ops.rnn_cell_impl",
        f"In TensorFlow 2, tf.keras.layers.{successor} takes its place.",
    )


def assert_like_rnncell(cell_name: str, cell: Any) -> None:
    """Check that something can be used as a cell.

    Args:
        cell_name: the argument that it was given as.
        cell: the cell.

    Raises:
        TypeError: a method or property is missing.
    """
    wrong = [
        complaint
        for complaint, right in (
            ("'output_size' property is missing", hasattr(cell, "output_size")),
            ("'state_size' property is missing", hasattr(cell, "state_size")),
            (
                "either 'zero_state' or 'get_initial_state' method is required",
                hasattr(cell, "get_initial_state") or hasattr(cell, "zero_state"),
            ),
            ("is not callable", callable(cell)),
        )
        if not right
    ]
    if wrong:
        raise TypeError(f"The argument {cell_name!r} ({cell}) is not an RNNCell: {', '.join(wrong)}.")


def check_float(dtype: Any) -> None:
    """Refuse types that are neither floats nor complex; None is not known yet.

    Raises:
        ValueError: `dtype` is another type.
    """
    if dtype is not None and not (as_dtype(dtype).is_floating or as_dtype(dtype).is_complex):
        raise ValueError(f"RNN cell only supports floating point inputs, but saw dtype: {as_dtype(dtype)}")


def joined_shape(prefix: Any, suffix: Any, static: bool = False) -> Any:
    """The shape that has the sizes of `prefix`, then those of `suffix`.

    Args:
        prefix, suffix: a size, a shape, or a tensor of either.
        static: whether to return what is known as a list (None: not even the rank) instead of a tensor.

    Raises:
        ValueError: a tensor has two or more dimensions, or a shape is not fully known.
    """
    # TensorFlow makes the constants also where only the static shape is asked for, and so counts nodes.
    (before, known_before), (after, known_after) = (
        _sizes(part, name) for part, name in ((prefix, "prefix"), (suffix, "suffix"))
    )
    if static:
        joined = as_shape(known_before).concatenate(known_after)
        return None if joined.ndims is None else joined.as_list()
    if before is None or after is None:
        raise ValueError(f"Provided a prefix or suffix of None: {prefix} and {suffix}")
    return concat((before, after), 0)


def _sizes(part: Any, name: str) -> tuple[Tensor | None, Any]:
    if not isinstance(part, Tensor):
        shape = as_shape(part)
        known = None if shape.ndims is None else shape.as_list()
        return constant(known, dtype=dtypes.int32) if shape.is_fully_defined() else None, known
    value = constant_value(part)
    known = None if value is None else value.tolist()
    if part.shape.ndims == 0:
        return expand_dims(part, 0), known
    if part.shape.ndims != 1:
        raise ValueError(f"{name} tensor must be either a scalar or vector, but saw tensor: {part}")
    return part, known


def zero_states(state_size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros for a structure of state sizes.

    Args:
        state_size: sizes or shapes, nested.
        batch_size: the first size, an integer or a tensor.
        dtype: the element type.
    """

    def zero_state(size: Any) -> Tensor:
        state = zeros(joined_shape(batch_size, size), dtype=dtype)
        state.set_shape(joined_shape(batch_size, size, static=True))
        return state

    return nest.map_structure(zero_state, state_size)


class RNNCell(Layer):
    """A function from an input and a state to an output and the next state.

    A subclass has the properties `state_size` and `output_size` and either overrides `call(inputs, state)`,
    where `tf.get_variable` makes variables, or `__call__(inputs, state, scope=None)`.

    Args:
        trainable, name, dtype, **kwargs: see `tf.layers.Layer`.
    """

    _own_scope: VariableScope | None = None

    def __init__(self, trainable: bool = True, name: Any = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """One step.

        Args:
            inputs: what comes in, (batch, size).
            state: the state, as `state_size` says.
            scope: the variable scope of the cell; by default one named after its class.

        Returns:
            What the cell puts out, and the next state.
        """
        if scope is not None:
            with variable_scope(scope, custom_getter=self._get_and_note) as scope:
                return super().__call__(inputs, state, scope=scope)
        if self._own_scope is None:
            self._own_scope = get_variable_scope()
        with variable_scope(self._own_scope, custom_getter=self._get_and_note):
            return super().__call__(inputs, state)

    def _get_and_note(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        """A variable that is made or shared during a step, which counts as the cell's own."""
        variable = getter(*args, **kwargs)
        trainable = any(variable is item for item in trainable_variables())
        weights = self._trainable_weights if trainable else self._non_trainable_weights
        if all(variable is not item for item in weights):
            weights.append(variable)
        return variable

    @property
    def state_size(self) -> Any:
        """The size of a state, or the structure of sizes."""
        raise NotImplementedError(f"{type(self).__name__} does not define state_size")

    @property
    def output_size(self) -> Any:
        """The size of what the cell puts out."""
        raise NotImplementedError(f"{type(self).__name__} does not define output_size")

    def build(self, _: Any) -> None:
        """Nothing: `call` makes the variables."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make this cell again, as plain Python values."""
        return {"name": self.name, "trainable": self.trainable, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """The cell that `get_config` described.

        Args:
            config: what it returned.
        """
        return cls(**config)

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """A state of zeros.

        Args:
            inputs: a tensor whose batch size and type are used.
            batch_size, dtype: these, where there is no tensor.

        Raises:
            ValueError: they contradict each other, or are not enough.
        """
        if inputs is not None:
            inputs = convert_to_tensor(inputs, name="inputs")
            size = dimension_value(inputs.shape[0])
            if batch_size is not None:
                wanted = constant_value(batch_size) if is_tensor_like(batch_size) else batch_size
                if size != wanted:
                    raise ValueError(
                        "batch size from input tensor is different from the input param. Input tensor "
                        f"batch: {size}, batch_size: {batch_size}"
                    )
            if dtype is not None and inputs.dtype != dtype:
                raise ValueError(
                    "dtype from input tensor is different from the input param. Input tensor dtype: "
                    f"{inputs.dtype}, dtype: {dtype}"
                )
            batch_size, dtype = size or shape_op(inputs)[0], inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                "batch_size and dtype cannot be None while constructing initial state: "
                f"batch_size={batch_size}, dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros.

        Args:
            batch_size: an integer or a tensor.
            dtype: the element type.
        """
        with name_scope(f"{type(self).__name__}ZeroState", values=[batch_size]):
            return zero_states(self.state_size, batch_size, dtype)


class LayerRNNCell(RNNCell):
    """A cell that makes its variables once, in `build`, as other layers do."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)
