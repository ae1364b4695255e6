"""SGD, RMSprop, Adagrad, Adadelta and Ftrl."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from perdure.functional.array.array import identity, zeros
from perdure.functional.array.gathering import gather
from perdure.functional.control.control import group
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import sqrt, square
from perdure.functional.state.state import assign
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.graph.tensor import Tensor
from perdure.keras import initializers
from perdure.keras.config import epsilon as default_epsilon
from perdure.keras.optimizers.optimizer import Coefficients, OptimizerV2


def uses_momentum(momentum: Any) -> bool:
    """Whether there is momentum; None of it makes no slot.

    Raises:
        ValueError: not between 0 and 1.
    """
    if isinstance(momentum, (int, float)) and (momentum < 0 or momentum > 1):
        raise ValueError("`momentum` must be between [0, 1].")
    return isinstance(momentum, Tensor) or callable(momentum) or momentum > 0


class _Counted(OptimizerV2):
    """An optimizer whose weights older versions saved without the step counter."""

    def set_weights(self, weights: Any) -> None:
        if len(self.weights) == len(weights) + 1:
            weights = [np.array(0), *weights]
        super().set_weights(weights)


class SGD(OptimizerV2):
    """Gradient descent.

    Args:
        learning_rate: a number, a tensor, a function without arguments or a schedule.
        momentum: how much of the last update is repeated.
        nesterov: whether the gradient is that behind the momentum's step.
        name, **kwargs: see `OptimizerV2`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.01,
        momentum: Any = 0.0,
        nesterov: bool = False,
        name: str = "SGD",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._momentum = uses_momentum(momentum)
        self._set_hyper("momentum", momentum)
        self.nesterov = nesterov

    def _create_slots(self, var_list: list[Any]) -> None:
        if self._momentum:
            for var in var_list:
                self.add_slot(var, "momentum")

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        momentum = identity(self._get_hyper("momentum", var_dtype))
        apply_state[var_device, var_dtype]["momentum"] = momentum

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        if not self._momentum:
            return g.resource_apply_gradient_descent(
                var.handle, c["lr_t"], grad, use_locking=self._use_locking
            )
        return g.resource_apply_keras_momentum(
            var.handle,
            self.get_slot(var, "momentum").handle,
            c["lr_t"],
            grad,
            c["momentum"],
            use_locking=self._use_locking,
            use_nesterov=self.nesterov,
        )

    def _resource_apply_sparse_duplicate_indices(
        self, grad: Any, var: Any, indices: Any, **kwargs: Any
    ) -> Any:
        if self._momentum:
            return super()._resource_apply_sparse_duplicate_indices(grad, var, indices, **kwargs)
        c = self._coefficients(var, kwargs.get("apply_state"))
        return g.resource_scatter_add(var.handle, indices, -grad * c["lr_t"])

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        return g.resource_sparse_apply_keras_momentum(
            var.handle,
            self.get_slot(var, "momentum").handle,
            c["lr_t"],
            grad,
            indices,
            c["momentum"],
            use_locking=self._use_locking,
            use_nesterov=self.nesterov,
        )

    def get_config(self) -> dict[str, Any]:
        names = ("learning_rate", "decay", "momentum")
        own = {name: self._serialize_hyperparameter(name) for name in names}
        return {**super().get_config(), **own, "nesterov": self.nesterov}


