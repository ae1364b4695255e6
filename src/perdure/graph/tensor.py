"""Tensor: a symbolic handle to one output of an operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from perdure.graph import shapes, stacks
from perdure.graph.dtypes import DType
from perdure.graph.errors import OperatorNotAllowedInGraphError
from perdure.graph.tensor_shape import TensorShape, as_shape

if TYPE_CHECKING:
    from perdure.graph.graph import Graph
    from perdure.graph.operation import Operation
    from perdure.graph.operator_types import Operators
else:
    Operators = object


class Reference:
    """Stands for an object, and is equal to other references to the same one only.

    Args:
        wrapped: the object.
    """

    __slots__ = ("_wrapped",)

    def __init__(self, wrapped: Any) -> None:
        self._wrapped = wrapped

    def deref(self) -> Any:
        """The object."""
        return self._wrapped

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reference) and self._wrapped is other._wrapped

    def __hash__(self) -> int:
        return id(self._wrapped)

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._wrapped!r}>"


class Tensor(Operators):
    """One output of an operation: a value that exists only while a session runs it.

    Python's operators on tensors are attached by `graph/operators.py`.
    """

    # Keras-style libraries hang attributes of their own on tensors, hence the (lazily made) __dict__.
    __slots__ = ("op", "value_index", "_dtype", "_shape", "__dict__", "__weakref__")

    OVERLOADABLE_OPERATORS: ClassVar[frozenset[str]]
    # NumPy must let `array + tensor` reach Tensor.__radd__ instead of looping over its elements.
    __array_priority__ = 100

    def __init__(self, op: Operation, value_index: int, dtype: DType) -> None:
        self.op = op
        self.value_index = value_index
        self._dtype = dtype
        self._shape: shapes.Shape = None

    @property
    def dtype(self) -> DType:
        """The type of its elements (a reference type for the output of a ref variable)."""
        return self._dtype

    @property
    def name(self) -> str:
        """The name `<op name>:<output index>`."""
        return f"{self.op.name}:{self.value_index}"

    @property
    def graph(self) -> Graph:
        """The graph it belongs to."""
        return self.op.graph

    @property
    def device(self) -> str:
        """The device its operation was placed on by the program, or ""."""
        return self.op.device

    # What TensorFlow's own modules, and libraries beside them, call the same things.
    _op = property(lambda self: self.op)
    _value_index = property(lambda self: self.value_index)
    _id = property(id)

    def experimental_ref(self) -> Reference:
        """Something that can be a key of a dictionary or in a set whatever `==` of tensors means."""
        return Reference(self)

    @property
    def shape(self) -> TensorShape:
        """What is known of its shape while the graph is built."""
        return TensorShape.from_tuple(self._shape)

    def get_shape(self) -> TensorShape:
        """What is known of its shape: the same as `shape`."""
        return TensorShape.from_tuple(self._shape)

    def _rank(self) -> int | None:
        return None if self._shape is None else len(self._shape)

    def _shape_tuple(self) -> shapes.Shape:
        return self._shape

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._shape is None else list(self._shape)

    def set_shape(self, shape: Any) -> None:
        """Narrow the static shape.

        Args:
            shape: anything `tf.TensorShape` takes; unknown sizes keep what was known.

        Raises:
            ValueError: `shape` contradicts what is known.
        """
        wanted = as_shape(shape).as_tuple()
        try:
            self._shape = shapes.merge(self._shape, wanted)
        except ValueError as error:
            raise ValueError(f"{error} (set_shape of Tensor '{self.name}')") from None

    def consumers(self) -> list[Operation]:
        """The operations that take it as an input, in the order of their creation."""
        return self.graph.consumers_of(self)

    def eval(self, feed_dict: dict[Any, Any] | None = None, session: Any = None) -> Any:
        """Its value, computed by a session.

        Args:
            feed_dict: values for placeholders, as for `Session.run`.
            session: the session to use; the default session when None.

        Returns:
            A NumPy array, or a NumPy scalar for a scalar.

        Raises:
            ValueError: there is no default session, or it runs another graph.
        """
        session = stacks.session_for(self.graph, session, "tensor", "eval()")
        return session.run(self, feed_dict)

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self.get_shape()} dtype={self._dtype.name}>"

    def __str__(self) -> str:
        shape = self.get_shape()
        parts = [f'"{self.name}"']
        if shape.ndims is not None:
            parts.append(f"shape={shape}")
        parts.append(f"dtype={self._dtype.name}")
        if self.op.device:
            parts.append(f"device={self.op.device}")
        return f"Tensor({', '.join(parts)})"

    def __iter__(self) -> Any:
        # A generator, so that `iter(tensor)` is not refused but the first step of the iteration.
        raise OperatorNotAllowedInGraphError(
            f"iterating over `tf.Tensor` is not allowed in Graph execution: {self.name} has no value while "
            "the graph is built. Use tf.unstack, or tf.map_fn for an unknown length."
        )
        yield

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for symbolic Tensors. ({self.name}) "
            "Please call `x.shape` rather than `len(x)` for shape information."
        )

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            "using a `tf.Tensor` as a Python `bool` is not allowed in Graph execution: the value of "
            f"{self.name} is known only when a session runs it. Use `if t is not None:` to test for one, "
            "and tf.cond for a conditional in the graph."
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        # Without it NumPy makes an array of objects.
        raise NotImplementedError(f"Cannot convert a symbolic Tensor ({self.name}) to a numpy array.")

    def __copy__(self) -> Tensor:
        # A symbolic tensor is its identity in the graph; a copy would be a tensor of no graph.
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Tensor:
        return self


def is_tensor_like(value: Any) -> bool:
    """Whether `value` is a Tensor or an object that stands for one (variables, sparse tensors)."""
    return isinstance(value, Tensor) or getattr(value, "is_tensor_like", False)
