"""Arguments of distributions, and what is checked of them when steps run."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from perdure.functional.array.array import shape
from perdure.functional.array.gathering import where, where_v2
from perdure.functional.array.joining import concat
from perdure.functional.array.slicing import slice as slice_op
from perdure.functional.control.check_ops import (
    assert_equal,
    assert_greater_equal,
    assert_less_equal,
    assert_near,
    assert_non_negative,
    assert_rank_at_least,
)
from perdure.functional.control.control import no_op, with_dependencies
from perdure.functional.math.cast import cast
from perdure.functional.math.reductions import reduce_sum
from perdure.functional.math.unary import lgamma, log, log1p, sigmoid
from perdure.functional.nn.activations import softmax
from perdure.graph import dtypes
from perdure.graph.constants import constant, constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import dimension_value

_INTEGERS = {dtypes.float16: dtypes.int16, dtypes.float32: dtypes.int32, dtypes.float64: dtypes.int64}
_UNSIGNED = (dtypes.bool, dtypes.uint8, dtypes.uint16)
_SIGNED = (*_INTEGERS, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)


def gen_new_seed(seed: Any, salt: str) -> int | None:
    """The seed of a second sampler, made of that of the first and a word."""
    if seed is None:
        return None
    digest = hashlib.md5(f"{seed}{salt}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) & 0x7FFFFFFF


def pick_vector(cond: Any, true_vector: Any, false_vector: Any, name: str = "pick_vector") -> Any:
    """One of two vectors, which may have different lengths.

    Args:
        cond: whether it is the first; a scalar boolean.
        true_vector, false_vector: the vectors, of one type.
        name: the name scope of the new operations.

    Raises:
        TypeError: `cond` is no boolean, or the vectors have two types.
    """
    with name_scope(name, values=(cond, true_vector, false_vector)):
        cond = convert_to_tensor(cond, name="cond")
        if cond.dtype != dtypes.bool:
            raise TypeError(f"{cond}.dtype={cond.dtype} which is not {dtypes.bool}")
        static = constant_value(cond)
        if static is not None:
            return true_vector if static else false_vector
        first = convert_to_tensor(true_vector, name="true_vector")
        second = convert_to_tensor(false_vector, name="false_vector")
        if first.dtype != second.dtype:
            raise TypeError(f"{first}.dtype={first.dtype} does not match {second}.dtype={second.dtype}")
        count = shape(first)[0]
        both = concat([first, second], 0)
        return slice_op(both, [where_v2(cond, 0, count)], [where(cond, count, -1)])


def get_logits_and_probs(
    logits: Any = None,
    probs: Any = None,
    multidimensional: bool = False,
    validate_args: bool = False,
    name: str = "get_logits_and_probs",
    dtype: Any = None,
) -> tuple[Tensor, Tensor]:
    """Both logits and probabilities, one of which is given.

    Args:
        logits, probs: one of the two.
        multidimensional: whether the last axis holds classes that exclude each other.
        validate_args: whether what is given is checked when steps run.
        name: the name scope of the new operations.
        dtype: the type it is converted to.

    Raises:
        ValueError: both are given, or neither.
        TypeError: it is no float.
    """
    with name_scope(name, values=[probs, logits]):
        if (probs is None) == (logits is None):
            raise ValueError("Must pass probs or logits, but not both.")
        if probs is None:
            logits = convert_to_tensor(logits, name="logits", dtype=dtype)
            if not logits.dtype.is_floating:
                raise TypeError("logits must having floating type.")
            if not multidimensional:
                return logits, sigmoid(logits, name="probs")
            if validate_args:
                logits = embed_check_categorical_event_shape(logits)
            return logits, softmax(logits, name="probs")
        probs = convert_to_tensor(probs, name="probs", dtype=dtype)
        if not probs.dtype.is_floating:
            raise TypeError("probs must having floating type.")
        if validate_args:
            probs = _valid_probabilities(probs, multidimensional)
        with name_scope("logits"):
            if multidimensional:
                return log(probs), probs
            return log(probs) - log1p(-1.0 * probs), probs


def _valid_probabilities(probs: Tensor, multidimensional: bool) -> Tensor:
    with name_scope("validate_probs"):
        one = constant(1.0, probs.dtype)
        checks = [assert_non_negative(probs)]
        if multidimensional:
            probs = embed_check_categorical_event_shape(probs)
            checks.append(assert_near(reduce_sum(probs, -1), one, message="probs does not sum to 1."))
        else:
            checks.append(assert_less_equal(probs, one, message="probs has components greater than 1."))
        return with_dependencies(checks, probs)


def embed_check_categorical_event_shape(
    categorical_param: Any, name: str = "embed_check_categorical_event_shape"
) -> Tensor:
    """A parameter of a distribution over classes, checked to have some classes, and not too many.

    Args:
        categorical_param: the parameter; its last axis has the classes.
        name: the name scope of the new operations.

    Raises:
        TypeError: it is no float.
        ValueError: it is known to have no axis, one class, or more classes than its type can count.
    """
    with name_scope(name, values=[categorical_param]):
        x = convert_to_tensor(categorical_param, name="categorical_param")
        dtype = x.dtype.base_dtype
        if not dtype.is_floating:
            raise TypeError(f"Unable to validate size of unrecognized dtype ({dtype.name}).")
        most = _largest(dtype)
        no_axis = "A categorical-distribution parameter must have at least 1 dimension."
        too_few = "A categorical-distribution parameter must have at least 2 events."
        try:
            static = x.shape.with_rank_at_least(1)
        except ValueError:
            raise ValueError(no_axis) from None
        known = None if static.ndims is None else dimension_value(static[-1])
        if known is not None:
            if known < 2:
                raise ValueError(too_few)
            if known > most:
                raise ValueError(
                    f"Number of classes exceeds `dtype` precision, i.e., {dtype.name} implies shape "
                    f"({known}) cannot exceed {most}."
                )
            return x
        count = shape(x, name="x_shape")[-1]
        too_many = (
            f"Number of classes exceeds `dtype` precision, i.e., {dtype.name} dtype cannot exceed {most} "
            "shape."
        )
        checks = [
            assert_rank_at_least(x, 1, message=no_axis),
            assert_greater_equal(shape(x)[-1], 2, message=too_few),
            assert_less_equal(count, most, message=too_many),
        ]
        return with_dependencies(checks, x)


def embed_check_integer_casting_closed(
    x: Any, target_dtype: Any, assert_nonnegative: bool = True, name: str = "embed_check_casting_closed"
) -> Tensor:
    """Values, checked to be the same numbers in another type.

    Args:
        x: the values.
        target_dtype: the type.
        assert_nonnegative: whether they must not be negative either.
        name: the name scope of the new operations.

    Raises:
        TypeError: both types are floats, or one is neither float nor integer.
    """
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        given, wanted = x.dtype, dtypes.as_dtype(target_dtype)
        if not _is_integer(given) and not given.is_floating:
            raise TypeError(f"{given.name}.dtype must be floating- or integer-type.")
        if not _is_integer(wanted) and not wanted.is_floating:
            raise TypeError(f"target_dtype ({wanted.name}) must be floating- or integer-type.")
        if not _is_integer(given) and not _is_integer(wanted):
            raise TypeError(
                f"At least one of {x}.dtype ({given.name}) and target_dtype ({wanted.name}) must be "
                "integer-type."
            )
        checks = []
        if assert_nonnegative:
            checks.append(assert_non_negative(x, message="Elements must be non-negative."))
        if given.is_floating:
            message = f"Elements must be {wanted.name}-equivalent."
            checks.append(assert_integer_form(x, int_dtype=wanted, message=message))
        else:
            most, least = _largest(wanted), _smallest(wanted)
            if _largest(given) > most:
                checks.append(assert_less_equal(x, most, message=f"Elements cannot exceed {most}."))
            if not assert_nonnegative and _smallest(given) < least:
                message = f"Elements cannot be smaller than {least}."
                checks.append(assert_greater_equal(x, least, message=message))
        return with_dependencies(checks, x) if checks else x


def embed_check_nonnegative_integer_form(
    x: Any, name: str = "embed_check_nonnegative_integer_form"
) -> Tensor:
    """Values, checked to be whole numbers that are not negative.

    Args:
        x: the values.
        name: the name scope of the new operations.
    """
    with name_scope(name, values=[x]):
        x = convert_to_tensor(x, name="x")
        checks = [assert_non_negative(x, message=f"'{x}' must be non-negative.")]
        if not x.dtype.is_integer:
            message = f"'{x}' cannot contain fractional components."
            checks.append(assert_integer_form(x, message=message))
        return with_dependencies(checks, x)


def assert_integer_form(
    x: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    int_dtype: Any = None,
    name: str = "assert_integer_form",
) -> Any:
    """The operation that fails unless values are whole numbers.

    Args:
        x: the values.
        data, summarize, message: what is said then; see `tf.assert_equal`.
        int_dtype: the type they must fit in; one of the size of theirs when None.
        name: the name scope of the new operations.

    Raises:
        TypeError: none is known for their type.
    """
    with name_scope(name, values=[x, data]):
        x = convert_to_tensor(x, name="x")
        if x.dtype.is_integer:
            return no_op()
        message = message or f"{x} has non-integer components"
        if int_dtype is None:
            int_dtype = _INTEGERS.get(x.dtype.base_dtype)
            if int_dtype is None:
                raise TypeError(f"Unrecognized type {x.dtype.name}")
        whole = cast(cast(x, int_dtype), x.dtype)
        return assert_equal(x, whole, data=data, summarize=summarize, message=message, name=name)


def log_combinations(n: Any, counts: Any, name: str = "log_combinations") -> Tensor:
    """The logarithm of the number of orders in which events of some counts can come.

    Args:
        n: how many events there are.
        counts: how many of each kind; the kinds are the last axis.
        name: the name scope of the new operations.
    """
    with name_scope(name, values=[n, counts]):
        n = convert_to_tensor(n, name="n")
        counts = convert_to_tensor(counts, name="counts")
        all_orders = lgamma(n + 1)
        return all_orders - reduce_sum(lgamma(counts + 1), axis=[-1])


def _check_known(dtype: Any) -> None:
    if dtype.base_dtype not in (*_UNSIGNED, *_SIGNED):
        raise TypeError(f"Unrecognized dtype: {dtype.name}")


def _is_integer(dtype: Any) -> bool:
    _check_known(dtype)
    return bool(dtype.is_integer or dtype.base_dtype == dtypes.bool)


def _largest(dtype: Any) -> int:
    """The largest number up to which a type has all whole ones."""
    _check_known(dtype)
    if dtype.is_floating:
        return int(2 ** (np.finfo(dtype.as_numpy_dtype).nmant + 1))
    return int(np.iinfo(dtype.as_numpy_dtype).max) if dtype.is_integer else 1


def _smallest(dtype: Any) -> int:
    return 0 if dtype.base_dtype in _UNSIGNED else -_largest(dtype)
