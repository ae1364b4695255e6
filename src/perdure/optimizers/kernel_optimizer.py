"""Optimizers whose whole update is one op: `[Resource][Sparse]Apply<algorithm>`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from perdure.functional.math.cast import cast
from perdure.graph.builder import raw_constructor
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import DType
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer


class KernelOptimizer(Optimizer):
    """Updates each variable with one op.

    A subclass says which op (`_algorithm`), which of its inputs are slots, in the names of the op and of
    the slots (`_slot_inputs`), and what its other inputs are (`_hyperparameters`).
    """

    _algorithm: str
    _slot_inputs: dict[str, str] = {}
    _gradient_input = "grad"

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        """The scalars of the op by input name, in the order of its signature."""
        raise NotImplementedError

    def _attributes(self) -> dict[str, Any]:
        return {"use_locking": self._use_locking}

    def _tensor(self, value: Any, name: str) -> Tensor:
        """A hyperparameter as a tensor; it may be a function that returns it."""
        return convert_to_tensor(self._call_if_callable(value), name=name)

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        slots = {name: self.get_slot(var, slot) for name, slot in self._slot_inputs.items()}
        return self._apply("Apply", var, var, slots, var.dtype, {self._gradient_input: grad}).op

    def _resource_apply_dense(self, grad: Tensor, handle: Any) -> Any:
        slots = self._slot_handles(handle)
        gradient = {self._gradient_input: grad}
        return self._apply("ResourceApply", handle, handle.handle, slots, grad.dtype, gradient)

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        slots = {name: self.get_slot(var, slot) for name, slot in self._slot_inputs.items()}
        gradient = {"grad": grad.values, "indices": grad.indices}
        return self._apply("SparseApply", var, var, slots, var.dtype, gradient).op

    def _resource_apply_sparse(self, grad: Tensor, handle: Any, indices: Tensor) -> Any:
        slots = self._slot_handles(handle)
        gradient = {"grad": grad, "indices": indices}
        return self._apply("ResourceSparseApply", handle, handle.handle, slots, grad.dtype, gradient)

    def _slot_handles(self, var: Any) -> dict[str, Any]:
        return {name: self.get_slot(var, slot).handle for name, slot in self._slot_inputs.items()}

    def _apply(
        self,
        kind: str,
        variable: Any,
        target: Any,
        slots: dict[str, Any],
        dtype: DType,
        gradient: dict[str, Any],
    ) -> Any:
        scalars = {
            name: self._scalar(name, value, dtype.base_dtype)
            for name, value in self._hyperparameters(variable)
        }
        return raw_constructor(kind + self._algorithm)(
            var=target, **slots, **scalars, **gradient, **self._attributes()
        )

    def _scalar(self, name: str, value: Any, dtype: DType) -> Any:
        """A hyperparameter in the type of the variable."""
        return cast(value, dtype)


def zeros_slots(optimizer: Optimizer, var_list: Sequence[Any], *slot_names: str) -> None:
    """Make slots of zeros, all of one variable before those of the next."""
    for variable in var_list:
        for slot_name in slot_names:
            optimizer._zeros_slot(variable, slot_name, optimizer.get_name())
