"""An operation that trains, gradients that are changed first, and the loop that runs it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from perdure.functional.array import array
from perdure.functional.control.control import no_op, with_dependencies
from perdure.functional.math.clip import clip_by_norm, global_norm
from perdure.functional.summaries.values import histogram, scalar
from perdure.graph.composite import IndexedSlices
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import control_dependencies, get_collection, get_collection_ref, name_scope
from perdure.graph.keys import GraphKeys
from perdure.optimizers.optimizer import Optimizer
from perdure.platform import logging
from perdure.training.monitored_session import MonitoredTrainingSession
from perdure.training.session_run_hook import SessionRunHook
from perdure.training.training_util import get_or_create_global_step
from perdure.variables.collections import trainable_variables

GradientsAndVariables = list[tuple[Any, Any]]
# Stands for the graph's own step, since None means that there is none.
_USE_GLOBAL_STEP = 0


def add_gradients_summaries(grads_and_vars: Iterable[tuple[Any, Any]]) -> list[Any]:
    """Summaries of gradients: a histogram and the norm of each.

    Args:
        grads_and_vars: pairs of a gradient, which may be None, and a variable.
    """
    summaries = []
    for grad, var in grads_and_vars:
        if grad is None:
            logging.info("Var %s has no gradient", var.op.name)
            continue
        values = grad.values if isinstance(grad, IndexedSlices) else grad
        summaries.append(histogram(f"{var.op.name}_gradient", values))
        summaries.append(scalar(f"{var.op.name}_gradient_norm", global_norm([values])))
    return summaries


def clip_gradient_norms(
    gradients_to_variables: Iterable[tuple[Any, Any]], max_norm: Any
) -> GradientsAndVariables:
    """Gradients whose norms are at most `max_norm`.

    Args:
        gradients_to_variables: pairs of a gradient, which may be None, and a variable.
        max_norm: the largest norm.
    """
    return [
        (grad if grad is None else _with_values(grad, lambda values: clip_by_norm(values, max_norm)), var)
        for grad, var in gradients_to_variables
    ]


def clip_gradient_norms_fn(max_norm: Any) -> Callable[[Any], GradientsAndVariables]:
    """A function that clips gradients, for `create_train_op`; see `clip_gradient_norms`."""
    return lambda gradients_to_variables: clip_gradient_norms(gradients_to_variables, max_norm)


def multiply_gradients(
    grads_and_vars: GradientsAndVariables, gradient_multipliers: dict[Any, Any]
) -> GradientsAndVariables:
    """Gradients, some of which are multiplied.

    Args:
        grads_and_vars: pairs of a gradient and a variable.
        gradient_multipliers: factors by variables, or by names of their operations.

    Raises:
        ValueError: `grads_and_vars` is no list, there are no factors, or one is for a gradient that is None.
    """
    if not isinstance(grads_and_vars, list):
        raise ValueError("`grads_and_vars` must be a list.")
    if not gradient_multipliers:
        raise ValueError("`gradient_multipliers` is empty.")
    if not isinstance(gradient_multipliers, dict):
        raise ValueError("`gradient_multipliers` must be a dict.")
    multiplied = []
    for grad, var in grads_and_vars:
        if var in gradient_multipliers or var.op.name in gradient_multipliers:
            factor = gradient_multipliers[var if var in gradient_multipliers else var.op.name]
            if grad is None:
                raise ValueError("Requested multiple of `None` gradient.")
            grad = _multiplied(grad, factor)
        multiplied.append((grad, var))
    return multiplied


def _multiplied(grad: Any, factor: Any) -> Any:
    return _with_values(grad, lambda values: values * convert_to_tensor(factor, dtype=grad.dtype))


def _with_values(grad: Any, function: Callable[[Any], Any]) -> Any:
    """A gradient of the same kind with other values."""
    if not isinstance(grad, IndexedSlices):
        return function(grad)
    return IndexedSlices(function(grad.values), grad.indices, grad.dense_shape)


def create_train_op(
    total_loss: Any,
    optimizer: Optimizer,
    global_step: Any = _USE_GLOBAL_STEP,
    update_ops: Iterable[Any] | None = None,
    variables_to_train: list[Any] | None = None,
    transform_grads_fn: Callable[[GradientsAndVariables], GradientsAndVariables] | None = None,
    summarize_gradients: bool = False,
    gate_gradients: int = Optimizer.GATE_OP,
    aggregation_method: int | None = None,
    colocate_gradients_with_ops: bool = False,
    check_numerics: bool = True,
) -> Any:
    """A tensor that trains when it is computed; its value is the loss.

    Args:
        total_loss: the loss.
        optimizer: the optimizer.
        global_step: counts the steps; the step of the graph by default, nothing if None.
        update_ops: what runs before the loss; the collection UPDATE_OPS if None.
        variables_to_train: the variables; all trainable ones if None.
        transform_grads_fn: changes the pairs of gradients and variables.
        summarize_gradients: whether there are summaries of gradients.
        gate_gradients, aggregation_method, colocate_gradients_with_ops: see `Optimizer.compute_gradients`.
        check_numerics: whether a loss that is infinite or no number is an error.

    Raises:
        AssertionError: there are no variables, or one is not trainable.
    """
    if global_step is _USE_GLOBAL_STEP:
        global_step = get_or_create_global_step()
    of_graph = get_collection(GraphKeys.UPDATE_OPS)
    updates = list(dict.fromkeys(of_graph if update_ops is None else update_ops))
    if not set(of_graph) <= set(updates):
        logging.warning(
            "update_ops in create_train_op does not contain all the update_ops in GraphKeys.UPDATE_OPS"
        )
    if updates:
        with control_dependencies(updates):
            barrier = no_op(name="update_barrier")
        total_loss = with_dependencies([barrier], total_loss)
    if variables_to_train is None:
        variables_to_train = trainable_variables()
    else:
        for variable in variables_to_train:
            assert variable.trainable or variable in trainable_variables()
    assert variables_to_train, "there are no variables to train"
    grads = optimizer.compute_gradients(
        total_loss,
        variables_to_train,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
    )
    if transform_grads_fn:
        grads = transform_grads_fn(grads)
    if summarize_gradients:
        with name_scope("summarize_grads"):
            add_gradients_summaries(grads)
    grad_updates = optimizer.apply_gradients(grads, global_step=global_step)
    with name_scope("train_op"):
        if check_numerics:
            total_loss = array.check_numerics(total_loss, "LossTensor is inf or nan")
        train_op = with_dependencies([grad_updates], total_loss)
    known = get_collection_ref(GraphKeys.TRAIN_OP)
    if train_op not in known:
        known.append(train_op)
    return train_op


def train(
    train_op: Any,
    logdir: str | None,
    master: str = "",
    is_chief: bool = True,
    scaffold: Any = None,
    hooks: Sequence[SessionRunHook] | None = None,
    chief_only_hooks: Sequence[SessionRunHook] | None = None,
    save_checkpoint_secs: float | None = 600,
    save_summaries_steps: int | None = 100,
    config: Any = None,
    max_wait_secs: float = 7200,
    run_metadata: Any = None,
) -> Any:
    """Train until a hook stops it.

    Args:
        train_op: what trains; see `create_train_op`.
        logdir: the folder for checkpoints and summaries.
        master: the session's target.
        is_chief: whether this process initializes the model and writes the files.
        scaffold: has what the model needs.
        hooks: hooks of the session.
        chief_only_hooks: hooks of the chief.
        save_checkpoint_secs: the seconds between two checkpoints; None for none.
        save_summaries_steps: the steps between two summaries; None for none.
        config: the session's options.
        max_wait_secs: how long to wait for the chief.
        run_metadata: a message that is filled by each step.

    Returns:
        The last value of `train_op`, or None.

    Raises:
        ValueError: something would be saved, and there is no folder.
    """
    if logdir is None and is_chief:
        if save_summaries_steps:
            raise ValueError("logdir cannot be None when save_summaries_steps is not None")
        if save_checkpoint_secs:
            raise ValueError("logdir cannot be None when save_checkpoint_secs is not None")
    loss = None
    with MonitoredTrainingSession(
        master=master,
        is_chief=is_chief,
        checkpoint_dir=logdir,
        scaffold=scaffold,
        hooks=hooks,
        chief_only_hooks=chief_only_hooks,
        save_checkpoint_secs=save_checkpoint_secs,
        save_summaries_steps=save_summaries_steps,
        config=config,
        max_wait_secs=max_wait_secs,
    ) as session:
        while not session.should_stop():
            loss = session.run(train_op, run_metadata=run_metadata)
    return loss
