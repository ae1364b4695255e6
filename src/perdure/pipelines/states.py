"""Where iterators are, as variants that checkpoints keep."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from perdure.formats.variants import VariantData
from perdure.graph import errors
from perdure.graph.dtypes import as_dtype
from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.pipelines.dataset import invalid
from perdure.pipelines.windows import Elementwise

# The name that TensorFlow's have, whose contents are others.
_TYPE = "tensorflow::Iterator"


def encoded(state: Any) -> VariantData:
    """A state as a variant: JSON, and the arrays in it.

    Raises:
        UnimplementedError: there is something in it that cannot be written: a dataset, say.
    """
    tensors: list[np.ndarray] = []
    text = json.dumps({"perdure": _written(state, tensors)}, separators=(",", ":"))
    return VariantData(_TYPE, text.encode(), tensors)


def decoded(variant: Any) -> Any:
    """The state that a variant holds.

    Raises:
        InvalidArgumentError: it holds none.
    """
    if not isinstance(variant, VariantData) or variant.type_name != _TYPE:
        raise invalid("Unable to parse serialized iterator.")
    try:
        return _read(json.loads(variant.metadata)["perdure"], variant.tensors)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise invalid("Unable to parse serialized iterator.") from error


def _written(value: Any, tensors: list[np.ndarray]) -> Any:
    if value is None or isinstance(value, (bool, str, float)) or type(value) is int:
        return value
    if isinstance(value, (np.ndarray, np.generic)):
        tensors.append(np.asarray(value))
        return {"array": len(tensors) - 1, "scalar": not isinstance(value, np.ndarray)}
    if isinstance(value, bytes):
        array = np.empty((), object)
        array[()] = value
        tensors.append(array)
        return {"array": len(tensors) - 1, "scalar": True}
    if isinstance(value, dict):
        return {"pairs": [[_written(key, tensors), _written(item, tensors)] for key, item in value.items()]}
    if isinstance(value, (list, tuple, set)):
        kind = type(value).__name__
        return {kind: [_written(item, tensors) for item in value]}
    if isinstance(value, Elementwise):
        parts = [dtype.name for dtype in value.dtypes], list(value.shapes), value.elements
        return {"window": _written(parts, tensors)}
    if isinstance(value, errors.OpError):
        return {"error": type(value).__name__, "message": value.message}
    raise UnimplementedError(
        None, None, f"an iterator cannot be saved whose state has a {type(value).__name__} in it"
    )


def _read(value: Any, tensors: list[np.ndarray]) -> Any:
    if not isinstance(value, dict):
        return value
    if "array" in value:
        array = tensors[value["array"]]
        return array[()] if value["scalar"] else array
    if "pairs" in value:
        return {_read(key, tensors): _read(item, tensors) for key, item in value["pairs"]}
    if "error" in value:
        kind: Any = getattr(errors, value["error"], InvalidArgumentError)
        return kind(None, None, value["message"])
    if "window" in value:
        names, shapes, elements = _read(value["window"], tensors)
        return Elementwise([as_dtype(name) for name in names], shapes, elements)
    ((kind, items),) = value.items()
    made = [_read(item, tensors) for item in items]
    return {"list": list, "tuple": tuple, "set": set}[kind](made)
