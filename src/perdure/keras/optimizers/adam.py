"""Adam, Adamax and Nadam."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.array import identity, zeros
from perdure.functional.array.gathering import gather
from perdure.functional.control.control import group
from perdure.functional.math.binary import maximum, pow
from perdure.functional.math.cast import cast
from perdure.functional.math.unary import abs as absolute
from perdure.functional.math.unary import sqrt, square
from perdure.functional.state.state import assign, assign_sub
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies
from perdure.keras.config import epsilon as default_epsilon
from perdure.keras.optimizers.optimizer import Coefficients, OptimizerV2
from perdure.keras.optimizers.schedules import LearningRateSchedule


class _Moments(OptimizerV2):
    """An optimizer with two moving means, of gradients and of their sizes.

    Args:
        learning_rate: a number, a tensor, a function without arguments or a schedule.
        beta_1, beta_2: how much of the moving means stays.
        epsilon: a small number that is added to the divisor.
        name, **kwargs: see `OptimizerV2`.
    """

    def _set_up(
        self, learning_rate: Any, beta_1: Any, beta_2: Any, epsilon: float | None, kwargs: Any
    ) -> None:
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("beta_1", beta_1)
        self._set_hyper("beta_2", beta_2)
        self.epsilon = epsilon or default_epsilon()

    def _create_slots(self, var_list: list[Any]) -> None:
        for slot in ("m", "v"):
            for var in var_list:
                self.add_slot(var, slot)

    def get_config(self) -> dict[str, Any]:
        names = ("learning_rate", "decay", "beta_1", "beta_2")
        own = {name: self._serialize_hyperparameter(name) for name in names}
        return {**super().get_config(), **own, "epsilon": self.epsilon}


class Adam(_Moments):
    """Steps by moving means of gradients and of their squares (Kingma and Ba, 2014).

    Args:
        learning_rate: a number, a tensor, a function without arguments or a schedule.
        beta_1, beta_2: how much of the moving means stays.
        epsilon: a small number that is added to the divisor.
        amsgrad: whether the largest mean of squares so far is taken (Reddi et al., 2018).
        name, **kwargs: see `OptimizerV2`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: float | None = 1e-7,
        amsgrad: bool = False,
        name: str = "Adam",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        self._set_up(learning_rate, beta_1, beta_2, epsilon, kwargs)
        self.amsgrad = amsgrad

    def _create_slots(self, var_list: list[Any]) -> None:
        super()._create_slots(var_list)
        if self.amsgrad:
            for var in var_list:
                self.add_slot(var, "vhat")

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        c = apply_state[var_device, var_dtype]
        step = cast(self.iterations + 1, var_dtype)
        beta_1 = identity(self._get_hyper("beta_1", var_dtype))
        beta_2 = identity(self._get_hyper("beta_2", var_dtype))
        beta_1_power = pow(beta_1, step)
        beta_2_power = pow(beta_2, step)
        c["lr"] = c["lr_t"] * (sqrt(1 - beta_2_power) / (1 - beta_1_power))
        c["epsilon"] = convert_to_tensor(self.epsilon, var_dtype)
        c["beta_1_t"] = beta_1
        c["beta_1_power"] = beta_1_power
        c["one_minus_beta_1_t"] = 1 - beta_1
        c["beta_2_t"] = beta_2
        c["beta_2_power"] = beta_2_power
        c["one_minus_beta_2_t"] = 1 - beta_2

    def set_weights(self, weights: Any) -> None:
        params = self.weights
        # The Keras of its own has saved a slot more.
        if len(weights) == 3 * ((len(params) - 1) // 2) + 1:
            weights = weights[: len(params)]
        super().set_weights(weights)

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        handles = [var.handle, self.get_slot(var, "m").handle, self.get_slot(var, "v").handle]
        apply = g.resource_apply_adam
        if self.amsgrad:
            handles.append(self.get_slot(var, "vhat").handle)
            apply = g.resource_apply_adam_with_amsgrad
        names = ("beta_1_power", "beta_2_power", "lr_t", "beta_1_t", "beta_2_t", "epsilon")
        return apply(*handles, *(c[name] for name in names), grad, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        m = self.get_slot(var, "m")
        scaled = grad * c["one_minus_beta_1_t"]
        new_m = assign(m, m * c["beta_1_t"], use_locking=self._use_locking)
        with control_dependencies([new_m]):
            new_m = self._resource_scatter_add(m, indices, scaled)
        v = self.get_slot(var, "v")
        scaled = grad * grad * c["one_minus_beta_2_t"]
        new_v = assign(v, v * c["beta_2_t"], use_locking=self._use_locking)
        with control_dependencies([new_v]):
            new_v = self._resource_scatter_add(v, indices, scaled)
        changed = [new_m, new_v]
        largest = new_v
        if self.amsgrad:
            slot = self.get_slot(var, "vhat")
            largest = maximum(slot, new_v)
            with control_dependencies([largest]):
                largest = assign(slot, largest, use_locking=self._use_locking)
            changed.append(largest)
        root = sqrt(largest)
        change = c["lr"] * new_m / (root + c["epsilon"])
        return group(assign_sub(var, change, use_locking=self._use_locking), *changed)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "amsgrad": self.amsgrad}


class Adamax(_Moments):
    """Adam with the largest gradient in place of the root mean square; see `Adam`."""

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: float | None = 1e-7,
        name: str = "Adamax",
        **kwargs: Any,
    ) -> None:
        super().__init__(name, **kwargs)
        self._set_up(learning_rate, beta_1, beta_2, epsilon, kwargs)

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        super()._prepare_local(var_device, var_dtype, apply_state)
        c = apply_state[var_device, var_dtype]
        step = cast(self.iterations + 1, var_dtype)
        beta_1 = identity(self._get_hyper("beta_1", var_dtype))
        beta_2 = identity(self._get_hyper("beta_2", var_dtype))
        beta_1_power = pow(beta_1, step)
        c["neg_scaled_lr"] = -c["lr_t"] / (1 - beta_1_power)
        c["epsilon"] = convert_to_tensor(self.epsilon, var_dtype)
        c["beta_1_t"] = beta_1
        c["beta_1_power"] = beta_1_power
        c["one_minus_beta_1_t"] = 1 - beta_1
        c["beta_2_t"] = beta_2
        c["zero"] = zeros((), dtype=dtypes.int64)

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        names = ("beta_1_power", "lr_t", "beta_1_t", "beta_2_t", "epsilon")
        return g.resource_apply_ada_max(
            var.handle,
            self.get_slot(var, "m").handle,
            self.get_slot(var, "v").handle,
            *(c[name] for name in names),
            grad,
            use_locking=self._use_locking,
        )

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        m = self.get_slot(var, "m")
        m_rows = gather(m, indices, axis=c["zero"])
        m_rows = m_rows * c["beta_1_t"] + grad * c["one_minus_beta_1_t"]
        with control_dependencies([m_rows]):
            new_m = self._resource_scatter_update(m, indices, m_rows)
        v = self.get_slot(var, "v")
        v_rows = gather(v, indices, axis=c["zero"])
        v_rows = maximum(v_rows * c["beta_2_t"], absolute(grad))
        with control_dependencies([v_rows]):
            new_v = self._resource_scatter_update(v, indices, v_rows)
        change = c["neg_scaled_lr"] * (m_rows / (v_rows + c["epsilon"]))
        with control_dependencies([change]):
            update = self._resource_scatter_add(var, indices, change)
        return group(update, new_m, new_v)


