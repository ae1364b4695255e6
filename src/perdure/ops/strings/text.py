"""How tensors are written out by Print and Assert."""

import numpy as np


def summarize_tensor(value, entries):
    """The first elements of an array, as TensorFlow's Tensor::SummarizeValue words them.

    Args:
        value: an array or scalar.
        entries: how many elements are shown; all of them when negative.

    Returns:
        Text such as `[1 2 3...]`, with brackets for each dimension but none around a scalar.
    """
    array = np.asarray(value)
    flat = [element_text(item, array.dtype) for item in array.ravel()[: entries if entries >= 0 else None]]
    if array.ndim == 0:
        return flat[0] if flat else "..."
    if array.size == 0:
        return ""
    if array.ndim == 1:
        return " ".join(flat) + ("..." if len(flat) < array.size else "")
    text, _ = _nested(array.shape, flat, 0)
    return text


def _nested(shape, flat, used):
    """Bracketed text of an array of `shape` from `flat[used:]`, and how much of `flat` is used then."""
    parts = []
    if len(shape) == 1:
        shown = flat[used : used + shape[0]]
        return " ".join(shown) + ("..." if len(shown) < shape[0] else ""), used + len(shown)
    for _ in range(shape[0]):
        if used >= len(flat):
            parts.append("...")
            break
        inner, used = _nested(shape[1:], flat, used)
        parts.append(f"[{inner}]")
    return "".join(parts), used


def element_text(item, dtype):
    if dtype.kind in "biu":
        return str(int(item))
    if dtype.kind in "OSU":
        text = item.decode("latin-1") if isinstance(item, bytes) else str(item)
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    if dtype.kind == "c":
        return "?"
    # TensorFlow's number formatting tries few significant digits first, and all of them if those do not
    # read back as the same number (strings/numbers.cc, FloatToBuffer, DoubleToBuffer).
    number = float(item)
    few, all_of_them, kind = ("15", "17", np.float64) if dtype == np.float64 else ("6", "9", np.float32)
    text = format(number, f".{few}g")
    return text if kind(text) == number else format(number, f".{all_of_them}g")
