"""Assertions: `tf.assert_equal`, `tf.assert_rank`, `tf.assert_type`, `tf.is_numeric_tensor` and their like.

What is known while the graph is built is checked at once; what is not becomes an Assert op, which runs
only where something depends on it: `with tf.control_dependencies([tf.assert_positive(x)])`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from perdure.functional.array import array
from perdure.functional.array.slicing import strided_slice
from perdure.functional.control.assertions import Assert
from perdure.functional.control.conditionals import cond
from perdure.functional.control.control import no_op, with_dependencies
from perdure.functional.math import binary, unary
from perdure.functional.math.reductions import reduce_all
from perdure.graph import dtypes
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.dtypes import DType
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.operation import Operation
from perdure.graph.tensor import Tensor

NUMERIC_TYPES = frozenset(
    [
        dtypes.float32,
        dtypes.float64,
        dtypes.int8,
        dtypes.int16,
        dtypes.int32,
        dtypes.int64,
        dtypes.uint8,
        dtypes.qint8,
        dtypes.qint32,
        dtypes.quint8,
        dtypes.complex64,
    ]
)

# -- comparisons of two tensors ---------------------------------------------------


def _compare(
    symbol: str,
    op_name: str,
    op: Callable[..., Any],
    on_arrays: Callable[..., Any],
    x: Any,
    y: Any,
    data: Any,
    summarize: int | None,
    message: str | None,
    name: str | None,
) -> Operation:
    with name_scope(name, op_name, [x, y, data]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y")
        if data is None:
            data = [
                f"Condition x {symbol} y did not hold element-wise:",
                f"x ({x.name}) = ",
                x,
                f"y ({y.name}) = ",
                y,
            ]
        if message is not None:
            data = [message, *data]
        condition = reduce_all(op(x, y))
        x_value, y_value = constant_value(x), constant_value(y)
        if x_value is not None and y_value is not None and not np.all(on_arrays(x_value, y_value)):
            raise InvalidArgumentError(None, None, "\n".join(_as_text(item) for item in data))
        return Assert(condition, data, summarize=summarize)


def _as_text(item: Any) -> str:
    value = constant_value(item) if isinstance(item, Tensor) else None
    return str(item if value is None else value)


def assert_equal(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless x == y for all elements, broadcast.

    Args:
        x, y: numbers of one type.
        data: what to print on failure instead of the default message and the first elements.
        summarize: how many elements of each tensor to print.
        message: what to print before that.
        name: the name of the scope.

    Raises:
        InvalidArgumentError: both are known already, and differ.
    """
    with name_scope(name, "assert_equal", [x, y, data]):
        if x is y:
            return no_op()
    return _compare("==", "assert_equal", binary.equal, np.equal, x, y, data, summarize, message, name)


