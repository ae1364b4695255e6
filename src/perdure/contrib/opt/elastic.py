"""Elastic averaging: workers on their own variables, which are pulled towards a common center.

Reference: Zhang, Choromanska and LeCun, "Deep learning with Elastic Averaging SGD", 2015.
"""

from __future__ import annotations

from typing import Any

from perdure.contrib.opt.centers import LOCAL, CompanionGetter, WorkerHook
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import group, no_op
from perdure.functional.math.binary import equal, mod, multiply, subtract
from perdure.functional.math.products import add_n
from perdure.functional.nn.normalization import l2_loss
from perdure.functional.state.state import assign, assign_add, assign_sub
from perdure.graph.constants import constant
from perdure.graph.defaults import colocate_with, control_dependencies, device, get_collection_ref
from perdure.graph.dtypes import bool as bool_type
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.optimizers.optimizer import Optimizer
from perdure.queues.queues import FIFOQueue
from perdure.training.saving.saveables import op_list_to_dict
from perdure.training.saving.saver import Saver
from perdure.variables.collections import global_variables, trainable_variables
from perdure.variables.variable_scope import get_variable

LOCAL_VARIABLE_NAME = "local_center_variable"


class ElasticAverageCustomGetter(CompanionGetter):
    """The custom getter of the variables that `ElasticAverageOptimizer` trains.

    Args:
        worker_device: the device of the worker, which its variables and its view of the center lie on.
    """

    _companion_name = LOCAL_VARIABLE_NAME

    @property
    def _local_map(self) -> dict[Any, Any]:
        return self._companions


