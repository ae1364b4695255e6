"""SyncReplicasOptimizer: the gradients of several workers make one step, and late ones are dropped.

Workers put gradients into accumulators that the variables' devices share; a queue runner of the chief takes
the mean of enough of them, applies it, and lays out one token for each worker, which waits for its token
before it goes on.
J. Chen et al., "Revisiting Distributed Synchronous SGD", 2016 (arXiv:1604.00981).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.functional.array.array import fill
from perdure.functional.control.control import group, no_op
from perdure.functional.state import state
from perdure.graph.composite import IndexedSlices
from perdure.graph.defaults import colocate_with, control_dependencies, device, name_scope
from perdure.graph.dtypes import int32
from perdure.graph.keys import GraphKeys
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor
from perdure.optimizers.optimizer import Optimizer
from perdure.platform import logging
from perdure.queues.accumulators import ConditionalAccumulator, SparseConditionalAccumulator
from perdure.queues.queue_runner import QueueRunner
from perdure.queues.queues import FIFOQueue
from perdure.training.session_run_hook import SessionRunHook
from perdure.variables.base import Variable
from perdure.variables.collections import global_variables, report_uninitialized_variables


class SyncReplicasOptimizer(Optimizer):
    """Applies the mean of the gradients of several workers at once.

    Args:
        opt: the optimizer that applies it.
        replicas_to_aggregate: how many gradients make a step.
        total_num_replicas: how many workers there are; by default as many.
        variable_averages: an ExponentialMovingAverage to update after each step, or None.
        variables_to_average: the variables that it averages.
        use_locking: kept in the nodes of the updates.
        name: the name scope of the accumulators.

    Raises:
        ValueError: no name is given.
    """

    def __init__(
        self,
        opt: Optimizer,
        replicas_to_aggregate: int,
        total_num_replicas: int | None = None,
        variable_averages: Any = None,
        variables_to_average: Any = None,
        use_locking: bool = False,
        name: str = "sync_replicas",
    ) -> None:
        if total_num_replicas is None:
            total_num_replicas = replicas_to_aggregate
        super().__init__(use_locking, name)
        logging.info(
            "SyncReplicasV2: replicas_to_aggregate=%s; total_num_replicas=%s",
            replicas_to_aggregate,
            total_num_replicas,
        )
        self._opt = opt
        self._replicas_to_aggregate = replicas_to_aggregate
        self._total_num_replicas = total_num_replicas
        self._tokens_per_step = max(total_num_replicas, replicas_to_aggregate)
        self._variable_averages = variable_averages
        self._variables_to_average = variables_to_average
        self._gradients_applied = False
        self._global_step: Any = None
        self._sync_token_queue: Any = None
        self._chief_queue_runner: QueueRunner | None = None
        self._accumulator_list: list[tuple[Any, str]] = []

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """The gradients of the optimizer inside; see `Optimizer.compute_gradients`."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[Any, Any]], global_step: Any = None, name: str | None = None
    ) -> Any:
        """What a worker runs: its gradients are handed in, and its next token is waited for.

        Args:
            grads_and_vars: pairs of a gradient, or None, and its variable.
            global_step: the variable that counts steps.
            name: has no effect, as in TensorFlow.

        Raises:
            ValueError: there are no variables, no global step, or a gradient is of an unknown kind.
        """
        pairs = list(grads_and_vars)
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required to check staleness")
        self._global_step = global_step
        with colocate_with(no_op()):
            self._local_step = Variable(
                initial_value=0,
                trainable=False,
                collections=[GraphKeys.LOCAL_VARIABLES],
                dtype=global_step.dtype.base_dtype,
                name="sync_rep_local_step",
            )
        self.local_step_init_op = state.assign(self._local_step, global_step)
        self.ready_for_local_init_op = report_uninitialized_variables(global_variables())
        with name_scope(None, self._name):
            accumulated = [self._accumulate(gradient, var) for gradient, var in pairs]
            handed_in = [apply for apply, _ in accumulated if apply is not None]
            means = [mean for _, mean in accumulated]
            with device(global_step.device), name_scope(""):
                update = self._opt.apply_gradients(
                    list(zip(means, [var for _, var in pairs], strict=True)), global_step
                )
            train_op = self._wait(handed_in, update)
            init_ops = [self.local_step_init_op]
            for accumulator, where in self._accumulator_list:
                with device(where):
                    init_ops.append(accumulator.set_global_step(global_step, name="SetGlobalStep"))
            self.chief_init_op = group(*init_ops)
            self._gradients_applied = True
            return train_op

    def _accumulate(self, gradient: Any, var: Any) -> tuple[Any, Any]:
        """(the operation that hands a gradient in, the mean of what was handed in)"""
        if gradient is None:
            return None, None
        shared = f"{var.name}/grad_accum"
        with device(var.device):
            accumulator: Any
            if isinstance(gradient, Tensor):
                accumulator = ConditionalAccumulator(
                    gradient.dtype, shape=var.get_shape(), shared_name=shared
                )
                found = (
                    accumulator.apply_grad(gradient, local_step=self._local_step),
                    accumulator.take_grad(self._replicas_to_aggregate),
                )
            elif isinstance(gradient, IndexedSlices):
                accumulator = SparseConditionalAccumulator(gradient.dtype, shape=(), shared_name=shared)
                found = (
                    accumulator.apply_indexed_slices_grad(gradient, local_step=self._local_step),
                    accumulator.take_indexed_slices_grad(self._replicas_to_aggregate),
                )
            else:
                raise ValueError("Unknown grad type!")
        self._accumulator_list.append((accumulator, var.device))
        return found

    def _wait(self, handed_in: list[Any], update: Any) -> Any:
        """The operation that waits for a token; the chief's queue runner lays them out after the update."""
        step = self._global_step
        with device(step.device), name_scope(""):
            tokens_left = FIFOQueue(
                -1, step.dtype.base_dtype, shapes=(), name="sync_token_q", shared_name="sync_token_q"
            )
            self._sync_token_queue = tokens_left
            # A runner closes its queue when it ends, and nothing would open the tokens' again.
            of_runner = FIFOQueue(1, int32, shapes=(), name="dummy_queue", shared_name="dummy_queue")
        with device(step.device), name_scope(""):
            with control_dependencies(handed_in):
                token = tokens_left.dequeue()
            train_op = state.assign(self._local_step, token)
            with control_dependencies([update]):
                laid_out = tokens_left.enqueue_many((fill([self._tokens_per_step], step),))
            if self._variable_averages is not None:
                with control_dependencies([laid_out]), name_scope(""):
                    laid_out = self._variable_averages.apply(self._variables_to_average)
            self._chief_queue_runner = QueueRunner(of_runner, [laid_out])
        return train_op

    def get_chief_queue_runner(self) -> QueueRunner | None:
        """The runner that applies gradients, which the chief starts.

        Raises:
            ValueError: no gradients have been applied yet.
        """
        if not self._gradients_applied:
            raise ValueError("Should be called after apply_gradients().")
        return self._chief_queue_runner

    def get_init_tokens_op(self, num_tokens: int = -1) -> Operation:
        """The operation that lays out the tokens of the first step, which the chief runs.

        Args:
            num_tokens: how many; by default as many as gradients make a step.

        Raises:
            ValueError: no gradients have been applied yet, or these are too few for the first step.
        """
        if not self._gradients_applied:
            raise ValueError("get_init_tokens_op() should be called after apply_gradients().")
        needed = self._replicas_to_aggregate - self._total_num_replicas
        if num_tokens == -1:
            num_tokens = self._replicas_to_aggregate
        elif num_tokens < needed:
            raise ValueError(
                f"Too few tokens to finish the first step: {num_tokens} (given) vs {needed} (needed)"
            )
        if num_tokens <= 0:
            return no_op(name="no_init_tokens")
        with device(self._global_step.device), name_scope(""):
            return self._sync_token_queue.enqueue_many((fill([num_tokens], self._global_step),))

    def make_session_run_hook(self, is_chief: bool, num_tokens: int = -1) -> SessionRunHook:
        """The hook that does all of this in a MonitoredSession.

        Args:
            is_chief: whether this worker is the chief.
            num_tokens: see `get_init_tokens_op`.
        """
        return _SyncReplicasOptimizerHook(self, is_chief, num_tokens)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """A slot of the optimizer inside."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """The names of its slots."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> Any:
        """Its variables."""
        return self._opt.variables()


