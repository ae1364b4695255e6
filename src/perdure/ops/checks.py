"""What the array families share: run-time refusals and static values of axes."""

import numpy as np

from perdure.graph import errors
from perdure.graph.shapes import format_shape


def invalid(message: str) -> errors.InvalidArgumentError:
    """The error for a value that an op cannot take; the runtime adds the node."""
    return errors.InvalidArgumentError(None, None, message)


def scalar(value: np.ndarray, what: str = "axis") -> int:
    """A static input that must be one number, as a Python int."""
    try:
        return int(value.item())
    except ValueError:
        raise invalid(
            f"{what} should be a scalar integer, but got shape {format_shape(np.shape(value))}"
        ) from None


def first_bad(indices: np.ndarray, limit: int) -> str:
    """The first index outside [0, limit), in TensorFlow's words."""
    indices = np.asarray(indices)
    where = np.argwhere((indices < 0) | (indices >= limit))[0]
    place = "[" + ",".join(map(str, where)) + "]" if indices.ndim else ""
    return f"indices{place} = {indices[tuple(where)]} is not in [0, {limit})"


def require_indices(xp, indices, limit: int) -> None:
    """InvalidArgumentError, naming the first bad one, unless all indices are in [0, limit)."""
    xp.require(xp.in_range(indices, limit), lambda: first_bad(indices, limit))
