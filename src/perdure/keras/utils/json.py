"""How configurations become JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.graph.dtypes import DType
from perdure.graph.tensor_shape import Dimension, TensorShape


def get_json_type(obj: Any) -> Any:
    """What an object that JSON does not know becomes.

    Raises:
        TypeError: it cannot be written.
    """
    if hasattr(obj, "get_config"):
        return {"class_name": type(obj).__name__, "config": obj.get_config()}
    if isinstance(obj, (np.generic, np.ndarray)):
        return obj.tolist() if isinstance(obj, np.ndarray) else obj.item()
    if callable(obj):
        return obj.__name__
    if isinstance(obj, type):
        return obj.__name__
    if isinstance(obj, Dimension):
        return obj.value
    if isinstance(obj, TensorShape):
        return obj.as_list()
    if isinstance(obj, DType):
        return obj.name
    if hasattr(obj, "items"):
        return dict(obj)
    raise TypeError("Not JSON Serializable:", obj)
