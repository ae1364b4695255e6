"""Accumulated gradient normalization: workers step by themselves, and their mean gradient moves the center.

Reference: Hermans, Spanakis and Möckel, "Accumulated Gradient Normalization", 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.contrib.opt.centers import LOCAL, CompanionGetter, WorkerHook
from perdure.functional.array.array import zeros_like
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import group, no_op
from perdure.functional.math.binary import equal, mod
from perdure.functional.state.state import assign, assign_add
from perdure.graph.defaults import colocate_with, control_dependencies
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.optimizers.optimizer import Optimizer
from perdure.variables.collections import trainable_variables
from perdure.variables.creation import variable_creator_scope
from perdure.variables.variable_scope import get_variable


class AGNCustomGetter(CompanionGetter):
    """The custom getter of the variables that `AGNOptimizer` trains.

    Args:
        worker_device: the device of the worker, which its variables and the sums of their gradients lie on.
    """

    _companion_name = "grad_variable"
    _places_local_variables = False

    @property
    def _grad_map(self) -> dict[Any, Any]:
        return self._companions


class AGNOptimizer(Optimizer):
    """Trains a worker's variables with an optimizer, which is given the mean gradient for the center.

    Args:
        optimizer: that optimizer.
        num_worker: how many workers there are.
        custom_getter: what made the variables.
        communication_period: how many steps a worker makes between two updates of the center.
        use_locking: as in other optimizers.
        name: the name of this optimizer.
    """

    def __init__(
        self,
        optimizer: Any,
        num_worker: int,
        custom_getter: AGNCustomGetter,
        communication_period: int = 10,
        use_locking: bool = True,
        name: str = "AGNOptimizer",
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = optimizer
        self._num_worker = num_worker
        self._period = communication_period
        self._global_map = custom_getter._global_map
        self._grad_map = custom_getter._grad_map
        self._local_step = get_variable(
            initializer=0, trainable=False, collections=[*LOCAL], name="local_step"
        )
        optimizer._prepare()

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Change the worker's variables, and each `communication_period` steps the center."""
        pairs = [(gradient, variable) for gradient, variable in grads_and_vars if gradient is not None]
        variables = [variable for _, variable in pairs]
        with variable_creator_scope(_local_creator):
            updates = [self._opt.apply_gradients(pairs)]
        sums = [self._grad_map[variable] for variable in variables]
        updates += [assign_add(total, gradient) for total, (gradient, _) in zip(sums, pairs, strict=True)]
        local_update = assign_add(self._local_step, 1, name="local_step_update").op
        with control_dependencies([local_update]):
            due = equal(mod(self._local_step, self._period), 0)
        with control_dependencies(updates):
            return cond(due, lambda: self._meet(variables, sums, global_step), no_op)

    def _meet(self, variables: list[Any], sums: list[Any], global_step: Any) -> Operation:
        """Move the center by the mean gradients, and begin anew from it."""
        centers = [self._global_map[variable] for variable in variables]
        means = [assign(total, total / self._period) for total in sums]
        with control_dependencies(means):
            moved = self._opt.apply_gradients(zip(sums, centers, strict=True))
        with control_dependencies([moved]):
            updates = []
            if global_step:
                with colocate_with(global_step):
                    updates.append(assign_add(global_step, 1))
            for variable, center in zip(variables, centers, strict=True):
                updates.append(assign(variable, center.read_value()))
            updates += [assign(total, zeros_like(total)) for total in sums]
            return group(*updates)

    def get_init_op(self, task_index: int) -> Operation:
        """An operation that gives a worker's variables the values of the center, and clears its sums.

        Args:
            task_index: which worker it is; all begin alike.

        Raises:
            ValueError: there are no variables.
        """
        variables = trainable_variables()
        centers = [self._global_map[variable] for variable in variables]
        sums = [self._grad_map[variable] for variable in variables]
        if not variables:
            raise ValueError(
                "The lists of local_variables, global_center_variables,grad_center_variables "
                "should not be empty"
            )
        begun = [assign(variable, center) for variable, center in zip(variables, centers, strict=True)]
        return group(*begun, *[assign(total, zeros_like(total)) for total in sums])

    def make_session_run_hook(self, is_chief: bool, task_index: int) -> WorkerHook:
        """The hook that lets a worker begin with the values of the center.

        Args:
            is_chief: whether it is the chief.
            task_index: which worker it is.
        """
        return WorkerHook(is_chief, lambda: self.get_init_op(task_index))


def _local_creator(next_creator: Callable[..., Any], collections: Any = None, **kwargs: Any) -> Any:
    """Make variables in the local collection instead of the global one."""
    if not collections:
        collections = [*LOCAL]
    elif GraphKeys.GLOBAL_VARIABLES in collections:
        collections = [*collections, GraphKeys.LOCAL_VARIABLES]
        collections.remove(GraphKeys.GLOBAL_VARIABLES)
    return next_creator(collections=collections, **kwargs)
