"""Model: a network that is trained, tested and predicts."""

from __future__ import annotations

from typing import Any

from perdure.keras.backend.state import symbolic_learning_phase
from perdure.keras.callbacks.base import PREDICT, TEST, TRAIN
from perdure.keras.engine import data
from perdure.keras.engine.array_loop import model_iteration
from perdure.keras.engine.generator_loop import is_generator_or_sequence, run_generator
from perdure.keras.engine.given import Given
from perdure.platform import logging


class Model(Given):
    """A network that is trained, tested and predicts.

    Args:
        inputs, outputs: structures of tensors of layers; a subclass that defines `call` gives none.
        name: its name.
        **kwargs: see `Layer`.
    """

    # -- training ----------------------------------------------------------------------------

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: Any = True,
        class_weight: Any = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_freq: Any = 1,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Train the model.

        Args:
            x: an array or tensor for each input in a list or dictionary; a dataset; a generator or `Sequence`
                of pairs and triples.
            y: the targets likewise, unless `x` has them.
            batch_size: how many items make a batch; 32 if nothing says.
            epochs: the number of the last epoch.
            verbose: 0 for silence, 1 for a bar, 2 for a line per epoch.
            callbacks: what is called meanwhile.
            validation_split: which share of the items, from the end, is kept for tests.
            validation_data: data of tests, as pairs or triples, or a dataset.
            shuffle: whether the order of items changes in each epoch; "batch" for that of batches.
            class_weight: weights by class.
            sample_weight: weights of items, or of time steps.
            initial_epoch: the number of the first epoch.
            steps_per_epoch, validation_steps: how many batches make an epoch, and a test.
            validation_freq: every how many epochs there is a test, or the numbers of the epochs.
            max_queue_size, workers, use_multiprocessing: how a generator or `Sequence` is read.

        Returns:
            The `History`.

        Raises:
            RuntimeError: it was not compiled.
            ValueError, TypeError: wrong data or arguments.
        """
        if "nb_epoch" in kwargs:
            logging.warning("The `nb_epoch` argument in `fit` has been renamed `epochs`.")
            epochs = kwargs.pop("nb_epoch")
        if kwargs:
            raise TypeError("Unrecognized keyword arguments: " + str(kwargs))
        self._assert_compile_was_called()
        self._check_call_args("fit")
        if is_generator_or_sequence(x):
            _check_generator_arguments(y, sample_weight, validation_split)
            return self.fit_generator(
                x,
                steps_per_epoch=steps_per_epoch,
                epochs=epochs,
                verbose=verbose,
                callbacks=callbacks,
                validation_data=validation_data,
                validation_steps=validation_steps,
                validation_freq=validation_freq,
                class_weight=class_weight,
                max_queue_size=max_queue_size,
                workers=workers,
                use_multiprocessing=use_multiprocessing,
                shuffle=shuffle,
                initial_epoch=initial_epoch,
            )
        batch_size = self._batch_size(batch_size, steps_per_epoch, x)
        x, y, weights = self._prepared(
            x,
            y,
            sample_weight,
            class_weight,
            batch_size,
            steps_per_epoch,
            "steps_per_epoch",
            validation_split,
        )
        validation = None
        if validation_data:
            validation = self._validation(validation_data, batch_size, validation_steps)
        elif validation_split and 0.0 < validation_split < 1.0:
            (x, val_x), (y, val_y) = (data.split_for_validation(a, validation_split) for a in (x, y))
            val_weights = None
            if weights:
                at = x[0].shape[0]
                weights, val_weights = data.slice_arrays(weights, 0, at), data.slice_arrays(weights, at)
            validation = val_x, val_y, val_weights
        elif validation_steps:
            raise ValueError("`validation_steps` should not be specified if `validation_data` is None.")
        return model_iteration(
            self,
            x,
            targets=y,
            sample_weights=weights,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation=validation,
            shuffle=shuffle,
            initial_epoch=initial_epoch,
            steps=steps_per_epoch,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            mode=TRAIN,
            steps_name="steps_per_epoch",
        )

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: int = 1,
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """Test the model; see `fit` for the arguments.

        Returns:
            The loss, or a list of the loss and the metrics in the order of `metrics_names`.
        """
        self._assert_compile_was_called()
        self._check_call_args("evaluate")
        if is_generator_or_sequence(x):
            _check_generator_arguments(y, sample_weight)
            return self.evaluate_generator(
                x,
                steps=steps,
                callbacks=callbacks,
                max_queue_size=max_queue_size,
                workers=workers,
                use_multiprocessing=use_multiprocessing,
                verbose=verbose,
            )
        batch_size = self._batch_size(batch_size, steps, x)
        x, y, weights = self._prepared(x, y, sample_weight, None, batch_size, steps, "steps")
        return model_iteration(
            self,
            x,
            targets=y,
            sample_weights=weights,
            batch_size=batch_size,
            verbose=verbose,
            callbacks=callbacks,
            shuffle=False,
            steps=steps,
            mode=TEST,
        )

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: int = 0,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:
        """What the model computes for data; see `fit` for the arguments.

        Returns:
            An array, or a list of arrays if there are several outputs.
        """
        self._check_call_args("predict")
        if is_generator_or_sequence(x):
            return self.predict_generator(
                x,
                steps=steps,
                callbacks=callbacks,
                max_queue_size=max_queue_size,
                workers=workers,
                use_multiprocessing=use_multiprocessing,
                verbose=verbose,
            )
        batch_size = self._batch_size(batch_size, steps, x)
        x, _, _ = self._prepared(x, None, None, None, None, steps, "steps")
        return model_iteration(
            self,
            x,
            batch_size=batch_size,
            verbose=verbose,
            callbacks=callbacks,
            shuffle=False,
            steps=steps,
            mode=PREDICT,
        )

    def fit_generator(
        self,
        generator: Any,
        steps_per_epoch: int | None = None,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Any = None,
        validation_data: Any = None,
        validation_steps: int | None = None,
        validation_freq: Any = 1,
        class_weight: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        shuffle: Any = True,
        initial_epoch: int = 0,
    ) -> Any:
        """Train the model with batches of a generator or `Sequence`; see `fit`."""
        self._check_call_args("fit_generator")
        return run_generator(
            self,
            generator,
            steps=steps_per_epoch,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=validation_data,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            class_weight=class_weight,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            shuffle=shuffle,
            initial_epoch=initial_epoch,
            mode=TRAIN,
            steps_name="steps_per_epoch",
        )

    def evaluate_generator(
        self,
        generator: Any,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: int = 0,
    ) -> Any:
        """Test the model with batches of a generator or `Sequence`; see `evaluate`."""
        self._check_call_args("evaluate_generator")
        return run_generator(
            self,
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
            shuffle=False,
            mode=TEST,
        )

    def predict_generator(
        self,
        generator: Any,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: int = 0,
    ) -> Any:
        """What the model computes for batches of a generator or `Sequence`; see `predict`."""
        return run_generator(
            self,
            generator,
            steps=steps,
            callbacks=callbacks,
            max_queue_size=max_queue_size,
            workers=workers,
            use_multiprocessing=use_multiprocessing,
            verbose=verbose,
            shuffle=False,
            mode=PREDICT,
        )

    # -- one batch ---------------------------------------------------------------------------

    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        reset_metrics: bool = True,
    ) -> Any:
        """Train the model with one batch.

        Args:
            x, y, sample_weight, class_weight: see `fit`.
            reset_metrics: whether the metrics are of this batch alone.

        Returns:
            The loss, or a list of the loss and the metrics in the order of `metrics_names`.
        """
        self._assert_compile_was_called()
        self._check_call_args("train_on_batch")
        return self._on_batch(TRAIN, x, y, sample_weight, class_weight, reset_metrics)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, reset_metrics: bool = True
    ) -> Any:
        """Test the model with one batch; see `train_on_batch`."""
        self._assert_compile_was_called()
        self._check_call_args("test_on_batch")
        return self._on_batch(TEST, x, y, sample_weight, None, reset_metrics)

    def _on_batch(
        self, mode: str, x: Any, y: Any, sample_weight: Any, class_weight: Any, reset_metrics: bool
    ) -> Any:
        x, y, sample_weight, of_dataset = self._taken_from_dataset(x, y, sample_weight)
        x, y, weights = self._standardize_user_data(
            x, y, sample_weight=sample_weight, class_weight=class_weight, is_dataset=of_dataset
        )
        inputs = data.ModelInputs(x).items + list(y or ()) + list(weights or ())
        if mode == TRAIN and not isinstance(symbolic_learning_phase(), int):
            inputs.append(True)
        self._update_sample_weight_modes(sample_weights=weights)
        outputs = self._make_function(mode)(inputs)
        if reset_metrics:
            self.reset_metrics()
        return outputs[0] if len(outputs) == 1 else outputs

    def predict_on_batch(self, x: Any) -> Any:
        """What the model computes for one batch; see `predict`."""
        self._check_call_args("predict_on_batch")
        x, y, weights, of_dataset = self._taken_from_dataset(x, None, None)
        inputs, _, _ = self._standardize_user_data(x, is_dataset=of_dataset)
        outputs = self._make_function(PREDICT)(data.ModelInputs(inputs).items)
        return outputs[0] if len(outputs) == 1 else outputs


def _check_generator_arguments(y: Any, sample_weight: Any, validation_split: float = 0.0) -> None:
    if y is not None:
        raise ValueError(
            "`y` argument is not supported when data isa generator or Sequence instance. Instead pass "
            "targets as the second element of the generator."
        )
    if sample_weight is not None:
        raise ValueError(
            "`sample_weight` argument is not supported when data isa generator or Sequence instance. Instead "
            "pass sample weights as the third element of the generator."
        )
    if validation_split:
        raise ValueError(
            "If your data is in the form of a Python generator, you cannot use `validation_split`."
        )
