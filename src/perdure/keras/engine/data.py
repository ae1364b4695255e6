"""Data on the way to a model: arrays by the names of inputs and outputs, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from perdure.functional.array.array import expand_dims
from perdure.functional.array.values import is_tensor
from perdure.functional.math.cast import cast
from perdure.graph.composite import SparseTensor, SparseTensorValue
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import as_dtype
from perdure.graph.nest import flatten, map_structure
from perdure.keras import losses
from perdure.keras.backend.shapes import placeholder
from perdure.keras.config import floatx
from perdure.keras.utils.objects import check_for_unexpected_keys
from perdure.platform import logging

_KEY_LOSSES = (
    losses.mean_squared_error,
    losses.binary_crossentropy,
    losses.categorical_crossentropy,
)
_KEY_CLASSES = (losses.MeanSquaredError, losses.BinaryCrossentropy, losses.CategoricalCrossentropy)


def is_composite(x: Any) -> bool:
    """Whether a value is sparse."""
    return isinstance(x, (SparseTensor, SparseTensorValue))


def has_tensors(x: Any) -> bool:
    """Whether a tensor, or a list or dictionary with one, is given."""
    if isinstance(x, (list, tuple)):
        return any(is_tensor(v) for v in x)
    if isinstance(x, dict):
        return any(is_tensor(v) for v in x.values())
    return is_tensor(x)


def _as_column(x: Any, expected_shape: Any = None) -> Any:
    """An array of one axis with another one, unless one is expected."""
    if x is None or is_composite(x):
        return x
    if isinstance(x, int):
        raise ValueError(f"Expected an array data type but received an integer: {x}")
    if x.shape is None or (is_tensor(x) and x.shape.ndims is None):
        return x
    if len(x.shape) == 1 and (expected_shape is None or len(expected_shape) != 1):
        return expand_dims(x, axis=1) if is_tensor(x) else np.expand_dims(x, 1)
    return x


def _plain(x: Any) -> Any:
    """An array of a table of pandas."""
    return x.values if type(x).__name__ == "DataFrame" else x


def standardize_input_data(
    data: Any,
    names: Sequence[str],
    shapes: Any = None,
    check_batch_axis: bool = True,
    exception_prefix: str = "",
) -> list[Any]:
    """Arrays in the order of names.

    Args:
        data: an array, a list, or a dictionary by name.
        names: the names.
        shapes: the shapes they must have; None for no check.
        check_batch_axis: whether the first axis counts.
        exception_prefix: what messages call the data: "input" or "target".

    Raises:
        ValueError: not as many arrays, one is missing, or one has another shape.
    """
    if not names:
        if data is not None and not isinstance(data, dict) and hasattr(data, "__len__") and len(data):
            raise ValueError(
                f"Error when checking model {exception_prefix}: expected no data, but got:", data
            )
        return []
    if data is None:
        return [None] * len(names)
    if isinstance(data, dict):
        for name in names:
            if name not in data:
                raise ValueError(f'No data provided for "{name}". Need data for each key in: {names}')
        found = [_plain(data[name]) for name in names]
    elif isinstance(data, (list, tuple)):
        if isinstance(data[0], (list, tuple)):
            found = [np.asarray(d) for d in data]
        elif len(names) == 1 and isinstance(data[0], (float, int)):
            found = [np.asarray(data)]
        else:
            found = [_plain(x) for x in data]
    else:
        found = [_plain(data)]
    expected = shapes if shapes is not None else [None] * len(found)
    if shapes is not None and len(shapes) < len(found):
        expected = [*shapes, *[None] * (len(found) - len(shapes))]
    found = [_as_column(x, shape) for x, shape in zip(found, expected, strict=False)]
    found = _checked_count(found, names, exception_prefix)
    for name, array, shape in zip(names, found, shapes or (), strict=False):
        if shape is not None:
            _check_shape(name, array, shape, check_batch_axis, exception_prefix)
    return found


def _checked_count(data: list[Any], names: Sequence[str], what: str) -> list[Any]:
    if len(data) == len(names):
        return data
    if data and hasattr(data[0], "shape"):
        raise ValueError(
            f"Error when checking model {what}: the list of Numpy arrays that you are passing to your model "
            f"is not the size the model expected. Expected to see {len(names)} array(s), but instead got the "
            f"following list of {len(data)} arrays: {str(data)[:200]}..."
        )
    if len(names) > 1:
        raise ValueError(
            f"Error when checking model {what}: you are passing a list as input to your model, but the model "
            f"expects a list of {len(names)} Numpy arrays instead. The list you passed was: {str(data)[:200]}"
        )
    if len(data) == 1 and not hasattr(data[0], "shape"):
        raise TypeError(
            f"Error when checking model {what}: data should be a Numpy array, or list/dict of Numpy arrays. "
            f"Found: {str(data)[:200]}..."
        )
    return [np.asarray(data)]


def _check_shape(name: str, array: Any, shape: Any, check_batch_axis: bool, what: str) -> None:
    if is_tensor(array) or isinstance(array, SparseTensor):
        if array.shape.ndims is None:
            return
        sizes = tuple(array.shape.as_list())
    elif isinstance(array, SparseTensorValue):
        sizes = tuple(array.dense_shape)
    else:
        sizes = array.shape
    if len(sizes) != len(shape):
        raise ValueError(
            f"Error when checking {what}: expected {name} to have {len(shape)} dimensions, but got array "
            f"with shape {sizes}"
        )
    if not check_batch_axis:
        sizes, shape = sizes[1:], shape[1:]
    for size, wanted in zip(sizes, shape, strict=True):
        if wanted not in (size, None) and size is not None:
            raise ValueError(
                f"Error when checking {what}: expected {name} to have shape {tuple(shape)} but got array "
                f"with shape {tuple(sizes)}"
            )


# -- weights -------------------------------------------------------------------------------------


def weights_by_output(weights: Any, output_names: Sequence[str], weight_type: str) -> Any:
    """Weights in the order of outputs.

    Args:
        weights: None, weights, or some for each output in a list or dictionary.
        output_names: the names of the outputs.
        weight_type: what messages call them: "sample_weight" or "class_weight".

    Raises:
        ValueError: a list of another length, or unknown names.
        TypeError: several outputs, and neither a list nor a dictionary.
    """
    if weights is None or (isinstance(weights, (list, tuple)) and len(weights) == 0):
        return [None for _ in output_names]
    if len(output_names) == 1:
        if isinstance(weights, (list, tuple)) and len(weights) == 1:
            return weights
        if isinstance(weights, dict) and output_names[0] in weights:
            return [weights[output_names[0]]]
        return [weights]
    if isinstance(weights, (list, tuple)):
        if len(weights) != len(output_names):
            raise ValueError(
                f"Provided `{weight_type}` was a list of {len(weights)} elements, but the model has "
                f"{len(output_names)} outputs. You should provide one `{weight_type}`array per model output."
            )
        return weights
    if isinstance(weights, Mapping):
        check_for_unexpected_keys(weight_type, weights, output_names)
        return [weights.get(name) for name in output_names]
    raise TypeError(
        f"The model has multiple outputs, so `{weight_type}` should be either a list or a dict. Provided "
        f"`{weight_type}` type not understood: {weights}"
    )


def standardize_weights(y: Any, sample_weight: Any, class_weight: Any, mode: str | None) -> Any:
    """The weights of the items of an output, from those of items and of classes.

    Args:
        y: the targets.
        sample_weight: weights of items, or None.
        class_weight: weights by class, or None.
        mode: None, "samplewise" or "temporal".

    Raises:
        ValueError: weights of another shape, or a class without one.
    """
    if isinstance(sample_weight, tuple):
        sample_weight = sample_weight[0]
    if mode is not None and mode != "samplewise":
        if mode != "temporal":
            raise ValueError('"sample_weight_mode should be None or "temporal". Found: ' + str(mode))
        if len(y.shape) < 3:
            raise ValueError(
                f"Found a sample_weight array for an input with shape {y.shape}. Timestep-wise sample "
                'weighting (use of sample_weight_mode="temporal") is restricted to outputs that are at least '
                "3D, i.e. that have a time dimension."
            )
        if sample_weight is not None and len(sample_weight.shape) != 2:
            raise ValueError(
                f"Found a sample_weight array with shape {sample_weight.shape}. In order to use "
                "timestep-wise sample weighting, you should pass a 2D sample_weight array."
            )
    elif sample_weight is not None and len(sample_weight.shape) != 1:
        raise ValueError(
            f"Found a sample_weight array with shape {sample_weight.shape}. In order to use timestep-wise "
            'sample weights, you should specify sample_weight_mode="temporal" in compile(). If you just mean '
            "to use sample-wise weights, make sure your sample_weight array is 1D."
        )
    if sample_weight is not None:
        if len(sample_weight.shape) > len(y.shape):
            raise ValueError(
                f"Found a sample_weight with shape{sample_weight.shape}.Expected sample_weight with rank "
                f"less than or equal to {len(y.shape)}"
            )
        if not is_tensor(sample_weight) and y.shape[: sample_weight.ndim] != sample_weight.shape:
            raise ValueError(
                f"Found a sample_weight array with shape {sample_weight.shape} for an input with shape "
                f"{y.shape}. sample_weight cannot be broadcast."
            )
    by_class = _weights_of_classes(y, class_weight) if isinstance(class_weight, dict) else None
    if by_class is not None and sample_weight is not None:
        return by_class * sample_weight
    return by_class if sample_weight is None else sample_weight


def _weights_of_classes(y: Any, class_weight: dict[Any, Any]) -> np.ndarray:
    if len(y.shape) > 2:
        raise ValueError("`class_weight` not supported for 3+ dimensional targets.")
    classes = y
    if len(y.shape) == 2:
        classes = np.argmax(y, axis=1) if y.shape[1] > 1 else np.reshape(y, y.shape[0])
    found = np.asarray([class_weight[c] for c in classes if c in class_weight])
    if len(found) != len(classes):
        missing = set(classes) - set(class_weight)
        raise ValueError(
            f"`class_weight` must contain all classes in the data. The classes {missing} exist in the data "
            "but not in `class_weight`."
        )
    return found


# -- checks ---------------------------------------------------------------------------------------


def check_array_lengths(inputs: Any, targets: Any, weights: Any = None) -> None:
    """Refuse arrays with other numbers of items.

    Raises:
        ValueError: which they are.
    """

    def lengths(arrays: Any) -> set[int]:
        return {
            a.shape[0] for a in arrays or () if a is not None and not is_tensor(a) and not is_composite(a)
        }

    of_x, of_y, of_w = lengths(inputs), lengths(targets), lengths(weights)
    for name, found, arrays in (
        ("input arrays (x)", of_x, inputs),
        ("target arrays (y)", of_y, targets),
        ("sample_weight arrays", of_w, weights),
    ):
        if len(found) > 1:
            raise ValueError(
                f"All {name} should have the same number of samples. Got array shapes: "
                f"{[a.shape for a in arrays if a is not None]}"
            )
    if of_x and of_y and of_x != of_y:
        raise ValueError(
            "Input arrays should have the same number of samples as target arrays. Found "
            f"{next(iter(of_x))} input samples and {next(iter(of_y))} target samples."
        )
    if of_y and of_w and of_y != of_w:
        raise ValueError(
            "Sample_weight arrays should have the same number of samples as target arrays. Got "
            f"{next(iter(of_y))} input samples and {next(iter(of_w))} target samples."
        )


def check_targets(targets: Any, loss_fns: Sequence[Any], output_shapes: Sequence[Any]) -> None:
    """Refuse targets that a loss cannot compare with an output.

    Raises:
        ValueError: which they are.
    """
    for y, loss, shape in zip(targets, loss_fns, output_shapes, strict=False):
        if y is None or loss is None or is_tensor(y):
            continue
        if losses.is_categorical_crossentropy(loss) and y.shape[-1] == 1:
            raise ValueError(
                f"You are passing a target array of shape {y.shape} while using as loss "
                "`categorical_crossentropy`. `categorical_crossentropy` expects targets to be binary "
                "matrices (1s and 0s) of shape (samples, classes). If your targets are integer classes, "
                "you can convert them to the expected format via:\n```\nfrom keras.utils import "
                "to_categorical\ny_binary = to_categorical(y_int)\n```\n\nAlternatively, you can use the "
                "loss function `sparse_categorical_crossentropy` instead, which does expect integer targets."
            )
        is_wrapper = isinstance(loss, losses.LossFunctionWrapper)
        if isinstance(loss, _KEY_CLASSES) or (is_wrapper and loss.fn in _KEY_LOSSES):
            for size, wanted in zip(y.shape[1:], shape[1:], strict=False):
                if wanted is not None and size != wanted:
                    name = loss.name or (loss.fn if is_wrapper else type(loss)).__name__
                    raise ValueError(
                        f"A target array with shape {y.shape} was passed for an output of shape {shape} "
                        f"while using as loss `{name}`. This loss expects targets to have the same shape "
                        "as the output."
                    )


def check_steps(data: Any, steps: Any, steps_name: str) -> bool:
    """Whether steps are counted and not items; warns if they need not be.

    Args:
        data: the inputs.
        steps: the number of steps, or None.
        steps_name: what messages call it.

    Raises:
        ValueError: only steps could be counted, and their number is missing.
    """
    if data is None or has_tensors(data) or (isinstance(data, list) and not data):
        if steps is None:
            raise ValueError(
                f"When using data tensors as input to a model, you should specify the `{steps_name}` "
                "argument."
            )
        return True
    if steps is not None:
        kinds = (np.ndarray, list, tuple)
        if isinstance(data, kinds) or (
            isinstance(data, dict) and any(isinstance(v, kinds) for v in data.values())
        ):
            logging.warning(
                "When passing input data as arrays, do not specify `steps_per_epoch`/`steps` argument. "
                "Please use `batch_size` instead."
            )
    return False


def check_input_types(data: Any, given: Any, allow_dict: bool = True, field_name: str = "inputs") -> None:
    """Refuse inputs of a model without inputs that are no arrays.

    Raises:
        ValueError: what was given.
    """
    if isinstance(data, dict):
        if not allow_dict:
            raise ValueError(f"You cannot pass a dictionary as model {field_name}.")
        return
    items = data if isinstance(data, (list, tuple)) else [data]
    if not all(isinstance(v, np.ndarray) or is_tensor(v) for v in items):
        raise ValueError(
            "Please provide as model inputs either a single array or a list of arrays. You passed: "
            f"{field_name}={given}"
        )


def cast_floats(x: Any, dtype: Any = None) -> Any:
    """Arrays and tensors as tensors, those of floats in one type."""

    def converted(item: Any) -> Any:
        item = convert_to_tensor(item) if isinstance(item, np.ndarray) else item
        return cast(item, dtype or floatx()) if item.dtype.is_floating else item

    return map_structure(converted, x)


# -- inputs of models that have none yet --------------------------------------------------------


class ModelInputs:
    """The inputs that a model is first called with.

    Args:
        inputs: an array or tensor, or a list or dictionary of such.
    """

    def __init__(self, inputs: Any) -> None:
        self._is_dict = isinstance(inputs, dict)
        self._is_single = not isinstance(inputs, (list, tuple, dict))
        if self._is_dict:
            self.names = sorted(inputs)
            self.items = [inputs[name] for name in self.names]
        else:
            self.items = list(flatten(inputs))
            self.names = [f"input_{i + 1}" for i in range(len(self.items))]

    def symbolic(self, return_single_as_list: bool = False) -> Any:
        """The inputs, with placeholders in the places of arrays."""
        for i, (name, value) in enumerate(zip(self.names, self.items, strict=True)):
            if isinstance(value, (list, float, int)):
                value = np.asarray(value)
                value = np.expand_dims(value, 1) if value.ndim == 1 else value
            if not is_tensor(value) and hasattr(value, "shape"):
                shape = (None, *value.shape[1:]) if len(value.shape) > 1 else (None, 1)
                dtype = as_dtype(value.dtype)
                if isinstance(value, np.ndarray) and dtype.is_floating:
                    dtype = as_dtype(floatx())
                value = placeholder(shape=shape, name=name, dtype=dtype)
            self.items[i] = value
        if self._is_dict:
            return dict(zip(self.names, self.items, strict=True))
        return self.items[0] if self._is_single and not return_single_as_list else self.items


# -- slices -----------------------------------------------------------------------------------------


def make_batches(size: int, batch_size: int) -> list[tuple[int, int]]:
    """Where batches begin and end."""
    return [(start, min(size, start + batch_size)) for start in range(0, size, batch_size)]


def slice_arrays(arrays: Any, start: Any = None, stop: Any = None) -> Any:
    """Parts of arrays.

    Args:
        arrays: an array, or a list of arrays and None.
        start: where they begin, or indices.
        stop: where they end.

    Raises:
        ValueError: both indices and an end.
    """
    if arrays is None:
        return [None]
    if isinstance(start, list) and stop is not None:
        raise ValueError("The stop argument has to be None if the value of start is a list.")

    def part(x: Any) -> Any:
        if x is None:
            return None
        if hasattr(start, "__len__"):
            # HDF5 files take lists of indices only.
            return x[start if isinstance(x, np.ndarray) else list(start)]
        return x[start:stop] if hasattr(x, "__getitem__") else None

    return [part(x) for x in arrays] if isinstance(arrays, list) else part(arrays)


def split_for_validation(arrays: Any, split: float) -> tuple[Any, Any]:
    """The first part of arrays for training, and the rest for validation.

    Raises:
        ValueError: tensors, whose number of items only a session knows.
    """
    if has_tensors(arrays):
        raise ValueError(
            "If your data is in the form of symbolic tensors, you cannot use `validation_split`."
        )
    count = arrays[0].shape[0] if hasattr(arrays[0], "shape") else len(arrays[0])
    at = int(count * (1.0 - split))
    return slice_arrays(arrays, 0, at), slice_arrays(arrays, at)


def batch_shuffle(indices: np.ndarray, batch_size: int) -> np.ndarray:
    """Indices with the order of batches changed, but not that within them."""
    count = len(indices) // batch_size
    whole = indices[: count * batch_size].reshape((count, batch_size))
    np.random.shuffle(whole)
    return np.append(whole.flatten(), indices[count * batch_size :])
