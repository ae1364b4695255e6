"""What data a model is given, and what it learns from the first of it if it had no inputs."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from perdure.functional.array.values import is_tensor
from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.nest import flatten
from perdure.keras.backend.shapes import int_shape, is_placeholder
from perdure.keras.backend.state import is_sparse, learning_phase
from perdure.keras.engine import data
from perdure.keras.engine.compiling import Compiled
from perdure.keras.engine.datasets import DatasetSource, is_dataset, is_iterator
from perdure.keras.engine.endpoint import set_sample_weight_modes
from perdure.keras.engine.network import get_static_batch_size
from perdure.tracking.trackable import no_automatic_dependency_tracking

_ITERATOR = (
    "For performance reasons Keras `fit`, `evaluate` and`predict` accept tf.data `Datasets` as input but not "
    "iterators that have been manually generated from Datasets by users. Please directly pass in the "
    "original `Dataset` object instead of passing in `iter(dataset)`."
)


class Given(Compiled):
    """A compiled network that data is given to."""

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
