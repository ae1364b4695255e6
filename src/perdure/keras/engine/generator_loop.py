"""Training, testing and predicting with the batches of a generator or `Sequence`."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from perdure.graph.nest import flatten, pack_sequence_as
from perdure.keras.callbacks.base import (
    PREDICT,
    TEST,
    TRAIN,
    ProgbarLogger,
    configure_callbacks,
    make_logs,
)
from perdure.keras.engine.aggregating import MetricsAggregator, OutputsAggregator
from perdure.keras.engine.array_loop import should_validate
from perdure.keras.engine.data import make_batches, slice_arrays
from perdure.keras.engine.datasets import DatasetSource, is_dataset, is_iterator
from perdure.keras.utils.sequences import (
    GeneratorEnqueuer,
    OrderedEnqueuer,
    Sequence,
    iter_sequence_infinite,
)
from perdure.platform import logging


def is_generator_or_sequence(x: Any) -> bool:
    """Whether data comes batch by batch."""
    if isinstance(x, (str, list, tuple, dict, np.ndarray)) or is_dataset(x) or is_iterator(x):
        return False
    return isinstance(x, Sequence) or hasattr(x, "__next__") or hasattr(x, "next")


def _batches_of(
    source: Any, steps: Any, batch_size: int | None, epochs: int, shuffle: Any
) -> tuple[Any, Any]:
    """A generator or `Sequence` of what is given, and how many batches make an epoch."""
    if is_generator_or_sequence(source):
        if isinstance(source, Sequence) and steps is None:
            steps = len(source)
        return source, steps
    if isinstance(source, tuple):
        source = tuple(item for item in source if item is not None)
    count = int(flatten(source)[0].shape[0])
    if batch_size is None:
        raise ValueError(
            "When passing input data as arrays, do not specify `steps_per_epoch`/`steps` argument. "
            "Please use `batch_size` instead."
        )

    def batches() -> Iterator[Any]:
        order = np.arange(count)
        for _ in range(epochs):
            if shuffle:
                np.random.shuffle(order)
            for start, end in make_batches(count, batch_size):
                yield pack_sequence_as(source, slice_arrays(flatten(source), order[start:end]))

    return batches(), math.ceil(count / batch_size)


@contextmanager
def _read_ahead(
    source: Any, workers: int, use_multiprocessing: bool, max_queue_size: int, shuffle: Any
) -> Iterator[Iterator[Any]]:
    """The batches of a generator or `Sequence`, read ahead by workers if there are some."""
    is_sequence = isinstance(source, Sequence)
    if workers <= 0:
        yield iter_sequence_infinite(source) if is_sequence else source
        return
    if is_sequence:
        enqueuer: Any = OrderedEnqueuer(source, use_multiprocessing, bool(shuffle))
    else:
        if use_multiprocessing:
            raise NotImplementedError(
                "use_multiprocessing=True with a generator: a generator cannot be given to another process. "
                "Please use the `keras.utils.Sequence` class."
            )
        enqueuer = GeneratorEnqueuer(source)
    enqueuer.start(workers=workers, max_queue_size=max_queue_size)
    try:
        yield enqueuer.get()
    finally:
        enqueuer.stop()


def _next_batch(batches: Iterator[Any]) -> Any:
    """The next batch as a tuple; None if there is no more."""
    try:
        batch = next(batches)
    except StopIteration:
        return None
    batch = batch if isinstance(batch, tuple) else (batch,)
    if len(batch) not in (1, 2, 3):
        raise ValueError(
            "Output of generator should be a tuple of 1 or 2 or 3 elements: (input,) or (input, target) or "
            f"(input, target, sample_weights). Received {batch}"
        )
    return batch


def run_generator(
    model: Any,
    data: Any,
    steps: Any = None,
    epochs: int = 1,
    verbose: int = 1,
    callbacks: Any = None,
    validation_data: Any = None,
    validation_steps: Any = None,
    validation_freq: Any = 1,
    class_weight: Any = None,
    max_queue_size: int = 10,
    workers: int = 1,
    use_multiprocessing: bool = False,
    shuffle: Any = False,
    initial_epoch: int = 0,
    mode: str = TRAIN,
    batch_size: int | None = None,
    steps_name: str = "steps",
) -> Any:
    """Run a model over batches; see `Model.fit_generator`.

    Returns:
        The history of a training, the results of a test, or the outputs.

    Raises:
        ValueError: the number of steps is missing.
    """
    if is_dataset(data):
        return _run_dataset(
            model, data, steps, epochs, verbose, callbacks, validation_data, validation_steps, mode
        )
    source, steps = _batches_of(data, steps, batch_size, epochs - initial_epoch, shuffle)
    if steps is None:
        name = "steps_per_epoch" if mode == TRAIN else "steps"
        raise ValueError(f"Please specify the number of steps via the `{name}` argument.")
    if (
        is_generator_or_sequence(validation_data)
        and not isinstance(validation_data, Sequence)
        and not validation_steps
    ):
        raise ValueError("Please specify the `validation_steps` argument.")
    do_validation = validation_data is not None

    def told(size: Any = None) -> Any:
        return configure_callbacks(
            callbacks,
            model,
            do_validation=do_validation,
            epochs=epochs,
            steps_per_epoch=steps,
            batch_size=size or batch_size,
            samples=steps,
            verbose=0,
            mode=mode,
        )

    callback_list = told()
    progbar = ProgbarLogger("steps", model.metrics_names[1:])
    progbar.params = callback_list.params
    progbar.params["verbose"] = verbose
    make = OutputsAggregator if mode == PREDICT else MetricsAggregator
    aggregator: Any = make(True, steps=steps)
    model.stop_training = False
    callback_list._call_begin_hook(mode)
    progbar.on_train_begin()
    results: Any = None
    with _read_ahead(source, workers, use_multiprocessing, max_queue_size, shuffle) as batches:
        for epoch in range(initial_epoch, epochs):
            if model.stop_training:
                break
            model.reset_metrics()
            logs: dict[str, Any] = {}
            if mode == TRAIN:
                callback_list.on_epoch_begin(epoch, logs)
            progbar.on_epoch_begin(epoch, logs)
            for step in range(steps):
                batch = _next_batch(batches)
                if batch is None:
                    model.stop_training = True
                    logging.warning(
                        "Your dataset iterator ran out of data; interrupting training. Make sure that your "
                        f"iterator can generate at least `{steps_name} * epochs` batches (in this case, "
                        f"{steps * epochs} batches). You may need touse the repeat() function when building "
                        "your dataset."
                    )
                    break
                size = int(flatten(batch)[0].shape[0])
                batch_logs: dict[str, Any] = {"batch": step, "size": size}
                callback_list._call_batch_hook(mode, "begin", step, batch_logs)
                progbar.on_batch_begin(step, batch_logs)
                was_compiled = model._is_compiled
                outputs = _on_batch(model, mode, batch, class_weight)
                if step == 0:
                    aggregator.create(outputs)
                if not was_compiled:
                    _tell_names(callback_list, progbar, model, do_validation, mode)
                aggregator.aggregate(outputs)
                batch_logs = make_logs(model, batch_logs, outputs, mode)
                callback_list._call_batch_hook(mode, "end", step, batch_logs)
                progbar.on_batch_end(step, batch_logs)
                if model.stop_training:
                    break
            aggregator.finalize()
            results = aggregator.results
            logs = make_logs(model, logs, results, mode)
            if len(results) == 1:
                results = results[0]
            if do_validation and should_validate(validation_freq, epoch) and not model.stop_training:
                found = run_generator(
                    model,
                    validation_data,
                    steps=validation_steps,
                    batch_size=batch_size or size,
                    class_weight=class_weight,
                    workers=workers,
                    use_multiprocessing=use_multiprocessing,
                    max_queue_size=max_queue_size,
                    callbacks=callback_list,
                    verbose=verbose,
                    mode=TEST,
                    steps_name="validation_steps",
                )
                found = found if isinstance(found, list) else [found]
                logs = make_logs(model, logs, found, mode, prefix="val_")
            if mode == TRAIN:
                callback_list.on_epoch_end(epoch, logs)
            progbar.on_epoch_end(epoch, logs)
    callback_list._call_end_hook(mode)
    return model.history if mode == TRAIN else results


def _on_batch(model: Any, mode: str, batch: Any, class_weight: Any) -> list[Any]:
    if mode == TRAIN:
        outputs = model.train_on_batch(*batch, class_weight=class_weight, reset_metrics=False)
    elif mode == TEST:
        outputs = model.test_on_batch(*batch, reset_metrics=False)
    else:
        outputs = model.predict_on_batch(batch[0])
    return outputs if isinstance(outputs, list) else [outputs]


def _tell_names(callbacks: Any, progbar: Any, model: Any, do_validation: bool, mode: str) -> None:
    """Tell callbacks the names of metrics, which are known now that there was a batch."""
    names = list(model.metrics_names)
    for callback in [*callbacks, progbar]:
        if hasattr(callback, "stateful_metrics"):
            callback.stateful_metrics = set(names[1:])
    if mode != PREDICT:
        callbacks.params["metrics"] = names + (["val_" + n for n in names] if do_validation else [])


def _run_dataset(
    model: Any,
    dataset: Any,
    steps: Any,
    epochs: int,
    verbose: int,
    callbacks: Any,
    validation_data: Any,
    validation_steps: Any,
    mode: str,
) -> Any:
    from perdure.keras.engine.array_loop import model_iteration

    validation = None
    if validation_data is not None:
        validation = model._validation(validation_data, None, validation_steps)
    source = DatasetSource(dataset)
    if not model.inputs:
        source.standardized(model)
    return model_iteration(
        model,
        source,
        epochs=epochs,
        verbose=verbose,
        callbacks=callbacks,
        validation=validation,
        steps=steps,
        validation_steps=validation_steps,
        mode=mode,
    )
