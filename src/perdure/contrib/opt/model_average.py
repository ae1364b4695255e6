"""Model averaging: workers on their own variables, whose mean all take on together after some steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.contrib.opt.centers import GLOBAL, GLOBAL_VARIABLE_NAME, LOCAL, WorkerHook, plain_variable
from perdure.functional.array.array import fill
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import group, no_op
from perdure.functional.math.binary import equal, mod
from perdure.functional.state.state import assign, assign_add
from perdure.graph.constants import constant
from perdure.graph.defaults import colocate_with, control_dependencies, device, name_scope
from perdure.graph.dtypes import bool as bool_type
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer
from perdure.queues.accumulators import ConditionalAccumulator
from perdure.queues.queues import FIFOQueue
from perdure.variables.base import Variable
from perdure.variables.collections import trainable_variables
from perdure.variables.variable_scope import get_variable


class ModelAverageCustomGetter:
    """The custom getter of the variables that `ModelAverageOptimizer` trains.

    Args:
        worker_device: the device of the worker, which its variables lie on.
    """

    def __init__(self, worker_device: Any) -> None:
        self._worker_device = worker_device
        self._local_2_global: dict[Any, Any] = {}

    def __call__(
        self,
        getter: Callable[..., Any],
        name: str,
        trainable: Any,
        collections: Any,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if not trainable:
            return plain_variable(self, getter, name, trainable, collections, *args, **kwargs)
        with device(self._worker_device):
            own = getter(name, *args, trainable=True, collections=[*LOCAL], **kwargs)
        self._local_2_global[own] = Variable(
            name=f"{GLOBAL_VARIABLE_NAME}/{name}",
            initial_value=own.initialized_value(),
            trainable=False,
            collections=[*GLOBAL],
        )
        return own


class ModelAverageOptimizer(Optimizer):
    """Trains a worker's variables with another optimizer; after some steps all workers take on their mean.

    Args:
        opt: that optimizer.
        num_worker: how many workers there are.
        is_chief: whether this one is the chief, which computes the mean.
        ma_custom_getter: what made the variables.
        interval_steps: how many steps there are between two means.
        use_locking: as in other optimizers.
        name: the name scope of the means.
    """

    def __init__(
        self,
        opt: Any,
        num_worker: int,
        is_chief: bool,
        ma_custom_getter: ModelAverageCustomGetter,
        interval_steps: int = 100,
        use_locking: bool = True,
        name: str = "ModelAverageOptimizer",
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = opt
        self._num_worker = num_worker
        self._is_chief = is_chief
        self._local_2_global = ma_custom_getter._local_2_global
        self._interval_steps = interval_steps
        self._accumulator_list: list[tuple[Any, Any]] = []
        self._chief_init_op: Any = None
        self._local_step = get_variable(
            initializer=0, trainable=False, collections=[*LOCAL], name="local_step"
        )
        opt._prepare()

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The gradients as the other optimizer computes them."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Change the worker's variables, and each `interval_steps` steps take on the mean.

        Raises:
            ValueError: there are no gradients, or no global step.
        """
        if not grads_and_vars:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required")
        pairs = list(grads_and_vars)
        update = self._opt.apply_gradients(pairs)
        with control_dependencies([update]):
            local_update = assign_add(self._local_step, 1, name="local_step_update").op
        changed = [variable for gradient, variable in pairs if gradient is not None]
        with control_dependencies([local_update]):
            due = equal(mod(self._local_step, self._interval_steps), 0)
            averaged = cond(due, lambda: self._average(changed, global_step), no_op)
        begun = []
        for accumulator, place in self._accumulator_list:
            with device(place):
                begun.append(accumulator.set_global_step(global_step, name="SetGlobalStep"))
        self._chief_init_op = group(*begun)
        return averaged

    def _average(self, variables: list[Any], global_step: Any) -> Operation:
        centers = [self._local_2_global[variable] for variable in variables]
        with colocate_with(global_step):
            queue = FIFOQueue(-1, [bool_type], shapes=[[]], shared_name="sync_queue")
        given, means = [], []
        with name_scope(None, self._name + "/global"):
            for variable, center in zip(variables, centers, strict=True):
                with device(center.device):
                    value = variable._ref()
                    if not isinstance(value, Tensor):
                        raise ValueError("Unknown local variable type!")
                    accumulator = ConditionalAccumulator(
                        variable.dtype, shape=variable.get_shape(), shared_name=center.name + "/var_accum"
                    )
                    given.append(accumulator.apply_grad(value, local_step=global_step))
                    means.append(accumulator.take_grad(self._num_worker))
                    self._accumulator_list.append((accumulator, center.device))
        if self._is_chief:
            updates = []
            with control_dependencies(given):
                for mean, center in zip(means, centers, strict=True):
                    with device(center.device):
                        updates.append(assign(center, mean))
                with device(global_step.device):
                    updates.append(assign_add(global_step, 1))
            with control_dependencies(updates), device(global_step.device):
                met = queue.enqueue_many(fill([self._num_worker - 1], constant(False)))
        else:
            with control_dependencies(given), device(global_step.device):
                met = queue.dequeue()
        with control_dependencies([met]):
            return self._local_vars_update(variables)

    def _local_vars_update(self, var_list: list[Any]) -> Operation:
        """Give variables the values of their centers."""
        if not var_list:
            raise ValueError("The list of local_variables should not be empty")
        updates = []
        for variable, center in zip(
            var_list, [self._local_2_global[variable] for variable in var_list], strict=True
        ):
            with device(variable.device):
                updates.append(assign(variable, center.read_value()))
        return group(*updates)

    def get_init_op(self) -> Operation:
        """An operation that gives a worker's variables the values of the global ones."""
        return self._local_vars_update(trainable_variables())

    def make_session_run_hook(self) -> WorkerHook:
        """The hook that lets a worker begin with the values of the global variables."""
        return WorkerHook(self._is_chief, self.get_init_op)
