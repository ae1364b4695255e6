"""tf.print and tf.strings.format."""

from __future__ import annotations

import logging
import pprint
import sys
from collections.abc import Mapping
from typing import Any

from perdure.functional.structure import has_parts
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.dtypes import string
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor, is_tensor_like

_LEVELS = {logging.INFO: "log(info)", logging.WARNING: "log(warning)", logging.ERROR: "log(error)"}
_LEVEL_NAMES = {"info": "log(info)", "warning": "log(warning)", "warn": "log(warning)", "error": "log(error)"}


def print_v2(*inputs: Any, **kwargs: Any) -> Operation:
    """An operation that prints its arguments when it runs.

    Args:
        *inputs: tensors and any other values, also nested; the others are printed as they are now.
        output_stream: `sys.stderr` (the default), `sys.stdout`, `tf.logging.info` (`warning`, `error`), or
            "file://" and a path.
        summarize: how many items at each end of a dimension are printed (3); all when negative.
        sep: what stands between the arguments.
        end: what is printed behind them.
        name: the name of the node.

    Raises:
        ValueError: another keyword argument or another output stream.
    """
    stream = _stream(kwargs.pop("output_stream", sys.stderr))
    summarize = kwargs.pop("summarize", 3)
    sep, end = kwargs.pop("sep", " "), kwargs.pop("end", "\n")
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    if len(inputs) == 1 and _is_text(inputs[0]):
        text = inputs[0]
    else:
        tensors: list[Any] = []
        mark = _unused_mark(" ".join(pprint.pformat(_without_tensors(item)) for item in inputs))
        template = sep.join(_template(item, mark, tensors) for item in inputs)
        text = string_format(
            template.replace(f"'{mark}'", mark),
            tensors,
            placeholder=mark,
            summarize=summarize,
            name=f"{name}_format" if name else None,
        )
    return g.print_v2(text, output_stream=stream, end=end, name=name)


def string_format(
    template: str,
    inputs: Any,
    placeholder: str = "{}",
    summarize: int = 3,
    name: str | None = None,
) -> Tensor:
    """A text with the values of tensors in it.

    Args:
        template: the text.
        inputs: a tensor or a list of tensors.
        placeholder: what stands in `template` for the next tensor.
        summarize: see `tf.print`.
        name: the name of the node.

    Returns:
        A string scalar.

    Raises:
        ValueError: there are not as many placeholders as tensors.
    """
    inputs = [inputs] if is_tensor_like(inputs) else inputs
    if template.count(placeholder) != len(inputs):
        raise ValueError(
            f"{template.count(placeholder)} placeholder(s) in template does not match {len(inputs)} "
            "tensor(s) provided as input"
        )
    return g.string_format(inputs, template=template, placeholder=placeholder, summarize=summarize, name=name)


def _stream(stream: Any) -> str:
    if isinstance(stream, str) and stream.startswith("file://"):
        return stream
    if stream is sys.stdout or stream is sys.__stdout__:
        return "stdout"
    if stream is sys.stderr or stream is sys.__stderr__:
        return "stderr"
    found = None
    if isinstance(stream, int):
        found = _LEVELS.get(stream)
    elif getattr(stream, "__module__", None) in ("perdure.platform.logging", "logging"):
        found = _LEVEL_NAMES.get(getattr(stream, "__name__", ""))
    if found is None:
        raise ValueError(
            f"Unsupported output stream, logging level, or file.{stream}. Supported streams are "
            "sys.stdout, sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error. File needs to "
            "be in the form of 'file://<filepath>'."
        )
    return found


def _is_text(value: Any) -> bool:
    return is_tensor_like(value) and value.shape.ndims == 0 and value.dtype.base_dtype is string


def _unused_mark(text: str) -> str:
    """A placeholder that does not occur in the text itself."""
    mark = "{}"
    while mark in text:
        # TensorFlow goes on with the digit 9.
        mark += "9"
    return mark


def _without_tensors(value: Any) -> Any:
    return _mapped(value, lambda leaf: "" if _is_tensor(leaf) else leaf)


def _template(value: Any, mark: str, tensors: list[Any]) -> str:
    """How `value` is printed, with a mark for each tensor, which goes to `tensors`."""

    def shown(leaf: Any) -> Any:
        if isinstance(leaf, SparseTensor):
            tensors.extend([leaf.indices, leaf.values, leaf.dense_shape])
            return f"SparseTensor(indices={mark}, values={mark}, shape={mark})"
        if not _is_tensor(leaf):
            return leaf
        tensors.append(leaf)
        return mark

    return value if isinstance(value, str) else pprint.pformat(_mapped(value, shown))


def _is_tensor(value: Any) -> bool:
    return isinstance(value, SparseTensor) or is_tensor_like(value)


def _mapped(value: Any, function: Any) -> Any:
    if isinstance(value, SparseTensor) or not has_parts(value):
        return function(value)
    if isinstance(value, Mapping):
        return {key: _mapped(value[key], function) for key in sorted(value)}
    items = [_mapped(item, function) for item in value]
    return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
