"""Training, testing and predicting over arrays, tensors and datasets."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph.errors import OutOfRangeError
from perdure.keras.backend.state import is_sparse, symbolic_learning_phase
from perdure.keras.callbacks.base import (
    PREDICT,
    TEST,
    TRAIN,
    ProgbarLogger,
    configure_callbacks,
    make_logs,
)
from perdure.keras.engine.aggregating import MetricsAggregator, OutputsAggregator
from perdure.keras.engine.data import batch_shuffle, check_steps, make_batches, slice_arrays
from perdure.keras.engine.datasets import DatasetSource, is_dataset
from perdure.platform import logging


def should_validate(validation_freq: Any, epoch: int) -> bool:
    """Whether an epoch ends with a test.

    Args:
        validation_freq: every how many epochs, or the numbers of the epochs, from 1.
        epoch: the number of the epoch, from 0.

    Raises:
        ValueError: neither a positive integer nor a container.
    """
    if isinstance(validation_freq, int):
        if validation_freq < 1:
            raise ValueError("`validation_freq` can not be less than 1.")
        return (epoch + 1) % validation_freq == 0
    if not hasattr(validation_freq, "__contains__"):
        raise ValueError(
            "`validation_freq` must be an Integer or `collections_abc.Container` (e.g. list, tuple, etc.)"
        )
    return epoch + 1 in validation_freq


def _feed_values(model: Any, inputs: Any, targets: Any, sample_weights: Any, mode: str) -> list[Any]:
    inputs = [inputs[name] for name in sorted(inputs)] if isinstance(inputs, dict) else list(inputs)
    values = inputs + list(targets or ()) + list(sample_weights or ())
    if mode == TRAIN and not isinstance(symbolic_learning_phase(), int):
        values.append(True)
    return values


def _number_of(values: list[Any], batch_size: Any, steps: Any) -> Any:
    """How many steps or items there are."""
    if steps:
        return steps
    if check_steps(values, steps, "steps_per_epoch"):
        return None
    return int(values[0].shape[0]) if hasattr(values[0], "shape") else None


class _Run:
    """One training, test or prediction."""

    def __init__(self, model: Any, values: list[Any], mode: str) -> None:
        self.model = model
        self.values = values
        self.mode = mode
        weights = values[len(model._feed_inputs) + len(getattr(model, "_feed_targets", ())) :]
        if mode != PREDICT:
            if mode == TRAIN and not isinstance(symbolic_learning_phase(), int):
                weights = weights[:-1]
            model._update_sample_weight_modes(sample_weights=weights)
        self.function = model._make_function(mode)
        # Rows of sparse matrices are made dense batch by batch.
        fed = zip(values, self.function.inputs, strict=False)
        self.dense = [i for i, (x, t) in enumerate(fed) if _is_scipy_sparse(x) and not is_sparse(t)]

    def batch(self, indices: np.ndarray, is_all: bool) -> Any:
        """The results of some items."""
        if is_all:
            values = list(self.values)
        else:
            try:
                if self.values and isinstance(self.values[-1], (bool, int)):
                    values = [*slice_arrays(self.values[:-1], indices), self.values[-1]]
                else:
                    values = slice_arrays(self.values, indices)
            except TypeError:
                raise TypeError(
                    'TypeError while preparing batch. If using HDF5 input data, pass shuffle="batch".'
                ) from None
        for i in self.dense:
            values[i] = values[i].toarray()
        return self.function(values)


def _is_scipy_sparse(x: Any) -> bool:
    return hasattr(x, "tocoo")


def model_iteration(
    model: Any,
    inputs: Any,
    targets: Any = None,
    sample_weights: Any = None,
    batch_size: int | None = None,
    epochs: int = 1,
    verbose: int = 1,
    callbacks: Any = None,
    validation: Any = None,
    shuffle: Any = True,
    initial_epoch: int = 0,
    steps: Any = None,
    validation_steps: Any = None,
    validation_freq: Any = 1,
    mode: str = TRAIN,
    steps_name: str = "steps",
) -> Any:
    """Run a model over data.

    Args:
        model: the model.
        inputs, targets, sample_weights: lists of arrays or tensors; `inputs` may be a DatasetSource.
        batch_size: how many items make a batch.
        epochs: how often all data is seen.
        verbose: 0, 1 or 2; see `Progbar`.
        callbacks: the program's callbacks.
        validation: (inputs, targets, weights) of the test at the end of an epoch, or None.
        shuffle: whether the order of items changes, or "batch" for that of batches.
        initial_epoch: the number of the first epoch.
        steps: how many steps make an epoch; None if the items say.
        validation_steps: how many make a test.
        validation_freq: see `should_validate`.
        mode: "train", "test" or "predict".
        steps_name: what messages call `steps`.

    Returns:
        The history of a training, the results of a test, or the outputs.
    """
    source = inputs if isinstance(inputs, DatasetSource) else None
    resets = False
    if source is not None:
        resets = steps is None
        if steps is None:
            steps = source.number_of_batches(steps_name)
        inputs, targets, sample_weights = source.standardized(model)
    use_steps = source is not None or steps is not None
    values = _feed_values(model, inputs, targets, sample_weights, mode)
    count = steps if source is not None else _number_of(values, batch_size, steps)
    run = _Run(model, values, mode)
    if mode == TRAIN and verbose:
        _print_info(count, validation, validation_steps, source is not None)
    callback_list = configure_callbacks(
        callbacks,
        model,
        do_validation=validation is not None,
        batch_size=batch_size,
        epochs=epochs,
        steps_per_epoch=steps,
        samples=count,
        verbose=0,
        mode=mode,
    )
    progbar = ProgbarLogger("steps" if use_steps else "samples", model.metrics_names[1:])
    progbar.params = callback_list.params
    progbar.params["verbose"] = verbose
    make = OutputsAggregator if mode == PREDICT else MetricsAggregator
    aggregator: Any = make(use_steps, num_samples=None if steps else count, steps=steps)
    model.stop_training = False
    callback_list._call_begin_hook(mode)
    progbar.on_train_begin()
    results: Any = None
    for epoch in range(initial_epoch, epochs):
        if model.stop_training:
            break
        logs: dict[str, Any] = {}
        model.reset_metrics()
        if mode == TRAIN:
            callback_list.on_epoch_begin(epoch, logs)
        progbar.on_epoch_begin(epoch, logs)
        if use_steps:
            steps = _run_steps(run, steps, epochs, source, aggregator, callback_list, progbar, steps_name)
        else:
            _run_items(run, count, batch_size, shuffle, aggregator, callback_list, progbar)
        aggregator.finalize()
        results = aggregator.results
        logs = make_logs(model, logs, results, mode)
        if len(results) == 1:
            results = results[0]
        if validation is not None and should_validate(validation_freq, epoch) and not model.stop_training:
            val_inputs, val_targets, val_weights = validation
            found = model_iteration(
                model,
                val_inputs,
                targets=val_targets,
                sample_weights=val_weights,
                batch_size=batch_size,
                steps=validation_steps,
                callbacks=callback_list,
                verbose=0,
                mode=TEST,
                steps_name="validation_steps",
            )
            found = found if isinstance(found, list) else [found]
            logs = make_logs(model, logs, found, mode, prefix="val_")
            if isinstance(val_inputs, DatasetSource) and epoch < epochs - 1:
                val_inputs.restart()
        if mode == TRAIN:
            callback_list.on_epoch_end(epoch, logs)
        progbar.on_epoch_end(epoch, logs)
        if resets and source is not None and epoch < epochs - 1:
            source.restart()
    callback_list._call_end_hook(mode)
    return model.history if mode == TRAIN else results


def _print_info(count: Any, validation: Any, validation_steps: Any, is_dataset: bool) -> None:
    unit = "steps" if is_dataset else "samples"
    message = f"Train on {count} {unit}"
    if validation is not None:
        inputs = validation[0]
        of_validation = validation_steps
        if not isinstance(inputs, DatasetSource):
            arrays = list(inputs.values()) if isinstance(inputs, dict) else inputs
            of_validation = arrays[0].shape[0] if len(arrays) else None
        elif validation_steps is None:
            of_validation = inputs.number_of_batches("validation_steps")
        if of_validation:
            message += f", validate on {of_validation} {unit}"
    print(message)


def _as_list(outputs: Any) -> Any:
    return outputs if isinstance(outputs, list) else [outputs]


def _run_items(
    run: _Run, count: int, batch_size: Any, shuffle: Any, aggregator: Any, callbacks: Any, progbar: Any
) -> None:
    """An epoch over arrays."""
    model, mode = run.model, run.mode
    indices = np.arange(count)
    if isinstance(shuffle, str) and shuffle == "batch":
        indices = batch_shuffle(indices, batch_size)
    elif shuffle:
        np.random.shuffle(indices)
    batches = make_batches(count, batch_size)
    for i, (start, end) in enumerate(batches):
        chosen = indices[start:end]
        logs: dict[str, Any] = {"batch": i, "size": len(chosen)}
        callbacks._call_batch_hook(mode, "begin", i, logs)
        progbar.on_batch_begin(i, logs)
        outputs = _as_list(run.batch(chosen, len(batches) == 1))
        if i == 0:
            aggregator.create(outputs)
        aggregator.aggregate(outputs, start, end)
        logs = make_logs(model, logs, outputs, mode)
        callbacks._call_batch_hook(mode, "end", i, logs)
        progbar.on_batch_end(i, logs)
        if model.stop_training:
            break


def _run_steps(
    run: _Run,
    steps: Any,
    epochs: int,
    source: Any,
    aggregator: Any,
    callbacks: Any,
    progbar: Any,
    steps_name: str,
) -> Any:
    """An epoch over tensors or a dataset; returns how many steps it had."""
    model, mode = run.model, run.mode
    step = 0
    while steps is None or step < steps:
        logs: dict[str, Any] = {"batch": step, "size": 1}
        callbacks._call_batch_hook(mode, "begin", step, logs)
        progbar.on_batch_begin(step, logs)
        try:
            outputs = _as_list(run.function(run.values))
        except OutOfRangeError:
            if source is not None and steps is None:
                if step > 0:
                    steps = aggregator.steps = step
                    if mode == TRAIN:
                        progbar.params["steps"] = progbar.progbar.target = step
                break
            model.stop_training = True
            what = "dataset" if source is not None else "dataset iterator"
            logging.warning(
                f"Your {what} ran out of data; interrupting training. Make sure that your {what} can "
                f"generate at least `{steps_name} * epochs` batches (in this case, {steps * epochs} "
                "batches). You may need to use the repeat() function when building your dataset."
            )
            break
        if step == 0:
            aggregator.create(outputs)
        aggregator.aggregate(outputs)
        logs = make_logs(model, logs, outputs, mode)
        callbacks._call_batch_hook(mode, "end", step, logs)
        progbar.on_batch_end(step, logs)
        step += 1
        if model.stop_training:
            break
    return steps


__all__ = ["is_dataset", "model_iteration", "should_validate"]
