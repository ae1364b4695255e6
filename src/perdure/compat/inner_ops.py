"""What `tensorflow.python.framework.ops` has beside the public API, for unit tests and older libraries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from perdure.graph.composite import IndexedSlices, SparseTensor, convert_to_tensor_or_indexed_slices
from perdure.graph.conversion import convert_n_to_tensor, convert_to_tensor
from perdure.graph.defaults import device, get_default_graph, name_scope
from perdure.graph.errors import UnimplementedError
from perdure.graph.graph import Graph
from perdure.graph.stacks import session_for
from perdure.graph.tensor import Tensor
from perdure.variables.base import Variable

# There is one way to build graphs, with shapes inferred while they are built, as in TensorFlow 1.15.
_USE_C_API = True
_USE_C_SHAPES = True

_Function = Callable[..., Any]
# What `isinstance` takes for the class of everything that stands for a value in a graph, but variables.
_TensorLike = (Tensor, SparseTensor, IndexedSlices)
_statistics: dict[tuple[str, str], _Function] = {}


class RegisterShape:
    """A decorator without effect, as in TensorFlow 1.15, where shapes follow from the ops themselves.

    Args:
        op_type: the op type that the function was written for.
    """

    def __init__(self, op_type: str) -> None:
        self._op_type = op_type

    def __call__(self, f: _Function) -> _Function:
        return f


class OpStats:
    """A figure about an operation, such as how many floating point operations it makes.

    Args:
        statistic_type: what is counted.
        value: how much, or None if it is not known.
    """

    def __init__(self, statistic_type: str, value: float | None = None) -> None:
        self.statistic_type = statistic_type
        self.value = value

    @property
    def statistic_type(self) -> str:
        """What is counted."""
        return self._statistic_type

    @statistic_type.setter
    def statistic_type(self, statistic_type: str) -> None:
        self._statistic_type = statistic_type

    @property
    def value(self) -> float | None:
        """How much."""
        return self._value

    @value.setter
    def value(self, value: float | None) -> None:
        self._value = value

    def __iadd__(self, other: OpStats) -> OpStats:
        if other.statistic_type != self.statistic_type:
            raise ValueError(
                f"Can't add an OpStat of type {self.statistic_type} to one of {other.statistic_type}."
            )
        if self.value is None:
            self.value = other.value
        elif other.value is not None:
            self._value = self.value + other.value
        return self


class RegisterStatistics:
    """A decorator that registers a function which counts something about the nodes of an op type.

    Args:
        op_type: the op type.
        statistic_type: what is counted; a comma in it is refused.

    Raises:
        TypeError: one of them is not a string, or has a comma.
    """

    def __init__(self, op_type: str, statistic_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string.")
        if "," in op_type:
            raise TypeError("op_type must not contain a comma.")
        if not isinstance(statistic_type, str):
            raise TypeError("statistic_type must be a string.")
        if "," in statistic_type:
            raise TypeError("statistic_type must not contain a comma.")
        self._key = op_type, statistic_type

    def __call__(self, f: _Function) -> _Function:
        if self._key in _statistics:
            raise KeyError(f"Registering two statistics with name '{','.join(self._key)}'!")
        _statistics[self._key] = f
        return f


def get_stats_for_node_def(graph: Graph, node: Any, statistic_type: str) -> OpStats:
    """What a registered function counts about a node; without one, a figure that is not known.

    Raises:
        UnimplementedError: TensorFlow has functions of its own for this figure.
    """
    count = _statistics.get((node.op, statistic_type))
    if count is not None:
        return count(graph, node)
    if statistic_type in ("flops", "weight_parameters"):
        raise UnimplementedError(None, None, f"perdure does not count {statistic_type} of {node.op} yet")
    return OpStats(statistic_type)


# -- names -----------------------------------------------------------------------------------


class name_scope_v2(name_scope):  # noqa: N801 - TensorFlow's name
    """The name scope of TensorFlow 2, which needs a name.

    Args:
        name: the name.

    Raises:
        ValueError: it is not a string.
    """

    def __init__(self, name: str) -> None:
        if not isinstance(name, str):
            raise ValueError("name for name_scope must be a string.")
        super().__init__(name)


def name_from_scope_name(name: str) -> str:
    """A scope's name without the slash at its end."""
    return name[:-1] if name and name[-1] == "/" else name