def assert_none_equal(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless x != y for all elements; see `assert_equal`."""
    return _compare(
        "!=", "assert_none_equal", binary.not_equal, np.not_equal, x, y, data, summarize, message, name
    )


def assert_less(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless x < y for all elements; see `assert_equal`."""
    return _compare("<", "assert_less", binary.less, np.less, x, y, data, summarize, message, name)


def assert_less_equal(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless x <= y for all elements; see `assert_equal`."""
    return _compare(
        "<=", "assert_less_equal", binary.less_equal, np.less_equal, x, y, data, summarize, message, name
    )


def assert_greater(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless x > y for all elements; see `assert_equal`."""
    return _compare(">", "assert_greater", binary.greater, np.greater, x, y, data, summarize, message, name)


def assert_greater_equal(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless x >= y for all elements; see `assert_equal`."""
    return _compare(
        ">=",
        "assert_greater_equal",
        binary.greater_equal,
        np.greater_equal,
        x,
        y,
        data,
        summarize,
        message,
        name,
    )


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless |x - y| < atol + rtol * |y| for all elements.

    Args:
        x, y: floating-point numbers of one type.
        rtol, atol: tolerances; ten times the precision of the type if None.
        data, summarize, message, name: as in `assert_equal`.
    """
    with name_scope(name, "assert_near", [x, y, rtol, atol, data]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y", dtype=x.dtype.base_dtype)
        epsilon = np.finfo(x.dtype.as_numpy_dtype).eps
        rtol = 10 * epsilon if rtol is None else rtol
        atol = 10 * epsilon if atol is None else atol
        rtol = convert_to_tensor(rtol, name="rtol", dtype=x.dtype.base_dtype)
        atol = convert_to_tensor(atol, name="atol", dtype=x.dtype.base_dtype)
        if data is None:
            data = [
                message or "",
                f"x and y not equal to tolerance rtol = {rtol}, atol = {atol}",
                f"x ({x.name}) = ",
                x,
                f"y ({y.name}) = ",
                y,
            ]
        tolerance = atol + rtol * unary.abs(y)
        difference = unary.abs(x - y)
        return Assert(reduce_all(binary.less(difference, tolerance)), data, summarize=summarize)


# -- signs ------------------------------------------------------------------------


def _check_sign(
    name_of_check: str,
    condition: str,
    x: Any,
    data: Any,
    message: str | None,
    name: str | None,
    compare: Callable[[Tensor, Tensor, Any], Operation],
    in_one_string: bool = False,
) -> Operation:
    with name_scope(name, name_of_check, [x, data]):
        x = convert_to_tensor(x, name="x")
        if data is None:
            texts = [f"Condition x {condition} did not hold element-wise:", f"x ({x.name}) = "]
            data = [message or "", *(["".join(texts)] if in_one_string else texts), x]
        zero = convert_to_tensor(0, dtype=x.dtype.base_dtype)
        return compare(x, zero, data)


def assert_negative(
    x: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless all elements are below 0; see `assert_equal` for the other arguments."""
    return _check_sign(
        "assert_negative",
        "< 0",
        x,
        data,
        message,
        name,
        lambda x, zero, data: assert_less(x, zero, data=data, summarize=summarize),
    )


def assert_positive(
    x: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless all elements are above 0; see `assert_equal` for the other arguments."""
    return _check_sign(
        "assert_positive",
        "> 0",
        x,
        data,
        message,
        name,
        lambda x, zero, data: assert_less(zero, x, data=data, summarize=summarize),
    )


def assert_non_negative(
    x: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless all elements are 0 or above; see `assert_equal` for the other arguments."""
    return _check_sign(
        "assert_non_negative",
        ">= 0",
        x,
        data,
        message,
        name,
        lambda x, zero, data: assert_less_equal(zero, x, data=data, summarize=summarize),
    )


def assert_non_positive(
    x: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless all elements are 0 or below; see `assert_equal` for the other arguments."""
    return _check_sign(
        "assert_non_positive",
        "<= 0",
        x,
        data,
        message,
        name,
        lambda x, zero, data: assert_less_equal(x, zero, data=data, summarize=summarize),
        in_one_string=True,
    )


# -- ranks ------------------------------------------------------------------------


def _check_rank(
    x: Tensor,
    ranks: tuple[Tensor, ...],
    holds: Callable[[int, tuple[int, ...]], bool],
    condition: Callable[[Tensor], Tensor],
    refusal: Callable[[int, tuple[int, ...]], str],
    data: list[Any],
    summarize: int | None,
) -> Operation:
    """Check the rank now if everything is known, else make an op that checks it."""
    for rank in ranks:
        assert_type(rank, dtypes.int32)
    known = [constant_value(rank) for rank in ranks]
    if all(value is not None for value in known):
        if any(np.ndim(value) for value in known):
            raise ValueError("Rank must be a scalar.")
        actual = x.get_shape().ndims
        if actual is not None:
            wanted = tuple(int(value) for value in known)
            if not holds(actual, wanted):
                raise ValueError(refusal(actual, wanted))
            return no_op(name="static_checks_determined_all_ok")
    result = condition(array.rank(x))
    for rank, value in zip(ranks, known, strict=True):
        if value is None:
            check = assert_rank(rank, 0, data=["Rank must be a scalar. Received rank: ", rank])
            result = with_dependencies([check], result)
    return Assert(result, data, summarize=summarize)


def _one_rank(
    op_name: str,
    wording: str,
    compare: Callable[..., Tensor],
    holds: Callable[[int, int], bool],
    x: Any,
    rank: Any,
    data: Any,
    summarize: int | None,
    message: str | None,
    name: str | None,
) -> Operation:
    message = message or ""
    with name_scope(name, op_name, (x, rank, *(data or []))):
        x = convert_to_tensor(x, name="x")
        rank = convert_to_tensor(rank, name="rank")
        if data is None:
            data = [message, f"Tensor {x.name} must have {wording}", rank, "Received shape: ", array.shape(x)]
        return _check_rank(
            x,
            (rank,),
            holds=lambda actual, wanted: holds(actual, wanted[0]),
            condition=lambda actual: compare(actual, rank),
            refusal=lambda actual, wanted: (
                f"{message}.  Tensor {x.name} must have {wording} {wanted[0]}.  "
                f"Received rank {actual}, shape {x.get_shape()}"
            ),
            data=data,
            summarize=summarize,
        )


def assert_rank(
    x: Any,
    rank: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless `x` has this rank.

    Raises:
        ValueError: the rank is known already and is another.
    """
    return _one_rank(
        "assert_rank",
        "rank",
        binary.equal,
        lambda actual, wanted: actual == wanted,
        x,
        rank,
        data,
        summarize,
        message,
        name,
    )


def assert_rank_at_least(
    x: Any,
    rank: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless `x` has this rank or a higher one.

    Raises:
        ValueError: the rank is known already and is lower.
    """
    return _one_rank(
        "assert_rank_at_least",
        "rank at least",
        binary.greater_equal,
        lambda actual, wanted: actual >= wanted,
        x,
        rank,
        data,
        summarize,
        message,
        name,
    )


def assert_rank_in(
    x: Any,
    ranks: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless `x` has one of these ranks.

    Raises:
        ValueError: the rank is known already and is none of them.
    """
    message = message or ""
    with name_scope(name, "assert_rank_in", (x, *ranks, *(data or []))):
        x = convert_to_tensor(x, name="x")
        ranks = tuple(convert_to_tensor(rank, name="rank") for rank in ranks)
        if data is None:
            data = [message, f"Tensor {x.name} must have rank in", *ranks, "Received shape: ", array.shape(x)]

        def is_one_of(actual: Tensor) -> Tensor:
            if not ranks:
                return convert_to_tensor(False)
            result = binary.equal(ranks[0], actual)
            for rank in ranks[1:]:
                result = binary.logical_or(result, binary.equal(rank, actual))
            return result

        return _check_rank(
            x,
            ranks,
            holds=lambda actual, wanted: actual in wanted,
            condition=is_one_of,
            refusal=lambda actual, wanted: (
                f"{message}.  Tensor {x.name} must have rank in {wanted}.  "
                f"Received rank {actual}, shape {x.get_shape()}"
            ),
            data=data,
            summarize=summarize,
        )


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Tensor:
    """`tensor`, which must be known to be of rank 0.

    Raises:
        ValueError: it is not.
    """
    with name_scope(name, "assert_scalar", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name=scope)
        shape = tensor.get_shape()
        if shape.ndims != 0:
            raise ValueError(f"{message or ''}Expected scalar shape for {tensor.name}, saw shape: {shape}.")
        return tensor


# -- types ------------------------------------------------------------------------


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Operation:
    """A no-op, if `x` is of an integer type.

    Raises:
        TypeError: it is not.
    """
    with name_scope(name, "assert_integer", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError(
                f'{message or ""}  Expected "x" to be integer type.  Found: {x.name} of dtype {x.dtype}'
            )
        return no_op("statically_determined_was_integer")


def assert_type(tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None) -> Operation:
    """A no-op, if `tensor` is of this type.

    Raises:
        TypeError: it is not.
    """
    with name_scope(name, "assert_type", [tensor]):
        tensor = convert_to_tensor(tensor, name="tensor")
        if tensor.dtype != tf_type:
            raise TypeError(f"{message or ''}  {tensor.name} must be of type {tf_type}")
        return no_op("statically_determined_correct_type")


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """The one floating-point type of all tensors and `dtype`; float32 if there are none.

    Raises:
        ValueError: they differ, or are no floating-point numbers.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    found, decided_by = wanted, ""
    for tensor in tensors or ():
        if tensor is None:
            continue
        label = getattr(tensor, "name", str(tensor))
        if found is None:
            found, decided_by = tensor.dtype.base_dtype, f" as {label}"
        elif tensor.dtype.base_dtype is not found:
            raise ValueError(
                f"{label}, type={tensor.dtype.base_dtype}, must be of the same type ({found}){decided_by}."
            )
    if found is None:
        return dtypes.float32
    if not found.is_floating:
        raise ValueError(f"Expected floating point type, got {found}.")
    return found


def assert_proper_iterable(values: Any) -> None:
    """Nothing, if `values` is a list or the like, and not a tensor, array or string.

    Raises:
        TypeError: it is one of those, or cannot be iterated over.
    """
    if isinstance(values, (Tensor, SparseTensor, np.ndarray, str, bytes)):
        raise TypeError(f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}')
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers (not half precision or complex128, as in TensorFlow)."""
    return isinstance(tensor, Tensor) and tensor.dtype in NUMERIC_TYPES


# -- order ------------------------------------------------------------------------


def _differences(x: Any) -> Tensor:
    """Each element of the flattened `x` less the one before it; empty if there are fewer than two."""

    x = array.reshape(x, [-1])
    if not is_numeric_tensor(x):
        raise TypeError(f"Expected x to be numeric, instead found: {x}")
    is_too_short = binary.less(array.size(x), 2)
    length = array.shape(x) - 1
    return cond(
        is_too_short,
        lambda: convert_to_tensor([], dtype=x.dtype.base_dtype),
        lambda: strided_slice(x, [1], [1] + length) - strided_slice(x, [0], length),
    )


def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Whether no element of the flattened `x` is smaller than the one before it."""
    with name_scope(name, "is_non_decreasing", [x]):
        steps = _differences(x)
        zero = convert_to_tensor(0, dtype=steps.dtype)
        return reduce_all(binary.less_equal(zero, steps))


def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Whether every element of the flattened `x` is larger than the one before it."""
    with name_scope(name, "is_strictly_increasing", [x]):
        steps = _differences(x)
        zero = convert_to_tensor(0, dtype=steps.dtype)
        return reduce_all(binary.less(zero, steps))
