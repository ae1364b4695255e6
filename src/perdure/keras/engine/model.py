"""Model: a network that is trained, tested and predicts."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from perdure.functional.array.values import is_tensor
from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.nest import flatten
from perdure.keras.backend.shapes import int_shape, is_placeholder
from perdure.keras.backend.state import is_sparse, learning_phase, symbolic_learning_phase
from perdure.keras.callbacks.base import PREDICT, TEST, TRAIN
from perdure.keras.engine import data
from perdure.keras.engine.array_loop import model_iteration
from perdure.keras.engine.compiling import Compiled
from perdure.keras.engine.datasets import DatasetSource, is_dataset, is_iterator
from perdure.keras.engine.endpoint import set_sample_weight_modes
from perdure.keras.engine.generator_loop import is_generator_or_sequence, run_generator
from perdure.keras.engine.network import get_static_batch_size
from perdure.platform import logging
from perdure.tracking.trackable import no_automatic_dependency_tracking

_ITERATOR = (
    "For performance reasons Keras `fit`, `evaluate` and`predict` accept tf.data `Datasets` as input but not "
    "iterators that have been manually generated from Datasets by users. Please directly pass in the "
    "original `Dataset` object instead of passing in `iter(dataset)`."
)


class Model(Compiled):
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

    def _taken_from_dataset(self, x: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Any, bool]:
        if not is_dataset(x):
            return x, y, sample_weight, False
        _check_dataset_arguments(x, y, sample_weight)
        return (*DatasetSource(x).parts(), True)

    # -- data --------------------------------------------------------------------------------

    def _check_call_args(self, method_name: str) -> None:
        spec = inspect.getfullargspec(self.call)
        positional = spec.args[: len(spec.args) - len(spec.defaults or ())]
        extra = [name for name in positional if name != "training"][2:]
        if extra:
            raise ValueError(
                f"Models passed to `{method_name}` can only have `training` and the first argument in `call` "
                f"as positional arguments, found: {extra}."
            )

    def _batch_size(self, batch_size: int | None, steps: Any, x: Any) -> int | None:
        """The size of batches: what is asked for, what the model begins with, or 32."""
        if is_dataset(x):
            if batch_size is not None:
                raise ValueError(
                    "The `batch_size` argument must not be specified for the given input type. Received "
                    f"input: {x}, batch_size: {batch_size}"
                )
            return None
        layers = Compiled.layers.fget(self)  # type: ignore[attr-defined]
        fixed = get_static_batch_size(layers[0]) if layers else None
        if fixed is not None:
            if batch_size is not None and batch_size != fixed:
                raise ValueError(
                    f"The `batch_size` argument value {batch_size} is incompatible with the specified batch "
                    f"size of your Input Layer: {fixed}"
                )
            if steps is None:
                return fixed
        return 32 if batch_size is None and steps is None else batch_size

    def _prepared(
        self,
        x: Any,
        y: Any,
        sample_weight: Any,
        class_weight: Any,
        batch_size: int | None,
        steps: Any,
        steps_name: str,
        validation_split: float = 0.0,
    ) -> tuple[Any, Any, Any]:
        """Data as lists of arrays, or the source that a dataset is read by."""
        if is_iterator(x):
            raise ValueError(_ITERATOR)
        if is_dataset(x):
            _check_dataset_arguments(x, y, sample_weight, validation_split)
            source = DatasetSource(x)
            if not self.inputs or (not self._is_compiled and self.optimizer):
                source.standardized(self)
            return source, None, None
        if not (isinstance(x, dict) and not x):
            data.check_steps(x, steps, steps_name)
        return self._standardize_user_data(
            x, y, sample_weight=sample_weight, class_weight=class_weight, batch_size=batch_size
        )

    def _validation(self, validation_data: Any, batch_size: Any, validation_steps: Any) -> Any:
        if is_iterator(validation_data):
            raise ValueError(_ITERATOR)
        if is_dataset(validation_data):
            return DatasetSource(validation_data), None, None
        if len(validation_data) not in (2, 3):
            raise ValueError(
                "When passing a `validation_data` argument, it must contain either 2 items (x_val, "
                "y_val), or 3 items (x_val, y_val, val_sample_weights), or alternatively it could be a "
                "dataset or a dataset or a dataset iterator. However we received "
                f"`validation_data={validation_data}`"
            )
        x, y, *weights = validation_data
        return self._standardize_user_data(
            x, y, sample_weight=weights[0] if weights else None, batch_size=batch_size
        )

    def _standardize_user_data(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        batch_size: int | None = None,
        is_dataset: bool = False,
    ) -> tuple[Any, Any, Any]:
        """Data as lists of arrays in the order of inputs and outputs; makes these, if there are none yet."""
        inputs: list[Any] = []
        given_y, was_built = y, bool(self.inputs)
        if not was_built:
            inputs = self._build_from(x, is_dataset)
        if not self._is_compiled and self.optimizer:
            self._compile_from(inputs, given_y, x, is_dataset)
            if not was_built and not is_dataset and any(is_tensor(v) for v in inputs):
                # The tensors are the model's inputs and targets: there is nothing to feed.
                return [], [], None
        shapes = self._feed_input_shapes if self._is_graph_network else None
        x = data.standardize_input_data(
            x, self._feed_input_names, shapes, check_batch_axis=False, exception_prefix="input"
        )
        x = [_as_fed(value, tensor) for value, tensor in zip(x, self.inputs, strict=False)]
        weights: Any = None
        if y is None:
            y = []
        else:
            y, weights = self._standardize_targets(x, y, sample_weight, class_weight)
        if self.stateful and batch_size and not is_dataset and x[0].shape[0] % batch_size != 0:
            raise ValueError(
                "In a stateful network, you should only pass inputs with a number of samples that can be "
                f"divided by the batch size. Found: {x[0].shape[0]} samples"
            )
        return x, y, weights

    def _standardize_targets(self, x: Any, y: Any, sample_weight: Any, class_weight: Any) -> tuple[Any, Any]:
        set_sample_weight_modes(self._training_endpoints, self.sample_weight_mode)
        names, modes = self._feed_output_names, self._sample_weight_modes
        y = data.standardize_input_data(
            y, names, shapes=None, check_batch_axis=False, exception_prefix="target"
        )
        of_items = data.weights_by_output(sample_weight, names, "sample_weight")
        of_classes = data.weights_by_output(class_weight, names, "class_weight")
        weights = [
            data.standardize_weights(*given) for given in zip(y, of_items, of_classes, modes, strict=False)
        ]
        data.check_array_lengths(x, y, weights)
        if self._is_graph_network:
            data.check_targets(y, self._feed_loss_fns, self._feed_output_shapes)
        if all(mode is None for mode in modes) and all(w is None for w in weights):
            return y, None
        return y, weights

    # -- models that have no inputs yet --------------------------------------------------------

    def _build_from(self, x: Any, is_dataset: bool) -> list[Any]:
        """Call the model on what data looks like; returns the inputs in a list."""
        data.check_input_types(x, x)
        for value in flatten(x):
            if isinstance(value, (SparseTensor, SparseTensorValue)) and not is_tensor(value):
                raise ValueError(
                    "All SparseTensor and RaggedTensor inputs must be explicitly declared using a "
                    f"keras.Input() with sparse=True or ragged=True. We found an undeclared input {value}."
                )
        if isinstance(x, dict):
            inputs = [x[name] for name in sorted(x)]
        else:
            inputs = list(x) if isinstance(x, (list, tuple)) else [x]
        if is_dataset:
            self._set_inputs(_as_arrays_would(x))
        elif data.has_tensors(x):
            self._set_inputs(data.cast_floats(x))
        else:
            self._set_inputs(x)
        return inputs

    def _compile_from(self, inputs: list[Any], y: Any, x: Any, is_dataset: bool) -> None:
        """Compile with the arguments of `compile`, now that there are inputs."""
        target_tensors: Any = None
        everything = list(inputs)
        if y is not None:
            if data.has_tensors(y):
                outputs = self.outputs
                if is_tensor(y):
                    y = data.cast_floats(y, outputs[0].dtype)
                else:
                    y = [data.cast_floats(t, o.dtype) for t, o in zip(y, outputs, strict=False)]
            data.check_input_types(y, y, allow_dict=False, field_name="target")
            targets = list(y) if isinstance(y, (list, tuple)) else [y]
            everything += targets
            if not is_dataset:
                target_tensors = [v for v in targets if is_tensor(v)]
        symbolic = [is_tensor(v) for v in everything]
        if any(symbolic) and not all(symbolic):
            raise ValueError(
                f"Do not pass inputs that mix Numpy arrays and TensorFlow tensors. You passed: x={x}; y={y}"
            )
        self.compile(
            optimizer=self.optimizer,
            loss=self.loss,
            metrics=self._compile_metrics,
            weighted_metrics=self._compile_weighted_metrics,
            loss_weights=self.loss_weights,
            target_tensors=target_tensors,
            sample_weight_mode=self.sample_weight_mode,
        )

    def _called(self, inputs: Any, outputs: Any) -> None:
        if not self.inputs:
            self._set_inputs(inputs, outputs)

    def _set_inputs(self, inputs: Any, outputs: Any = None, training: Any = None) -> None:
        """Fix what the model is fed, by what it is first called on.

        Args:
            inputs: arrays or tensors.
            outputs: what it returned for them; it is called if None.
            training: whether it trains; the learning phase if None.
        """
        inputs = self._set_input_attrs(inputs)
        if outputs is None:
            kwargs = {}
            if self._expects_training_arg:
                kwargs["training"] = learning_phase() if training is None else training
            outputs = self(inputs, **kwargs)
        self._set_output_attrs(outputs)

    @no_automatic_dependency_tracking
    def _set_input_attrs(self, inputs: Any) -> Any:
        if self.inputs:
            raise ValueError("Model inputs are already set.")
        if type(self).__name__ == "Sequential" and not self.built:
            if isinstance(inputs, dict):
                raise ValueError(
                    "Passing a dictionary input to a Sequential Model which doesn't have FeatureLayer as the "
                    "first layer is an error."
                )
            shape = inputs.shape.as_list() if hasattr(inputs.shape, "as_list") else inputs.shape
            self._build_input_shape = (None, *shape[1:])
        found = data.ModelInputs(inputs)
        symbolic = found.symbolic()
        self.inputs = found.symbolic(return_single_as_list=True)
        self.input_names = found.names
        self._feed_inputs, self._feed_input_names, self._feed_input_shapes = [], [], []
        for name, value in zip(found.names, found.items, strict=True):
            if is_placeholder(value):
                self._feed_input_names.append(name)
                self._feed_inputs.append(value)
                self._feed_input_shapes.append(int_shape(value))
        return symbolic

    @no_automatic_dependency_tracking
    def _set_output_attrs(self, outputs: Any) -> None:
        self.outputs = flatten(outputs)
        self.output_names = [f"output_{i + 1}" for i in range(len(self.outputs))]
        self.built = True


class _Spec:
    """The shape and type of a tensor, as an array would have them."""

    def __init__(self, tensor: Any) -> None:
        self.shape = tuple(tensor.shape.as_list())
        self.dtype = tensor.dtype


def _as_arrays_would(x: Any) -> Any:
    """A structure of the shapes and types of tensors: placeholders are made of them."""
    if isinstance(x, dict):
        return {name: _Spec(value) for name, value in x.items()}
    return [_Spec(value) for value in x] if isinstance(x, (list, tuple)) else _Spec(x)


def _as_fed(value: Any, tensor: Any) -> Any:
    """A sparse matrix of SciPy as what its input takes."""
    if not hasattr(value, "tocoo"):
        return value
    if not is_sparse(tensor):
        return value.toarray()
    coo = value.tocoo()
    return SparseTensorValue(np.stack([coo.row, coo.col], axis=1), coo.data, np.array(coo.shape))


def _check_dataset_arguments(x: Any, y: Any, sample_weight: Any, validation_split: float = 0.0) -> None:
    if y is not None:
        raise ValueError(
            f"You passed a dataset or dataset iterator ({x}) as input `x` to your model. In that case, you "
            "should not specify a target (`y`) argument, since the dataset or dataset iterator generates "
            f"both input data and target data. Received: {y}"
        )
    if sample_weight is not None:
        raise ValueError(
            "`sample_weight` argument is not supported when input `x` is a dataset or a dataset iterator. "
            "Instead, youcan provide sample_weight as the third element  of yourdataset, i.e. (inputs, "
            f"targets, sample_weight). Received: x={x}, sample_weight={sample_weight}"
        )
    if validation_split:
        raise ValueError(
            "`validation_split` argument is not supported when input `x` is a dataset or a dataset iterator. "
            f"Received: x={x}, validation_split={validation_split:f}"
        )


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