class RMSprop(_Counted):
    """Steps divided by a moving root mean square of the gradients.

    Args:
        learning_rate: a number, a tensor, a function without arguments or a schedule.
        rho: how much of the moving mean stays.
        momentum: how much of the last update is repeated.
        epsilon: a small number that is added to the divisor.
        centered: whether the variance is taken instead of the mean square.
        name, **kwargs: see `OptimizerV2`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: float | None = 1e-7,
        centered: bool = False,
        name: str = "RMSprop",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("rho", rho)
        self._momentum = uses_momentum(momentum)
        self._set_hyper("momentum", momentum)
        self.epsilon = epsilon or default_epsilon()
        self.centered = centered

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self.add_slot(var, "rms")
        if self._momentum:
            for var in var_list:
                self.add_slot(var, "momentum")
        if self.centered:
            for var in var_list:
                self.add_slot(var, "mg")

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        c = apply_state[var_device, var_dtype]
        rho = identity(self._get_hyper("rho", var_dtype))
        c["neg_lr_t"] = -c["lr_t"]
        c["epsilon"] = convert_to_tensor(self.epsilon, var_dtype)
        c["rho"] = rho
        c["momentum"] = identity(self._get_hyper("momentum", var_dtype))
        c["one_minus_rho"] = 1.0 - rho

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        rms = self.get_slot(var, "rms")
        settings = (c["lr_t"], c["rho"], c["momentum"], c["epsilon"], grad)
        slots: tuple[Any, ...]
        if self._momentum and self.centered:
            slots = (self.get_slot(var, "mg").handle, rms.handle, self.get_slot(var, "momentum").handle)
            return g.resource_apply_centered_rms_prop(
                var.handle, *slots, *settings, use_locking=self._use_locking
            )
        if self._momentum:
            slots = (rms.handle, self.get_slot(var, "momentum").handle)
            return g.resource_apply_rms_prop(var.handle, *slots, *settings, use_locking=self._use_locking)
        new_rms = c["rho"] * rms + c["one_minus_rho"] * square(grad)
        new_rms = assign(rms, new_rms, use_locking=self._use_locking)
        denominator = new_rms
        if self.centered:
            mg = self.get_slot(var, "mg")
            new_mg = c["rho"] * mg + c["one_minus_rho"] * grad
            new_mg = assign(mg, new_mg, use_locking=self._use_locking)
            denominator = new_rms - square(new_mg)
        new_var = var - c["lr_t"] * grad / (sqrt(denominator) + c["epsilon"])
        return assign(var, new_var, use_locking=self._use_locking).op

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        rms = self.get_slot(var, "rms")
        settings = (c["lr_t"], c["rho"], c["momentum"], c["epsilon"], grad, indices)
        slots: tuple[Any, ...]
        if self._momentum and self.centered:
            slots = (self.get_slot(var, "mg").handle, rms.handle, self.get_slot(var, "momentum").handle)
            return g.resource_sparse_apply_centered_rms_prop(
                var.handle, *slots, *settings, use_locking=self._use_locking
            )
        if self._momentum:
            slots = (rms.handle, self.get_slot(var, "momentum").handle)
            return g.resource_sparse_apply_rms_prop(
                var.handle, *slots, *settings, use_locking=self._use_locking
            )
        scaled = grad * grad * c["one_minus_rho"]
        new_rms = assign(rms, rms * c["rho"], use_locking=self._use_locking)
        with control_dependencies([new_rms]):
            new_rms = self._resource_scatter_add(rms, indices, scaled)
            rows = gather(new_rms, indices)
        denominator = rows
        if self.centered:
            mg = self.get_slot(var, "mg")
            scaled = grad * c["one_minus_rho"]
            new_mg = assign(mg, mg * c["rho"], use_locking=self._use_locking)
            with control_dependencies([new_mg]):
                new_mg = self._resource_scatter_add(mg, indices, scaled)
                denominator = rows - square(gather(new_mg, indices))
        change = c["neg_lr_t"] * grad / (sqrt(denominator) + c["epsilon"])
        update = self._resource_scatter_add(var, indices, change)
        return group(update, new_rms, new_mg) if self.centered else group(update, new_rms)

    def get_config(self) -> dict[str, Any]:
        names = ("learning_rate", "decay", "rho", "momentum")
        own = {name: self._serialize_hyperparameter(name) for name in names}
        return {**super().get_config(), **own, "epsilon": self.epsilon, "centered": self.centered}


class Adagrad(_Counted):
    """Steps divided by the root of the sum of all squared gradients.

    Args:
        learning_rate: a number, a tensor, a function without arguments or a schedule.
        initial_accumulator_value: where the sum starts.
        epsilon: a small number that is added to the divisor.
        name, **kwargs: see `OptimizerV2`.

    Raises:
        ValueError: a negative start.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        initial_accumulator_value: float = 0.1,
        epsilon: float | None = 1e-7,
        name: str = "Adagrad",
        **kwargs: Any,
    ) -> None:
        if initial_accumulator_value < 0.0:
            raise ValueError(f"initial_accumulator_value must be non-negative: {initial_accumulator_value}")
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._initial_accumulator_value = initial_accumulator_value
        self.epsilon = epsilon or default_epsilon()

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            start = initializers.Constant(self._initial_accumulator_value, dtype=var.dtype.base_dtype)
            self.add_slot(var, "accumulator", start)

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        c = apply_state[var_device, var_dtype]
        c["epsilon"] = convert_to_tensor(self.epsilon, var_dtype)
        c["neg_lr_t"] = -c["lr_t"]
        c["zero"] = zeros((), dtype=dtypes.int64)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        config.setdefault("initial_accumulator_value", 0.0)
        return super().from_config(config, custom_objects)

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        return g.resource_apply_adagrad_v2(
            var.handle,
            self.get_slot(var, "accumulator").handle,
            c["lr_t"],
            c["epsilon"],
            grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        return g.resource_sparse_apply_adagrad_v2(
            var.handle,
            self.get_slot(var, "accumulator").handle,
            c["lr_t"],
            c["epsilon"],
            grad,
            indices,
            use_locking=self._use_locking,
        )

    def get_config(self) -> dict[str, Any]:
        own = {name: self._serialize_hyperparameter(name) for name in ("learning_rate", "decay")}
        own["initial_accumulator_value"] = self._initial_accumulator_value
        return {**super().get_config(), **own, "epsilon": self.epsilon}


class Adadelta(_Counted):
    """Steps that have the size of earlier ones, relative to that of the gradients (Zeiler, 2012).

    Args:
        learning_rate: a number, a tensor, a function without arguments or a schedule.
        rho: how much of the moving means stays.
        epsilon: a small number that is added to the divisor.
        name, **kwargs: see `OptimizerV2`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: float | None = 1e-7,
        name: str = "Adadelta",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("rho", rho)
        self.epsilon = epsilon or default_epsilon()

    def _create_slots(self, var_list: list[Any]) -> None:
        for slot in ("accum_grad", "accum_var"):
            for var in var_list:
                self.add_slot(var, slot)

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        c = apply_state[var_device, var_dtype]
        c["epsilon"] = convert_to_tensor(self.epsilon, var_dtype)
        c["rho"] = identity(self._get_hyper("rho", var_dtype))

    def _handles(self, var: Any) -> tuple[Any, Any, Any]:
        slots = self.get_slot(var, "accum_grad"), self.get_slot(var, "accum_var")
        return var.handle, slots[0].handle, slots[1].handle

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        settings = (c["lr_t"], c["rho"], c["epsilon"], grad)
        return g.resource_apply_adadelta(*self._handles(var), *settings, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        settings = (c["lr_t"], c["rho"], c["epsilon"], grad, indices)
        return g.resource_sparse_apply_adadelta(*self._handles(var), *settings, use_locking=self._use_locking)

    def get_config(self) -> dict[str, Any]:
        names = ("learning_rate", "decay", "rho")
        own = {name: self._serialize_hyperparameter(name) for name in names}
        return {**super().get_config(), **own, "epsilon": self.epsilon}


class Ftrl(OptimizerV2):
    """Follow the regularized leader (McMahan et al., 2013).

    Args:
        learning_rate: a number, a tensor, a function without arguments or a schedule.
        learning_rate_power: how the learning rate falls; 0 or less.
        initial_accumulator_value: where the sum of squared gradients starts.
        l1_regularization_strength, l2_regularization_strength: the penalties of the weights.
        name: see `OptimizerV2`.
        l2_shrinkage_regularization_strength: a penalty of the size of the weights alone.
        **kwargs: see `OptimizerV2`.

    Raises:
        ValueError: an argument is out of range.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        name: str = "Ftrl",
        l2_shrinkage_regularization_strength: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        if learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power {learning_rate_power:f} needs to be negative or zero")
        for key, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            if value < 0.0:
                raise ValueError(f"{key} {value:f} needs to be positive or zero")
        self._set_hyper("learning_rate", learning_rate)
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("learning_rate_power", learning_rate_power)
        self._set_hyper("l1_regularization_strength", l1_regularization_strength)
        self._set_hyper("l2_regularization_strength", l2_regularization_strength)
        self._initial_accumulator_value = initial_accumulator_value
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            start = initializers.Constant(self._initial_accumulator_value, dtype=var.dtype.base_dtype)
            self.add_slot(var, "accumulator", start)
            self.add_slot(var, "linear")

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        c = apply_state[var_device, var_dtype]
        for name in ("learning_rate_power", "l1_regularization_strength", "l2_regularization_strength"):
            c[name] = identity(self._get_hyper(name, var_dtype))
        c["shrinkage"] = cast(self._l2_shrinkage_regularization_strength, var_dtype)

    def _apply(self, grad: Any, var: Any, rows: tuple[Any, ...], kind: str, apply_state: Any) -> Any:
        c = self._coefficients(var, apply_state)
        slots = self.get_slot(var, "accumulator").handle, self.get_slot(var, "linear").handle
        shrinks = self._l2_shrinkage_regularization_strength > 0.0
        apply = getattr(g, f"resource_{kind}apply_ftrl{'_v2' if shrinks else ''}")
        settings = (
            c["lr_t"],
            c["l1_regularization_strength"],
            c["l2_regularization_strength"],
            *((c["shrinkage"],) if shrinks else ()),
            c["learning_rate_power"],
        )
        return apply(var.handle, *slots, grad, *rows, *settings, use_locking=self._use_locking)

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        return self._apply(grad, var, (), "", apply_state)

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        return self._apply(grad, var, (indices,), "sparse_", apply_state)

    def get_config(self) -> dict[str, Any]:
        names = (
            "learning_rate",
            "decay",
            "learning_rate_power",
            "l1_regularization_strength",
            "l2_regularization_strength",
        )
        own = {name: self._serialize_hyperparameter(name) for name in names}
        own["initial_accumulator_value"] = self._initial_accumulator_value
        own["l2_shrinkage_regularization_strength"] = self._l2_shrinkage_regularization_strength
        return {**super().get_config(), **own}