class _SyncReplicasOptimizerHook(SessionRunHook):
    """Sets the local step, and as the chief lays out the first tokens and starts the runner."""

    def __init__(self, sync_optimizer: SyncReplicasOptimizer, is_chief: bool, num_tokens: int) -> None:
        self._sync_optimizer = sync_optimizer
        self._is_chief = is_chief
        self._num_tokens = num_tokens

    def begin(self) -> None:
        optimizer = self._sync_optimizer
        if not optimizer._gradients_applied:
            raise ValueError("SyncReplicasOptimizer.apply_gradient should be called before using the hook.")
        self._ready_for_local_init_op = optimizer.ready_for_local_init_op
        self._runner: QueueRunner | None = None
        if self._is_chief:
            self._local_init_op = optimizer.chief_init_op
            self._runner = optimizer.get_chief_queue_runner()
            self._init_tokens_op = optimizer.get_init_tokens_op(self._num_tokens)
        else:
            self._local_init_op = optimizer.local_step_init_op

    def after_create_session(self, session: Any, coord: Any) -> None:
        missing = session.run(self._ready_for_local_init_op)
        if missing.size:
            names = ", ".join(sorted(name.decode() for name in missing))
            raise RuntimeError(f"Model is not initialized: Variables not initialized: {names}")
        session.run(self._local_init_op)
        if self._runner is not None:
            session.run(self._init_tokens_op)
            self._runner.create_threads(session, coord=coord, daemon=True, start=True)
