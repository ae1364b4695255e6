"""Accumulators: gradients of several steps, summed until there are enough."""

from __future__ import annotations

from typing import Any

from perdure.functional.math.cast import cast
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import DType, int64
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, unknown_shape


class ConditionalAccumulatorBase:
    """What the accumulators share.

    A gradient is dropped if its `local_step` is smaller than the accumulator's global step, which each
    `take_grad` increases by one.

    Args:
        dtype: the type of the gradients.
        shape: their shape, or None.
        accumulator_ref: the tensor that holds the accumulator's handle.
    """

    # The ops of the older kind of accumulator have no prefix.
    _prefix = ""

    def __init__(self, dtype: Any, shape: Any, accumulator_ref: Tensor) -> None:
        self._dtype = dtype
        self._shape = unknown_shape() if shape is None else TensorShape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.split("/")[-1]

    @property
    def accumulator_ref(self) -> Tensor:
        """The tensor that holds the accumulator's handle."""
        return self._accumulator_ref

    @property
    def name(self) -> str:
        """The last part of the name of the node that makes the accumulator."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The type of the gradients."""
        return self._dtype

    def num_accumulated(self, name: str | None = None) -> Tensor:
        """How many gradients were added since the last `take_grad`, an int32 scalar."""
        make = getattr(g, f"{self._prefix}accumulator_num_accumulated")
        return make(self._accumulator_ref, name=name or f"{self._name}_NumAccumulated")

    def set_global_step(self, new_global_step: Any, name: str | None = None) -> Operation:
        """An operation that sets the accumulator's global step, an int64 scalar."""
        make = getattr(g, f"{self._prefix}accumulator_set_global_step")
        return make(self._accumulator_ref, _step(new_global_step), name=name)


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """Sums dense gradients, and hands out their mean (or sum) when there are enough.

    Args:
        dtype: the type of the gradients.
        shape: their shape, or None.
        shared_name: the name under which nodes of one session share the accumulator.
        name: the name of the node.
        reduction_type: "MEAN" or "SUM".

    Raises:
        ValueError: `reduction_type` is neither.
    """

    _prefix = "resource_"

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        reference = g.resource_conditional_accumulator(
            dtype=dtype, shape=shape, shared_name=shared_name, name=name, reduction_type=reduction_type
        )
        super().__init__(dtype, shape, reference)

    def apply_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Operation:
        """An operation that adds a gradient, unless it is stale.

        Args:
            grad: the gradient.
            local_step: the step it was computed in.
            name: the name of the operation.

        Raises:
            ValueError: `grad` is of another type or shape.
        """
        grad = convert_to_tensor(grad, self._dtype)
        grad.get_shape().assert_is_compatible_with(self._shape)
        return g.resource_accumulator_apply_gradient(
            self._accumulator_ref, _step(local_step), grad, name=name
        )

    def take_grad(self, num_required: Any, name: str | None = None) -> Tensor:
        """The mean (or sum) of the gradients, which are dropped; waits until there are `num_required`.

        Running it raises InvalidArgumentError unless `num_required` is positive.
        """
        taken = g.resource_accumulator_take_gradient(
            self._accumulator_ref, num_required, dtype=self._dtype, name=name
        )
        taken.set_shape(self._shape)
        return taken


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """Sums gradients of rows; a row is averaged over the gradients that had it.

    Args:
        dtype: the type of the gradients.
        shape: the shape of all rows together, or None.
        shared_name: the name under which nodes of one session share the accumulator.
        name: the name of the node.
        reduction_type: "MEAN" or "SUM".

    Raises:
        ValueError: `reduction_type` is neither.
    """

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "sparse_conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        reference = g.sparse_conditional_accumulator(
            dtype=dtype, shape=shape, shared_name=shared_name, name=name, reduction_type=reduction_type
        )
        super().__init__(dtype, shape, reference)

    def apply_indexed_slices_grad(
        self, grad: IndexedSlices, local_step: Any = 0, name: str | None = None
    ) -> Operation:
        """An operation that adds an `IndexedSlices`, unless it is stale; see `apply_grad`."""
        return self.apply_grad(
            grad_indices=grad.indices,
            grad_values=grad.values,
            grad_shape=grad.dense_shape,
            local_step=local_step,
            name=name,
        )

    def apply_grad(
        self,
        grad_indices: Any,
        grad_values: Any,
        grad_shape: Any = None,
        local_step: Any = 0,
        name: str | None = None,
    ) -> Operation:
        """An operation that adds rows, unless they are stale.

        Running it raises InvalidArgumentError if they do not fit each other or the accumulator.

        Args:
            grad_indices: which rows, a vector in ascending order.
            grad_values: the rows.
            grad_shape: the shape of all rows together, or None.
            local_step: the step they were computed in.
            name: the name of the operation.
        """
        step = _step(local_step)
        return g.sparse_accumulator_apply_gradient(
            self._accumulator_ref,
            step,
            cast(grad_indices, int64),
            grad_values,
            cast([] if grad_shape is None else grad_shape, int64),
            has_known_shape=grad_shape is not None,
            name=name,
        )

    def take_grad(self, num_required: Any, name: str | None = None) -> Any:
        """Indices, rows and shape of what was added; waits until that is `num_required` gradients."""
        return g.sparse_accumulator_take_gradient(
            self._accumulator_ref, num_required, dtype=self._dtype, name=name
        )

    def take_indexed_slices_grad(self, num_required: Any, name: str | None = None) -> IndexedSlices:
        """What `take_grad` gives, as an `IndexedSlices`."""
        taken = self.take_grad(num_required, name)
        return IndexedSlices(indices=taken.indices, values=taken.values, dense_shape=taken.shape)


def _step(step: Any) -> Tensor:
    return cast(convert_to_tensor(step), int64)
