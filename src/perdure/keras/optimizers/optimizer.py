"""Optimizer: the base of Keras' optimizers."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Self

from perdure.functional.array.array import identity
from perdure.functional.array.array import shape as shape_op
from perdure.functional.array.searching import unique
from perdure.functional.array.values import is_tensor
from perdure.functional.math.cast import cast
from perdure.functional.math.clip import clip_by_norm, clip_by_value
from perdure.functional.math.segments import unsorted_segment_sum
from perdure.gradients import gradients
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import IndexedSlices
from perdure.graph.defaults import colocate_with, control_dependencies, device, init_scope, name_scope
from perdure.graph.nest import flatten
from perdure.graph.tensor import Tensor
from perdure.keras import initializers
from perdure.keras.backend.state import (
    batch_get_value,
    batch_set_value,
    get_graph,
    get_value,
    set_value,
    track_variable,
    unique_object_name,
)
from perdure.keras.engine.layer import make_variable, to_snake_case
from perdure.keras.optimizers.schedules import LearningRateSchedule
from perdure.keras.optimizers.schedules import deserialize as schedule_of
from perdure.keras.optimizers.schedules import serialize as description_of_schedule
from perdure.platform import logging
from perdure.tracking.trackable import Trackable
from perdure.variables.base import Variable, VariableAggregation, VariableSynchronization

_ARGUMENTS = ("clipnorm", "clipvalue", "lr", "decay")
_TYPES = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)

Coefficients = dict[str, Any]


class OptimizerV2(Trackable):
    """The base of optimizers.

    A subclass makes its slots in `_create_slots`, what all updates of a type share in `_prepare_local`, and
    the updates in `_resource_apply_dense` and `_resource_apply_sparse`.

    Args:
        name: the name scope of its operations.
        **kwargs: `clipnorm`: the largest norm of a gradient; `clipvalue`: the largest absolute value of an
            element; `decay`: how much the learning rate falls with each step; `lr`: the older name of
            `learning_rate`.

    Raises:
        TypeError: an unknown argument.
        ValueError: a negative one.
    """

    _hyper: dict[str, Any]

    def __init__(self, name: str | None, **kwargs: Any) -> None:
        for key, value in kwargs.items():
            if key not in _ARGUMENTS:
                raise TypeError("Unexpected keyword argument passed to optimizer: " + str(key))
            if value < 0:
                raise ValueError(f"Expected {key} >= 0, received: {value}")
        self._use_locking = True
        self._init_set_name(name)
        self._hyper = {}
        self._slots: dict[str, dict[str, Any]] = {}
        self._slot_names: list[str] = []
        self._weights: list[Any] = []
        self._iterations: Any = None
        self._deferred_slot_restorations: dict[str, dict[str, list[Any]]] = {}
        self._initial_decay = kwargs.get("decay", 0.0)
        if "clipnorm" in kwargs:
            self.clipnorm = kwargs["clipnorm"]
        if "clipvalue" in kwargs:
            self.clipvalue = kwargs["clipvalue"]
        self._hypers_created = False

    def _init_set_name(self, name: str | None, zero_based: bool = True) -> None:
        self._name = name or unique_object_name(to_snake_case(type(self).__name__), zero_based=zero_based)

    # -- for subclasses ----------------------------------------------------------------------

    def _create_slots(self, var_list: list[Any]) -> None:
        """Make the slots of some variables."""

    def _prepare_local(self, var_device: str, var_dtype: Any, apply_state: dict[Any, Coefficients]) -> None:
        """Make what the updates of the variables of a type have in common."""
        if "learning_rate" in self._hyper:
            apply_state[var_device, var_dtype]["lr_t"] = identity(self._decayed_lr(var_dtype))

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        """The operation that applies a gradient to a variable."""
        raise NotImplementedError

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any, apply_state: Any = None) -> Any:
        """The operation that applies a gradient to rows of a variable, each of which is named once."""
        raise NotImplementedError

    def _coefficients(self, var: Any, apply_state: Any) -> Coefficients:
        """What the update of a variable shares with others; made now, if it was not."""
        key = var.device, var.dtype.base_dtype
        found = (apply_state or {}).get(key)
        if not found:
            made: dict[Any, Coefficients] = {key: {}}
            self._prepare_local(*key, made)
            found = made[key]
        return found

    def _resource_apply_sparse_duplicate_indices(
        self, grad: Any, var: Any, indices: Any, **kwargs: Any
    ) -> Any:
        """The operation that applies a gradient to rows of a variable, which may be named often."""
        rows, positions = unique(indices)
        summed = unsorted_segment_sum(grad, positions, shape_op(rows)[0])
        return self._resource_apply_sparse(summed, var, rows, **kwargs)

    def _resource_scatter_add(self, x: Any, i: Any, v: Any) -> Tensor:
        with control_dependencies([g.resource_scatter_add(x.handle, i, v)]):
            return x.value()

    def _resource_scatter_update(self, x: Any, i: Any, v: Any) -> Tensor:
        with control_dependencies([g.resource_scatter_update(x.handle, i, v)]):
            return x.value()

    # -- gradients and updates ---------------------------------------------------------------

    def get_gradients(self, loss: Any, params: Any) -> list[Any]:
        """The gradients of a loss, clipped if that is wanted.

        Args:
            loss: a tensor.
            params: variables.

        Raises:
            ValueError: the loss does not depend on one of them.
        """
        params = flatten(params)
        with get_graph().as_default(), name_scope(self._name + "/gradients"):
            grads = gradients(loss, params)
            for grad, param in zip(grads, params, strict=True):
                if grad is None:
                    raise ValueError(
                        f"Variable {param} has `None` for gradient. Please make sure that all of your ops "
                        "have a gradient defined (i.e. are differentiable). Common ops without gradient: "
                        "K.argmax, K.round, K.eval."
                    )
            return self._clipped(grads)

    def _clipped(self, grads: list[Any]) -> list[Any]:
        if hasattr(self, "clipnorm"):
            grads = [clip_by_norm(grad, self.clipnorm) for grad in grads]
        if hasattr(self, "clipvalue"):
            grads = [clip_by_value(grad, -self.clipvalue, self.clipvalue) for grad in grads]
        return grads

    def minimize(
        self, loss: Callable[[], Any], var_list: Any, grad_loss: Any = None, name: str | None = None
    ) -> Any:
        """The operation that makes a loss smaller.

        Args:
            loss: a function without arguments that returns it.
            var_list: variables, or a function that returns them.
            grad_loss: the gradient of what is minimized with respect to the loss; 1 if None.
            name: the name scope.
        """
        return self.apply_gradients(self._compute_gradients(loss, var_list, grad_loss), name=name)

    def _compute_gradients(
        self, loss: Callable[[], Any], var_list: Any, grad_loss: Any = None
    ) -> list[tuple[Any, Any]]:
        value = loss()
        variables = flatten(var_list() if callable(var_list) else var_list)
        with name_scope(self._name + "/gradients"):
            grads = self._clipped(gradients(value, variables, grad_loss))
        pairs = list(zip(grads, variables, strict=True))
        self._assert_valid_dtypes([v for grad, v in pairs if grad is not None])
        return pairs

    def get_updates(self, loss: Any, params: Any) -> list[Any]:
        """The operations of a step: what models run."""
        pairs = list(zip(self.get_gradients(loss, params), params, strict=True))
        self._assert_valid_dtypes([v for grad, v in pairs if grad is not None])
        return [self.apply_gradients(pairs)]

    def apply_gradients(self, grads_and_vars: Any, name: str | None = None) -> Any:
        """The operation that applies gradients.

        Args:
            grads_and_vars: pairs of a gradient, or None, and a variable.
            name: the name scope.

        Raises:
            ValueError: there is no gradient at all.
        """
        pairs = _with_gradients(grads_and_vars)
        variables = [v for _, v in pairs]
        with name_scope(self._name):
            with init_scope():
                _ = self.iterations
                self._create_hypers()
                self._create_slots(variables)
            apply_state = self._prepare(variables)
            updates = []
            with name_scope(name or self._name):
                for grad, var in pairs:
                    with name_scope("update_" + var.op.name), colocate_with(var):
                        updates.append(self._update(grad, var, apply_state))
                with control_dependencies(updates):
                    return self._iterations.assign_add(1).op

    def _update(self, grad: Any, var: Any, apply_state: Any) -> Any:
        if isinstance(var, Tensor):
            raise NotImplementedError("Trying to update a Tensor ", var)
        if isinstance(grad, IndexedSlices):
            if var.constraint is not None:
                raise RuntimeError("Cannot use a constraint function on a sparse variable.")
            return self._resource_apply_sparse_duplicate_indices(
                grad.values, var, grad.indices, **_taken(self._resource_apply_sparse, apply_state)
            )
        update = self._resource_apply_dense(grad, var, **_taken(self._resource_apply_dense, apply_state))
        if var.constraint is None:
            return update
        with control_dependencies([update]):
            return var.assign(var.constraint(var))

    def _prepare(self, var_list: list[Any]) -> dict[Any, Coefficients]:
        apply_state: dict[Any, Coefficients] = {}
        for var in var_list:
            key = var.device, var.dtype.base_dtype
            if key not in apply_state:
                apply_state[key] = {}
                with device(var.device):
                    self._prepare_local(*key, apply_state)
        return apply_state

    def _decayed_lr(self, var_dtype: Any) -> Any:
        rate = self._get_hyper("learning_rate", var_dtype)
        if isinstance(rate, LearningRateSchedule):
            step = cast(self.iterations, var_dtype)
            rate = cast(rate(step), var_dtype)
        if self._initial_decay > 0.0:
            step = cast(self.iterations, var_dtype)
            rate = rate / (1.0 + self._get_hyper("decay", var_dtype) * step)
        return rate

    def _assert_valid_dtypes(self, tensors: list[Any]) -> None:
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in _TYPES:
                raise ValueError(f"Invalid type {dtype!r} for {tensor.name}, expected: {list(_TYPES)}.")

    # -- settings ----------------------------------------------------------------------------

    def _set_hyper(self, name: str, value: Any) -> None:
        """Set a setting: a number becomes a variable when updates are made."""
        if isinstance(value, Trackable):
            self._track_trackable(value, name, overwrite=True)
        before = self._hyper.get(name)
        if name not in self._hyper or _is_replaceable(before) or isinstance(value, LearningRateSchedule):
            self._hyper[name] = value
        else:
            set_value(before, value)

    def _get_hyper(self, name: str, dtype: Any = None) -> Any:
        if not self._hypers_created:
            self._create_hypers()
        value = self._hyper[name]
        if isinstance(value, LearningRateSchedule):
            return value
        if callable(value):
            value = value()
        return cast(value, dtype) if dtype else value

    def _create_hypers(self) -> None:
        if self._hypers_created:
            return
        for name, value in sorted(self._hyper.items()):
            if not is_tensor(value) and not callable(value):
                self._hyper[name] = self.add_weight(
                    name,
                    shape=[],
                    trainable=False,
                    initializer=value,
                    aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
                )
        self._hypers_created = True

    def _serialize_hyperparameter(self, hyperparameter_name: str) -> Any:
        value = self._hyper[hyperparameter_name]
        if isinstance(value, LearningRateSchedule):
            return description_of_schedule(value)
        if callable(value):
            return value()
        return get_value(value) if is_tensor(value) else value

    def __getattr__(self, name: str) -> Any:
        # Asked only for what the object itself has not: `lr` and other settings.
        hyper = self.__dict__.get("_hyper", {})
        found = "learning_rate" if name == "lr" else name
        if found in hyper:
            return self._get_hyper(found)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "lr":
            name = "learning_rate"
        if name in self.__dict__.get("_hyper", {}):
            self._set_hyper(name, value)
        else:
            super().__setattr__(name, value)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it again."""
        config: dict[str, Any] = {"name": self._name}
        for name in ("clipnorm", "clipvalue"):
            if name in self.__dict__:
                config[name] = getattr(self, name)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """The optimizer that `get_config` described.

        Args:
            config: the description.
            custom_objects: the program's own classes by name.
        """
        if "lr" in config:
            config["learning_rate"] = config.pop("lr")
        rate = config.get("learning_rate")
        if isinstance(rate, dict):
            config["learning_rate"] = schedule_of(rate, custom_objects=custom_objects)
        return cls(**config)

    # -- state -------------------------------------------------------------------------------

    @property
    def iterations(self) -> Any:
        """The variable that counts the steps."""
        if self._iterations is None:
            self._iterations = self.add_weight(
                "iter",
                shape=[],
                dtype=dtypes.int64,
                trainable=False,
                aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
            )
            self._weights.append(self._iterations)
        return self._iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        if self._iterations is not None:
            raise RuntimeError(
                "Cannot set `iterations` to a new Variable after the Optimizer weights have been created"
            )
        self._iterations = variable
        self._weights.append(variable)

    def add_weight(
        self,
        name: str,
        shape: Any,
        dtype: Any = None,
        initializer: Any = "zeros",
        trainable: bool | None = None,
        synchronization: Any = VariableSynchronization.AUTO,
        aggregation: Any = VariableAggregation.NONE,
    ) -> Any:
        """Make a variable of the optimizer; see `Layer.add_weight`."""
        if isinstance(initializer, str) or callable(initializer):
            initializer = initializers.get(initializer)
        if synchronization == VariableSynchronization.ON_READ:
            if trainable:
                raise ValueError(
                    "Synchronization value can be set to VariableSynchronization.ON_READ only for "
                    "non-trainable variables. You have specified trainable=True and "
                    "synchronization=VariableSynchronization.ON_READ."
                )
            trainable = False
        variable = self._add_variable_with_custom_getter(
            name=name,
            shape=shape,
            getter=make_variable,
            overwrite=True,
            initializer=initializer,
            dtype=dtypes.float32 if dtype is None else dtype,
            trainable=True if trainable is None else trainable,
            use_resource=True,
            synchronization=synchronization,
            aggregation=aggregation,
        )
        track_variable(variable)
        return variable

    def get_slot_names(self) -> list[str]:
        """The names of its slots."""
        return self._slot_names

    def add_slot(self, var: Any, slot_name: str, initializer: Any = "zeros") -> Any:
        """The slot of a variable, which is made at first.

        Args:
            var: the variable.
            slot_name: the name of the slot.
            initializer: an initializer, its name, or a value.
        """
        if slot_name not in self._slot_names:
            self._slot_names.append(slot_name)
        slots = self._slots.setdefault(var._shared_name, {})
        if slot_name not in slots:
            initial = initializer
            if isinstance(initializer, str) or callable(initializer):
                make = initializers.get(initializer)
                initial = functools.partial(make, shape=var.shape, dtype=var.dtype)
            with colocate_with(var):
                weight = Variable(
                    name=f"{var._shared_name}/{slot_name}",
                    dtype=var.dtype,
                    trainable=False,
                    initial_value=initial,
                    use_resource=True,
                )
            track_variable(weight)
            slots[slot_name] = weight
            self._restore_slot_variable(slot_name=slot_name, variable=var, slot_variable=weight)
            self._weights.append(weight)
        return slots[slot_name]

    def get_slot(self, var: Any, slot_name: str) -> Any:
        """The slot of a variable.

        Raises:
            KeyError: there is none.
        """
        return self._slots[var._shared_name][slot_name]

    def variables(self) -> list[Any]:
        """The step counter and the slots."""
        return self._weights

    @property
    def weights(self) -> list[Any]:
        """The step counter and the slots."""
        return self._weights

    def get_weights(self) -> list[Any]:
        """The values of `weights`."""
        return batch_get_value(self.weights)

    def set_weights(self, weights: Any) -> None:
        """Set `weights`.

        Args:
            weights: arrays.

        Raises:
            ValueError: not as many, or of other shapes.
        """
        params = self.weights
        if len(params) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on optimizer {self._name} with a  weight list of length "
                f"{len(weights)}, but the optimizer was expecting {len(params)} weights. Provided weights: "
                f"{str(weights)[:50]}..."
            )
        for value, weight in zip(batch_get_value(params), weights, strict=True):
            if value.shape != weight.shape:
                raise ValueError(
                    f"Optimizer weight shape {value.shape} not compatible with provided weight shape "
                    f"{weight.shape}"
                )
        batch_set_value(list(zip(params, weights, strict=True)))

    # -- checkpoints -------------------------------------------------------------------------

    def _restore_slot_variable(self, slot_name: str, variable: Any, slot_variable: Any) -> None:
        """Restore a slot that checkpoints wait for, the newest restoration first."""
        waiting = self._deferred_slot_restorations.get(slot_name, {}).pop(variable._shared_name, [])
        for position in sorted(waiting, key=lambda position: position.restore_uid, reverse=True):
            position.restore(slot_variable)

    def _create_or_restore_slot_variable(
        self, slot_variable_position: Any, slot_name: str, variable: Any
    ) -> None:
        """Restore the slot of a variable, or wait for it."""
        slot = self._slots.get(variable._shared_name, {}).get(slot_name)
        if slot is not None:
            slot_variable_position.restore(slot)
            return
        waiting = self._deferred_slot_restorations.setdefault(slot_name, {})
        waiting.setdefault(variable._shared_name, []).append(slot_variable_position)


def _is_replaceable(value: Any) -> bool:
    return callable(value) or isinstance(value, (Tensor, int, float, LearningRateSchedule))


def _taken(method: Callable[..., Any], apply_state: Any) -> dict[str, Any]:
    """`apply_state` as an argument, if a method takes it."""
    import inspect

    takes = "apply_state" in inspect.signature(method).parameters
    return {"apply_state": apply_state} if takes else {}


def _with_gradients(grads_and_vars: Any) -> list[tuple[Any, Any]]:
    pairs = list(grads_and_vars)
    found = [(grad, v) for grad, v in pairs if grad is not None]
    if pairs and not found:
        raise ValueError(f"No gradients provided for any variable: {[v.name for _, v in pairs]}.")
    if len(found) < len(pairs):
        names = [v.name for grad, v in pairs if grad is None]
        logging.warning("Gradients do not exist for variables %s when minimizing the loss.", names)
    return found
