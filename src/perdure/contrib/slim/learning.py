"""Training under a Supervisor, in one call."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from perdure.contrib.training import training
from perdure.contrib.training.training import clip_gradient_norms, multiply_gradients
from perdure.filesystem.functions import write_string_to_file
from perdure.functional.control.control import group
from perdure.functional.math.binary import equal, greater_equal, mod
from perdure.functional.math.clip import global_norm
from perdure.functional.state.resources import tables_initializer
from perdure.functional.summaries.merging import merge_all
from perdure.functional.summaries.values import histogram, scalar
from perdure.graph import errors
from perdure.graph.composite import IndexedSlices
from perdure.graph.constants import constant
from perdure.graph.defaults import get_default_graph, name_scope
from perdure.graph.graph import Graph
from perdure.optimizers.optimizer import Optimizer
from perdure.platform import logging
from perdure.training.saving.saver import Saver
from perdure.training.supervisor import Supervisor
from perdure.training.training_util import get_or_create_global_step
from perdure.training.training_util import global_step as current_step
from perdure.variables.collections import (
    global_variables_initializer,
    local_variables_initializer,
    report_uninitialized_variables,
)

__all__ = [
    "add_gradients_summaries",
    "clip_gradient_norms",
    "create_train_op",
    "multiply_gradients",
    "train",
    "train_step",
]

# Stands for what there is by default, since None means nothing.
_USE_DEFAULT = 0


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
        summaries.append(histogram(var.op.name + "/gradient", values))
        summaries.append(scalar(var.op.name + "/gradient_norm", global_norm([values])))
    return summaries


def create_train_op(
    total_loss: Any,
    optimizer: Optimizer,
    global_step: Any = _USE_DEFAULT,
    update_ops: Any = None,
    variables_to_train: Any = None,
    clip_gradient_norm: float = 0,
    summarize_gradients: bool = False,
    gate_gradients: int = Optimizer.GATE_OP,
    aggregation_method: int | None = None,
    colocate_gradients_with_ops: bool = False,
    gradient_multipliers: dict[Any, Any] | None = None,
    check_numerics: bool = True,
) -> Any:
    """A tensor with the loss, whose evaluation makes a step of training.

    Args:
        total_loss: the loss.
        optimizer: what trains.
        global_step: the variable that counts steps; the graph's by default, none if None.
        update_ops: run before the loss is computed; the collection UPDATE_OPS if None.
        variables_to_train: all trainable variables if None.
        clip_gradient_norm: the largest norm of a gradient; 0 for none.
        summarize_gradients: whether to summarise them.
        gate_gradients: as in `Optimizer.compute_gradients`.
        aggregation_method: as there.
        colocate_gradients_with_ops: as there.
        gradient_multipliers: variable, or its name -> what its gradient is multiplied by.
        check_numerics: whether a loss that is not finite is an error.
    """

    def transform(pairs: Any) -> Any:
        if gradient_multipliers:
            with name_scope("multiply_grads"):
                pairs = multiply_gradients(pairs, gradient_multipliers)
        if clip_gradient_norm > 0:
            with name_scope("clip_grads"):
                pairs = clip_gradient_norms(pairs, clip_gradient_norm)
        return pairs

    return training.create_train_op(
        total_loss=total_loss,
        optimizer=optimizer,
        global_step=global_step,
        update_ops=update_ops,
        variables_to_train=variables_to_train,
        transform_grads_fn=transform,
        summarize_gradients=summarize_gradients,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
        check_numerics=check_numerics,
    )


def train_step(
    sess: Any, train_op: Any, global_step: Any, train_step_kwargs: dict[str, Any]
) -> tuple[Any, Any]:
    """One step of training: what `train` calls by default.

    Args:
        sess: the session.
        train_op: what it runs.
        global_step: the variable that counts steps.
        train_step_kwargs: tensors "should_stop", "should_log" and "should_trace", "logdir" for the last, and
            "summary_writer".

    Returns:
        (The loss, whether to stop).

    Raises:
        ValueError: there is "should_trace", but no "logdir".
    """
    start = time.time()
    options = metadata = None
    if "should_trace" in train_step_kwargs:
        if "logdir" not in train_step_kwargs:
            raise ValueError("logdir must be present in train_step_kwargs when should_trace is present")
        if sess.run(train_step_kwargs["should_trace"]):
            options, metadata = _tracing()
    loss, step = sess.run([train_op, global_step], options=options, run_metadata=metadata)
    elapsed = time.time() - start
    if metadata is not None:
        _write_trace(metadata, train_step_kwargs, step)
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        logging.info("global step %d: loss = %.4f (%.3f sec/step)", step, loss, elapsed)
    should_stop = False
    if "should_stop" in train_step_kwargs:
        should_stop = sess.run(train_step_kwargs["should_stop"])
    return loss, should_stop


def train(
    train_op: Any,
    logdir: str | None,
    train_step_fn: Callable[..., tuple[Any, Any]] = train_step,
    train_step_kwargs: Any = _USE_DEFAULT,
    log_every_n_steps: int = 1,
    graph: Graph | None = None,
    master: str = "",
    is_chief: bool = True,
    global_step: Any = None,
    number_of_steps: int | None = None,
    init_op: Any = _USE_DEFAULT,
    init_feed_dict: dict[Any, Any] | None = None,
    local_init_op: Any = _USE_DEFAULT,
    init_fn: Callable[[Any], Any] | None = None,
    ready_op: Any = _USE_DEFAULT,
    summary_op: Any = _USE_DEFAULT,
    save_summaries_secs: float = 600,
    summary_writer: Any = _USE_DEFAULT,
    startup_delay_steps: int = 0,
    saver: Any = None,
    save_interval_secs: float = 600,
    sync_optimizer: Any = None,
    session_config: Any = None,
    session_wrapper: Callable[[Any], Any] | None = None,
    trace_every_n_steps: int | None = None,
    ignore_live_threads: bool = False,
) -> Any:
    """Train until the step is reached, an input ends, or something asks to stop.

    Args:
        train_op: a tensor with the loss, whose evaluation makes a step.
        logdir: the folder for checkpoints and event files; nothing is written if None.
        train_step_fn: makes a step: `f(session, train_op, global_step, train_step_kwargs)`.
        train_step_kwargs: what that is given; see `train_step`.
        log_every_n_steps: how often the loss is logged.
        graph: the graph; the default one if None.
        master: the session's target.
        is_chief: whether this process initializes, saves and summarises.
        global_step: the variable that counts steps; the graph's if None.
        number_of_steps: the step to stop at; never if None.
        init_op: initializes the variables.
        init_feed_dict: what it is fed.
        local_init_op: initializes local variables and tables.
        init_fn: called with the session after `init_op`.
        ready_op: lists the variables that are not initialized.
        summary_op: what is summarised; all summaries by default.
        save_summaries_secs: the seconds between two summaries.
        summary_writer: writes them; none if None.
        startup_delay_steps: the step that a worker waits for before it begins.
        saver: saves checkpoints.
        save_interval_secs: the seconds between two checkpoints.
        sync_optimizer: not supported.
        session_config: a ConfigProto.
        session_wrapper: a function from the session to what is used in its place.
        trace_every_n_steps: how often a step is traced; never if None.
        ignore_live_threads: whether threads may go on after a while when it stops.

    Returns:
        The last loss.

    Raises:
        ValueError: arguments that do not go together.
        NotImplementedError: `sync_optimizer` is given.
    """
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    if logdir is None:
        if not _is_default(summary_op):
            raise ValueError("Cannot provide summary_op because logdir=None")
        for name, value in (("saver", saver), ("trace_every_n_steps", trace_every_n_steps)):
            if value is not None:
                raise ValueError(f"Cannot provide {name} because logdir=None")
    if sync_optimizer is not None:
        raise NotImplementedError(
            "slim.learning.train(sync_optimizer=...) is not supported: train without it"
        )
    if number_of_steps is not None and number_of_steps <= 0:
        raise ValueError("`number_of_steps` must be either None or a positive number.")
    graph = graph or get_default_graph()
    with graph.as_default():
        if global_step is None:
            global_step = get_or_create_global_step()
        saver = saver or Saver()
        with name_scope("init_ops"):
            if _is_default(init_op):
                init_op = global_variables_initializer()
            if _is_default(ready_op):
                ready_op = report_uninitialized_variables()
            if _is_default(local_init_op):
                local_init_op = group(local_variables_initializer(), tables_initializer())
        if _is_default(summary_op):
            summary_op = merge_all()
        if _is_default(summary_writer):
            summary_writer = Supervisor.USE_DEFAULT
        if _is_default(train_step_kwargs):
            train_step_kwargs = _step_arguments(
                global_step,
                number_of_steps,
                log_every_n_steps,
                trace_every_n_steps if is_chief else None,
                logdir,
            )
    supervisor = Supervisor(
        graph=graph,
        is_chief=is_chief,
        logdir=logdir,
        init_op=init_op,
        init_feed_dict=init_feed_dict,
        local_init_op=local_init_op,
        ready_for_local_init_op=None,
        ready_op=ready_op,
        summary_op=summary_op,
        summary_writer=summary_writer,
        global_step=global_step,
        saver=saver,
        save_summaries_secs=save_summaries_secs,
        save_model_secs=save_interval_secs,
        init_fn=init_fn,
    )
    if summary_writer is not None:
        train_step_kwargs["summary_writer"] = supervisor.summary_writer
    total_loss = None
    while True:
        try:
            with supervisor.managed_session(
                master, start_standard_services=False, config=session_config
            ) as session:
                logging.info("Starting Session.")
                if session_wrapper is not None:
                    logging.info("Wrapping session with wrapper function: %s", session_wrapper)
                    session = session_wrapper(session)
                if is_chief:
                    if logdir:
                        supervisor.start_standard_services(session)
                elif startup_delay_steps > 0:
                    first = min(startup_delay_steps, number_of_steps or sys.maxsize)
                    _wait_for_step(session, global_step, first)
                threads = supervisor.start_queue_runners(session)
                logging.info("Starting Queues.")
                try:
                    while not supervisor.should_stop():
                        total_loss, should_stop = train_step_fn(
                            session, train_op, global_step, train_step_kwargs
                        )
                        if should_stop:
                            logging.info("Stopping Training.")
                            supervisor.request_stop()
                            break
                except errors.OutOfRangeError as error:
                    logging.info("Caught OutOfRangeError. Stopping Training. %s", error)
                if logdir and supervisor.is_chief:
                    logging.info("Finished training! Saving model to disk.")
                    supervisor.saver.save(session, supervisor.save_path, global_step=supervisor.global_step)
                    supervisor.stop(
                        threads, close_summary_writer=True, ignore_live_threads=ignore_live_threads
                    )
        except errors.AbortedError:
            logging.info("Retrying training!")
        else:
            return total_loss


def _is_default(value: Any) -> bool:
    return isinstance(value, int) and value == _USE_DEFAULT


def _step_arguments(
    global_step: Any,
    number_of_steps: int | None,
    log_every_n_steps: int,
    trace_every_n_steps: int | None,
    logdir: str | None,
) -> dict[str, Any]:
    """The arguments of `train_step` that follow from those of `train`."""
    with name_scope("train_step"):
        arguments: dict[str, Any] = {
            "should_stop": greater_equal(global_step, number_of_steps) if number_of_steps else constant(False)
        }
        if log_every_n_steps > 0:
            arguments["should_log"] = equal(mod(global_step, log_every_n_steps), 0)
        if trace_every_n_steps is not None:
            arguments["should_trace"] = equal(mod(global_step, trace_every_n_steps), 0)
            arguments["logdir"] = logdir
    return arguments


def _wait_for_step(session: Any, global_step: Any, step: int) -> None:
    while current_step(session, global_step) < step:
        time.sleep(1.0)


def _tracing() -> tuple[Any, Any]:
    """The options of a step that is traced, and where the trace goes."""
    from perdure.formats import messages

    return messages.RunOptions(trace_level=messages.RunOptions.FULL_TRACE), messages.RunMetadata()


def _write_trace(metadata: Any, arguments: dict[str, Any], step: int) -> None:
    from perdure.session.timeline import Timeline

    path = os.path.join(arguments["logdir"], f"tf_trace-{step}.json")
    logging.info("Writing trace to %s", path)
    write_string_to_file(path, Timeline(metadata.step_stats).generate_chrome_trace_format())
    writer = arguments.get("summary_writer")
    if writer is not None:
        writer.add_run_metadata(metadata, f"run_metadata-{step}")