class ElasticAverageOptimizer(Optimizer):
    """Trains a worker's variables with another optimizer, and pulls them and the center together.

    Args:
        opt: that optimizer.
        num_worker: how many workers there are.
        ea_custom_getter: what made the variables.
        communication_period: how many steps a worker makes between two looks at the center.
        moving_rate: how far both move then; 0.9 / communication_period / num_worker if None.
        rho: how much the distance to the center counts as loss; moving_rate / learning rate if None.
        use_locking: as in other optimizers.
        synchronous: whether workers wait for each other before they begin.
        name: the name of this optimizer.
    """

    BETA = 0.9

    def __init__(
        self,
        opt: Any,
        num_worker: int,
        ea_custom_getter: ElasticAverageCustomGetter,
        communication_period: int = 10,
        moving_rate: float | None = None,
        rho: float | None = None,
        use_locking: bool = True,
        synchronous: bool = False,
        name: str = "ElasticAverageOptimizer",
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = opt
        self._num_worker = num_worker
        self._period = communication_period
        self._local_map = ea_custom_getter._local_map
        self._global_map = ea_custom_getter._global_map
        self._synchronous = synchronous
        if moving_rate is None:
            moving_rate = self.BETA / communication_period / num_worker
        self._moving_rate = moving_rate
        self._rho = moving_rate / opt._learning_rate if rho is None else rho
        self._local_step = get_variable(
            initializer=0, trainable=False, collections=[*LOCAL], name="local_step"
        )
        opt._prepare()

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = Optimizer.GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> Any:
        """The gradients of the loss and of the distance to the center; arguments as `Optimizer`'s."""
        var_list = var_list or trainable_variables()
        centers = [self._local_map[var] for var in var_list]
        differences = [
            subtract(var, center) for var, center in zip(trainable_variables(), centers, strict=False)
        ]
        total = loss + self._rho * add_n([l2_loss(difference) for difference in differences])
        return self._opt.compute_gradients(
            total, var_list, gate_gradients, aggregation_method, colocate_gradients_with_ops, grad_loss
        )

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Change the worker's variables, and each `communication_period` steps the center."""
        pairs = list(grads_and_vars)
        before = {variable.op.name for variable in global_variables()}
        update = self._opt.apply_gradients(pairs)
        after = {variable.op.name for variable in global_variables()}
        with control_dependencies([update]):
            local_update = assign_add(self._local_step, 1, name="local_step_update").op
        _make_local(after - before)
        changed = [variable for gradient, variable in pairs if gradient is not None]
        with control_dependencies([local_update]):
            due = equal(mod(self._local_step, self._period), 0)
            return cond(due, lambda: self._meet(changed, global_step), no_op)

    def _meet(self, variables: list[Any], global_step: Any) -> Operation:
        """Move variables and their centers towards each other."""
        centers = [self._global_map[variable] for variable in variables]
        views = [self._local_map[variable] for variable in variables]
        seen = [view.assign(center) for view, center in zip(views, centers, strict=True)]
        updates = []
        with control_dependencies(seen):
            differences = []
            for variable, view in zip(variables, views, strict=True):
                with device(variable.device):
                    differences.append(subtract(variable, view))
            for variable, difference in zip(variables, differences, strict=True):
                with device(variable.device):
                    updates.append(assign_sub(variable, multiply(self._moving_rate, difference)))
            for center, difference in zip(centers, differences, strict=True):
                with device(center.device):
                    updates.append(assign_add(center, multiply(self._moving_rate, difference)))
            if global_step:
                with colocate_with(global_step):
                    updates.append(assign_add(global_step, 1))
        return group(*updates)

    def get_init_op(self, task_index: int) -> Any:
        """An operation that gives a worker's variables and its view the values of the center.

        Args:
            task_index: which worker it is.

        Raises:
            ValueError: there are no variables.
        """
        variables = trainable_variables()
        centers = [self._global_map[variable] for variable in variables]
        views = [self._local_map[variable] for variable in variables]
        if not variables:
            raise ValueError(
                "The lists of local_variables, global_center_variables, local_center_variables "
                "should not be empty  "
            )
        assigned = []
        for variable, center, view in zip(variables, centers, views, strict=True):
            assigned += [assign(variable, center), assign(view, center)]
        begin = group(*assigned)
        return self._wait_for_all(begin, task_index) if self._synchronous else begin

    def _wait_for_all(self, begin: Any, task_index: int) -> Operation:
        queues = [
            FIFOQueue(
                self._num_worker, [bool_type], shapes=[[]], shared_name=f"variable_init_sync_queue{worker}"
            )
            for worker in range(self._num_worker)
        ]
        token = constant(False)
        with control_dependencies([begin]):
            waits = [
                no_op() if worker == task_index else queue.enqueue(token)
                for worker, queue in enumerate(queues)
            ]
        waits.append(queues[task_index].dequeue_many(len(queues) - 1))
        return group(*waits)

    def make_session_run_hook(self, is_chief: bool, task_index: int) -> WorkerHook:
        """The hook that lets a worker begin with the values of the center.

        Args:
            is_chief: whether it is the chief.
            task_index: which worker it is.
        """
        return WorkerHook(is_chief, lambda: self.get_init_op(task_index))

    def swapping_saver(self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any) -> Saver:
        """A saver that stores the center under the names of the worker's variables.

        Args:
            var_list: what is saved, as `tf.train.Saver` takes it; the trainable variables if None.
            name: the name scope of the saver.
            **kwargs: for the saver.

        Raises:
            RuntimeError: no variable was made by the custom getter.
        """
        if not self._global_map:
            raise RuntimeError(
                "global_center_variable is empty, please make sure this is called after model created and "
                "ElasticAverageCustomGetter is used when declaring you model"
            )
        if var_list is None:
            var_list = trainable_variables()
        if not isinstance(var_list, dict):
            var_list = op_list_to_dict(var_list)
        by_name = {variable.op.name: variable for variable in reversed(trainable_variables())}
        swapped = {}
        for key, saved in var_list.items():
            if isinstance(saved, list):
                swapped[key] = [self._global_map.get(part, part) for part in saved]
            else:
                swapped[key] = self._global_map.get(by_name.get(saved.op.name), saved)
        return Saver(swapped, name=name, **kwargs)


def _make_local(names: set[str]) -> None:
    """Move variables from the global collection to the local one."""
    collection = get_collection_ref(GraphKeys.GLOBAL_VARIABLES)
    moved = [variable for variable in collection if variable.op.name in names]
    collection[:] = [variable for variable in collection if variable.op.name not in names]
    get_collection_ref(GraphKeys.LOCAL_VARIABLES).extend(moved)