class Nadam(_Moments):
    """Adam with Nesterov's momentum (Dozat, 2016); see `Adam`.

    Raises:
        ValueError: a schedule as the learning rate.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_1: Any = 0.9,
        beta_2: Any = 0.999,
        epsilon: float | None = 1e-7,
        name: str = "Nadam",
        **kwargs: Any,
    ) -> None:
        kwargs["decay"] = kwargs.pop("schedule_decay", 0.004)
        if isinstance(kwargs.get("lr", learning_rate), LearningRateSchedule):
            raise ValueError(
                "The Nadam optimizer does not support tf.keras.optimizers.LearningRateSchedules as the "
                "learning rate."
            )
        super().__init__(name, **kwargs)
        self._set_up(learning_rate, beta_1, beta_2, epsilon, kwargs)
        self._m_cache: Any = None

    def _create_slots(self, var_list: list[Any]) -> None:
        if self._m_cache is None:
            self._m_cache = self.add_weight(
                "momentum_cache",
                shape=[],
                dtype=var_list[0].dtype.base_dtype,
                initializer="ones",
                trainable=False,
            )
            self._weights.append(self._m_cache)
        super()._create_slots(var_list)

    def _prepare(self, var_list: list[Any]) -> dict[Any, Coefficients]:
        self._m_cache_read = identity(self._m_cache)
        return super()._prepare(var_list)

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        rate = identity(self._get_hyper("learning_rate", var_dtype))
        beta_1 = identity(self._get_hyper("beta_1", var_dtype))
        beta_2 = identity(self._get_hyper("beta_2", var_dtype))
        step = cast(self.iterations + 1, var_dtype)
        next_step = cast(self.iterations + 2, var_dtype)
        base = cast(0.96, var_dtype)
        momentum = beta_1 * (1.0 - 0.5 * pow(base, self._initial_decay * step))
        next_momentum = beta_1 * (1.0 - 0.5 * pow(base, self._initial_decay * next_step))
        product = cast(self._m_cache_read, var_dtype) * momentum
        if var_dtype is self._m_cache.dtype:
            product = identity(assign(self._m_cache, product, use_locking=self._use_locking))
        next_product = product * next_momentum
        apply_state[var_device, var_dtype] = {
            "lr_t": rate,
            "neg_lr_t": -rate,
            "epsilon": convert_to_tensor(self.epsilon, var_dtype),
            "beta_1_t": beta_1,
            "beta_2_t": beta_2,
            "m_t": momentum,
            "m_t_1": next_momentum,
            "one_minus_beta_1_t": 1 - beta_1,
            "one_minus_beta_2_t": 1 - beta_2,
            "one_minus_m_t": 1.0 - momentum,
            "one_minus_m_schedule_new": 1.0 - product,
            "one_minus_m_schedule_next": 1.0 - next_product,
            "v_t_prime_denominator": 1.0 - pow(beta_2, step),
        }

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        ahead = grad / c["one_minus_m_schedule_new"]
        new_m = c["beta_1_t"] * m + c["one_minus_beta_1_t"] * grad
        new_m = assign(m, new_m, use_locking=self._use_locking)
        m_prime = new_m / c["one_minus_m_schedule_next"]
        new_v = c["beta_2_t"] * v + c["one_minus_beta_2_t"] * square(grad)
        new_v = assign(v, new_v, use_locking=self._use_locking)
        v_prime = new_v / c["v_t_prime_denominator"]
        m_bar = c["one_minus_m_t"] * ahead + c["m_t_1"] * m_prime
        new_var = var - c["lr_t"] * m_bar / (sqrt(v_prime) + c["epsilon"])
        return assign(var, new_var, use_locking=self._use_locking).op

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        c = self._coefficients(var, apply_state)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        ahead = grad / c["one_minus_m_schedule_new"]
        scaled = grad * c["one_minus_beta_1_t"]
        new_m = assign(m, m * c["beta_1_t"], use_locking=self._use_locking)
        with control_dependencies([new_m]):
            new_m = self._resource_scatter_add(m, indices, scaled)
            m_rows = gather(new_m, indices)
        m_prime = m_rows / c["one_minus_m_schedule_next"]
        m_bar = c["one_minus_m_t"] * ahead + c["m_t_1"] * m_prime
        scaled = grad * grad * c["one_minus_beta_2_t"]
        new_v = assign(v, v * c["beta_2_t"], use_locking=self._use_locking)
        with control_dependencies([new_v]):
            new_v = self._resource_scatter_add(v, indices, scaled)
            v_rows = gather(new_v, indices)
        v_prime = v_rows / c["v_t_prime_denominator"]
        root = sqrt(v_prime) + c["epsilon"]
        update = self._resource_scatter_add(var, indices, c["neg_lr_t"] * m_bar / root)
        return group(update, m_bar, new_v)