def convert_to_tensor_v2(
    value: Any, dtype: Any = None, dtype_hint: Any = None, name: str | None = None
) -> Tensor:
    """`convert_to_tensor` with the order of arguments of TensorFlow 2."""
    return convert_to_tensor(value, dtype=dtype, name=name, dtype_hint=dtype_hint)


convert_to_tensor_or_composite = convert_to_tensor_or_indexed_slices


def convert_n_to_tensor_or_composite(
    values: Sequence[Any], dtype: Any = None, name: str | None = None
) -> list[Any]:
    """`convert_to_tensor_or_composite` of each of a list; None stays None.

    Raises:
        TypeError: `values` is no sequence.
    """
    return _each(convert_to_tensor_or_composite, values, dtype, name)


def convert_n_to_tensor_or_indexed_slices(
    values: Sequence[Any], dtype: Any = None, name: str | None = None
) -> list[Any]:
    """`convert_to_tensor_or_indexed_slices` of each of a list; None stays None.

    Raises:
        TypeError: `values` is no sequence.
    """
    return _each(convert_to_tensor_or_indexed_slices, values, dtype, name)


def _each(convert: _Function, values: Sequence[Any], dtype: Any, name: str | None) -> list[Any]:
    if not isinstance(values, Sequence):
        raise TypeError("values must be a sequence.")
    return [
        None if value is None else convert(value, dtype=dtype, name=f"{name}_{i}" if name else None)
        for i, value in enumerate(values)
    ]


def internal_convert_n_to_tensor(
    values: Sequence[Any],
    dtype: Any = None,
    name: str | None = None,
    as_ref: bool = False,
    preferred_dtype: Any = None,
    ctx: None = None,
) -> list[Tensor]:
    """`convert_n_to_tensor`, where `as_ref` keeps references; `ctx` is for eager execution.

    Raises:
        ValueError: a context is given.
    """
    if ctx is not None:
        raise ValueError("perdure runs graphs; there is no context of eager execution")
    return convert_n_to_tensor(values, dtype, name, preferred_dtype, as_ref)


# -- graphs and sessions ---------------------------------------------------------------------


def _as_graph_element(obj: Any) -> Any:
    """What an object stands for in a graph, or None."""
    convert = getattr(obj, "_as_graph_element", None)
    return convert() if convert else None


def _assert_same_graph(original_item: Any, item: Any) -> None:
    """Check that two things are of the same graph.

    Raises:
        ValueError: they are not.
    """
    if original_item.graph is not item.graph:
        raise ValueError(f"{item} must be from the same graph as {original_item}.")


def _eval_using_default_session(tensors: Any, feed_dict: Any, graph: Graph, session: Any = None) -> Any:
    """What `Tensor.eval` does."""
    return session_for(graph, session, "tensor", "eval()").run(tensors, feed_dict)


def _run_using_default_session(operation: Any, feed_dict: Any, graph: Graph, session: Any = None) -> None:
    """What `Operation.run` does."""
    session_for(graph, session, "operation", "run()").run(operation, feed_dict)


def device_v2(device_name: Any) -> AbstractContextManager[None]:
    """`tf.device` of TensorFlow 2, which takes no function.

    Raises:
        RuntimeError: it is a function.
    """
    if callable(device_name):
        raise RuntimeError("tf.device does not support functions.")
    return device(device_name)


def NullContextmanager(*args: Any, **kwargs: Any) -> AbstractContextManager[None]:
    """A context manager that does nothing, whatever it is made with."""
    return nullcontext()


def _set_call_cpp_shape_fn(call_cpp_shape_fn: _Function) -> None:
    """Nothing: TensorFlow sets the function here that asks its C++ code for shapes."""


def set_shape_and_handle_data_for_outputs(_: Any) -> None:
    """Nothing, as in TensorFlow 1.15: outputs have their shapes when an operation is made."""


def executing_eagerly_outside_functions() -> bool:
    """Whether programs run eagerly: never."""
    return False


def inside_function() -> bool:
    """Whether operations are made in the body of a function now."""
    return get_default_graph().outer is not None


def is_dense_tensor_like(t: Any) -> bool:
    """Whether a value is a tensor or a variable."""
    return isinstance(t, Tensor | Variable)
