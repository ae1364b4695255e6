"""Values made of several tensors: IndexedSlices and SparseTensor, and their NumPy counterparts."""

from __future__ import annotations

from typing import Any, NamedTuple

from perdure.graph.constants import constant_value_as_shape
from perdure.graph.construction import apply_op
from perdure.graph.conversion import convert_to_tensor, register_tensor_conversion_function
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import (
    DType,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
)
from perdure.graph.stacks import session_for
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, dimension_at_index

# What integers are divided as.
_QUOTIENTS = {
    **dict.fromkeys((int8, int16, uint8, uint16), float32),
    **dict.fromkeys((int32, int64), float64),
}


class CompositeTensor:
    """A value made of tensors; what it is made of says its `_type_spec` (`graph/type_spec.py`)."""


class IndexedSlices(CompositeTensor):
    """Some rows of a tensor: `dense[indices[i]] = values[i]`; the gradient of a gather.

    Args:
        values: the rows, shape (n, ...).
        indices: which rows they are, shape (n,), integers.
        dense_shape: the shape of the whole tensor, or None if unknown.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    values = property(lambda self: self._values, doc="The rows, shape (n, ...).")
    indices = property(lambda self: self._indices, doc="Which rows they are, shape (n,).")
    dense_shape = property(lambda self: self._dense_shape, doc="The shape of the whole tensor, or None.")
    name = property(lambda self: self.values.name, doc="The name of the values tensor.")
    device = property(lambda self: self.values.device, doc="The device of the values tensor.")
    op = property(lambda self: self.values.op, doc="The operation that makes the values.")
    dtype = property(lambda self: self.values.dtype, doc="The type of the values.")
    graph = property(lambda self: self.values.graph, doc="The graph of the values.")

    @property
    def shape(self) -> TensorShape:
        """The static shape of the whole tensor."""
        if self._dense_shape is None:
            return TensorShape(None)
        return constant_value_as_shape(self._dense_shape)

    def consumers(self) -> list[Any]:
        """The operations that take the values as an input."""
        return self.values.consumers()

    def __str__(self) -> str:
        dense = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{dense})"

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self.values, self.indices, self.dense_shape)


class IndexedSlicesValue(NamedTuple):
    """What fetching an IndexedSlices gives: NumPy arrays."""

    values: Any
    indices: Any
    dense_shape: Any


class SparseTensorValue(NamedTuple):
    """What fetching a SparseTensor gives, and what may be fed for one: NumPy arrays."""

    indices: Any
    values: Any
    dense_shape: Any


class SparseTensor(CompositeTensor):
    """A tensor given by its non-zero elements.

    Args:
        indices: where they are, shape (n, rank), int64.
        values: what they are, shape (n,).
        dense_shape: the shape of the whole tensor, shape (rank,), int64.

    Raises:
        ValueError: the static shapes of the three do not fit together.
    """

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """The SparseTensor of a SparseTensorValue or SparseTensor.

        Raises:
            TypeError: it is neither.
        """
        if not isinstance(sparse_tensor_value, (SparseTensor, SparseTensorValue)):
            raise TypeError(f"Neither a SparseTensor nor SparseTensorValue: {sparse_tensor_value}.")
        return cls(sparse_tensor_value.indices, sparse_tensor_value.values, sparse_tensor_value.dense_shape)

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = convert_to_tensor(indices, name="indices", dtype=int64)
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(dense_shape, name="dense_shape", dtype=int64)
        indices_shape = self._indices.shape.with_rank(2)
        values_shape = self._values.shape.with_rank(1)
        rank_shape = self._dense_shape.shape.with_rank(1)
        dimension_at_index(indices_shape, 0).merge_with(dimension_at_index(values_shape, 0))
        dimension_at_index(indices_shape, 1).merge_with(dimension_at_index(rank_shape, 0))

    indices = property(lambda self: self._indices, doc="Where the elements are, shape (n, rank).")
    values = property(lambda self: self._values, doc="The elements, shape (n,).")
    dense_shape = property(lambda self: self._dense_shape, doc="The shape of the whole tensor.")
    op = property(lambda self: self.values.op, doc="The operation that makes the values.")
    dtype = property(lambda self: self.values.dtype, doc="The type of the elements.")
    graph = property(lambda self: self.indices.graph, doc="The graph it belongs to.")

    @property
    def shape(self) -> TensorShape:
        """The static shape of the whole tensor."""
        return constant_value_as_shape(self._dense_shape)

    def get_shape(self) -> TensorShape:
        """The static shape of the whole tensor."""
        return self.shape

    def consumers(self) -> list[Any]:
        """The operations that take one of its parts as an input, each once."""
        parts = self.values, self.indices, self.dense_shape
        return list(dict.fromkeys(op for part in parts for op in part.consumers()))

    def eval(self, feed_dict: dict[Any, Any] | None = None, session: Any = None) -> SparseTensorValue:
        """Its value, computed by a session (see `Tensor.eval`)."""
        session = session_for(self.graph, session, "tensor", "eval()")
        return SparseTensorValue(*session.run([self.indices, self.values, self.dense_shape], feed_dict))

    def __mul__(self, other: Any) -> SparseTensor:
        """Times a dense tensor, broadcast to its shape, at its own entries only."""
        return self._with_dense("SparseDenseCwiseMul", "mul", other)

    def __truediv__(self, other: Any) -> SparseTensor:
        """Divided by a dense tensor; integers become floating point numbers first."""
        return self._with_dense("SparseDenseCwiseDiv", "truediv", other)

    def _with_dense(self, op_type: str, scope: str, other: Any) -> SparseTensor:
        with name_scope(None, scope, [self, other]) as name:
            other = convert_to_tensor(other, dtype=self.dtype.base_dtype, name="y")
            values, quotient = self.values, _QUOTIENTS.get(self.dtype.base_dtype)
            if scope == "truediv" and quotient is not None:
                values = apply_op("Cast", (values,), {"DstT": quotient}, None)
                other = apply_op("Cast", (other,), {"DstT": quotient}, None)
            result = apply_op(op_type, (self.indices, values, self.dense_shape, other), {}, name)
            return SparseTensor(self.indices, result, self.dense_shape)

    def __str__(self) -> str:
        return (
            f"SparseTensor(indices={self._indices}, values={self._values}, dense_shape={self._dense_shape})"
        )


def convert_to_tensor_or_indexed_slices(
    value: Any, dtype: DType | None = None, name: str | None = None
) -> Any:
    """`value` as a Tensor, unless it is an IndexedSlices or SparseTensor, which stays as it is.

    Raises:
        ValueError: it is an IndexedSlices of another dtype.
    """
    if isinstance(value, (IndexedSlices, SparseTensor)):
        if dtype and not value.dtype.is_compatible_with(dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype "
                f"{value.dtype.name}: {str(value)!r}"
            )
        return value
    return convert_to_tensor(value, dtype=dtype, name=name)


def convert_to_tensor_or_sparse_tensor(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`value` as a SparseTensor if it is one (or a SparseTensorValue), else as a Tensor.

    Raises:
        RuntimeError: it is a SparseTensor of another dtype.
    """
    if isinstance(value, SparseTensorValue):
        value = SparseTensor.from_value(value)
    if isinstance(value, SparseTensor):
        if dtype and not value.dtype.is_compatible_with(dtype):
            raise RuntimeError(f"Sparse dtype: requested = {dtype}, actual = {value.dtype}")
        return value
    return convert_to_tensor(value, dtype=dtype, name=name)


def _indexed_slices_to_dense(
    value: IndexedSlices, dtype: DType | None, name: str | None, as_ref: bool
) -> Tensor:
    if dtype and not dtype.is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {dtype.name} for IndexedSlices with dtype {value.dtype.name}"
        )
    if value.dense_shape is None:
        raise ValueError(
            "Tensor conversion requested for IndexedSlices without dense_shape: the shape of the result "
            f"is not known: {value!s}"
        )
    rows = value.dense_shape[0]
    return apply_op("UnsortedSegmentSum", (value.values, value.indices, rows), {}, name)


register_tensor_conversion_function(IndexedSlices, _indexed_slices_to_dense)
