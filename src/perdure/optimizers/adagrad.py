"""Adagrad, plain, proximal and with dual averaging."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perdure.functional.array.array import fill, identity
from perdure.functional.array.array import shape as shape_of
from perdure.functional.math.cast import cast
from perdure.functional.random.initializers import Constant
from perdure.graph.constants import constant
from perdure.graph.defaults import colocate_with, device
from perdure.graph.dtypes import DType
from perdure.optimizers.kernel_optimizer import KernelOptimizer


def check_positive(name: str, value: float) -> None:
    """Raise ValueError unless the start of an accumulator is above 0."""
    if value <= 0.0:
        raise ValueError(f"{name} must be positive: {value}")


class AdagradOptimizer(KernelOptimizer):
    """Divides the gradient by the root of the sum of its squares so far.

    Reference: Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", 2011.

    Args:
        learning_rate: a float, a tensor, or a function that returns one.
        initial_accumulator_value: where the sums start; positive.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.

    Raises:
        ValueError: `initial_accumulator_value` is not positive.
    """

    _algorithm = "Adagrad"
    _slot_inputs = {"accum": "accumulator"}

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        check_positive("initial_accumulator_value", initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._learning_rate_tensor: Any = None

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for variable in var_list:
            dtype, shape = variable.dtype.base_dtype, variable.get_shape()
            start: Callable[..., Any] = Constant(self._initial_accumulator_value, dtype=dtype)
            if not shape.is_fully_defined():
                start = self._filled_like(variable, dtype)
            self._get_or_make_slot_with_initializer(variable, start, shape, dtype, "accumulator", self._name)

    def _filled_like(self, variable: Any, dtype: DType) -> Callable[[], Any]:
        return lambda: cast(fill(shape_of(variable), self._initial_accumulator_value), dtype)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._learning_rate_tensor


class ProximalAdagradOptimizer(KernelOptimizer):
    """Adagrad with L1 and L2 regularization applied as proximal steps.

    Reference: Duchi and Singer, "Efficient Learning using Forward-Backward Splitting", 2009.

    Args:
        learning_rate: a float or a tensor.
        initial_accumulator_value: where the sums of squares start; positive.
        l1_regularization_strength: at least 0.
        l2_regularization_strength: at least 0.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.

    Raises:
        ValueError: `initial_accumulator_value` is not positive.
    """

    _algorithm = "ProximalAdagrad"
    _slot_inputs = {"accum": "accumulator"}

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ) -> None:
        check_positive("initial_accumulator_value", initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for variable in var_list:
            start = start_like(variable, self._initial_accumulator_value)
            self._get_or_make_slot(variable, start, "accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")
        self._l1_regularization_strength_tensor = self._tensor(
            self._l1_regularization_strength, "l1_regularization_strength"
        )
        self._l2_regularization_strength_tensor = self._tensor(
            self._l2_regularization_strength, "l2_regularization_strength"
        )

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        yield "lr", self._learning_rate_tensor
        yield "l1", self._l1_regularization_strength_tensor
        yield "l2", self._l2_regularization_strength_tensor


class AdagradDAOptimizer(KernelOptimizer):
    """Adagrad with dual averaging: each value follows from all gradients so far, and L1 makes many 0.

    Reference: Duchi et al., "Adaptive Subgradient Methods for Online Learning and Stochastic
    Optimization", 2011.

    Args:
        learning_rate: a float or a tensor.
        global_step: how many steps were made, a variable or tensor.
        initial_gradient_squared_accumulator_value: where the sums of squares start; positive.
        l1_regularization_strength: at least 0.
        l2_regularization_strength: at least 0.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the updates, and of the slots.

    Raises:
        ValueError: `initial_gradient_squared_accumulator_value` is not positive.
    """

    _algorithm = "AdagradDA"
    _slot_inputs = {
        "gradient_accumulator": "gradient_accumulator",
        "gradient_squared_accumulator": "gradient_squared_accumulator",
    }

    def __init__(
        self,
        learning_rate: Any,
        global_step: Any,
        initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "AdagradDA",
    ) -> None:
        check_positive(
            "initial_gradient_squared_accumulator_value", initial_gradient_squared_accumulator_value
        )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._global_step = global_step
        self._initial_gradient_squared_accumulator_value = initial_gradient_squared_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: Sequence[Any]) -> None:
        for variable in var_list:
            sums = start_like(variable, 0.0)
            squares = start_like(variable, self._initial_gradient_squared_accumulator_value)
            self._get_or_make_slot(variable, sums, "gradient_accumulator", self._name)
            self._get_or_make_slot(variable, squares, "gradient_squared_accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._tensor(self._learning_rate, "learning_rate")
        with colocate_with(self._learning_rate_tensor):
            self._global_step_on_worker = identity(self._global_step) + 1

    def _hyperparameters(self, var: Any) -> Iterator[tuple[str, Any]]:
        with device(var.device):
            global_step = identity(self._global_step_on_worker)
        yield "lr", self._learning_rate_tensor
        yield "l1", self._l1_regularization_strength
        yield "l2", self._l2_regularization_strength
        yield "global_step", global_step

    def _scalar(self, name: str, value: Any, dtype: DType) -> Any:
        return value if name == "global_step" else super()._scalar(name, value, dtype)


def start_like(variable: Any, value: float) -> Any:
    """A constant in the shape of a variable, on its device: the initial value of a slot."""
    with colocate_with(variable):
        return constant(value, dtype=variable.dtype.base_dtype, shape=variable.get_shape())
