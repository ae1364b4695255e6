"""Assertions about arrays, tensors, protos and errors, as methods of a test case."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ml_dtypes
import numpy as np
from absl.testing import absltest

from perdure.graph.devices import canonical
from perdure.graph.errors import OpError
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.platform.version import GRAPH_DEF_VERSION, GRAPH_DEF_VERSION_MIN_CONSUMER

_FLOATS = (np.float16, np.float32, np.float64, ml_dtypes.bfloat16)
# Larger arrays are not shown whole.
_SHOWN_RANK, _SHOWN_SIZE = 3, 500


class OlderNames(absltest.TestCase):
    """The assertions that Python's unittest had before 3.12 under further names."""

    assertItemsEqual = absltest.TestCase.assertCountEqual
    assertRaisesRegexp = absltest.TestCase.assertRaisesRegex
    assertRegexpMatches = absltest.TestCase.assertRegex
    assertNotRegexpMatches = absltest.TestCase.assertNotRegex
    assertEquals = absltest.TestCase.assertEqual
    assertNotEquals = absltest.TestCase.assertNotEqual
    assertAlmostEquals = absltest.TestCase.assertAlmostEqual
    assertNotAlmostEquals = absltest.TestCase.assertNotAlmostEqual
    assert_ = absltest.TestCase.assertTrue
    failUnlessEqual = absltest.TestCase.assertEqual
    failIf = absltest.TestCase.assertFalse
    failUnless = absltest.TestCase.assertTrue

    def assertDictContainsSubset(
        self, subset: Mapping[Any, Any], dictionary: Mapping[Any, Any], msg: str | None = None
    ) -> None:
        """All items of a dictionary are in another."""
        self.assertEqual({**dictionary, **subset}, dict(dictionary), msg)


class ArrayAssertions(OlderNames):
    """Assertions about numbers, arrays and tensors; a tensor is evaluated in the default session."""

    def evaluate(self, tensors: Any) -> Any:
        """The values of tensors."""
        raise NotImplementedError

    def _GetNdArray(self, a: Any) -> np.ndarray:
        if isinstance(a, Tensor):
            a = self.evaluate(a)
        return a if isinstance(a, np.ndarray) else np.array(a)

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Two numbers differ by no more than `err`."""
        note = "" if msg is None else f" ({msg})"
        self.assertTrue(f1 == f2 or math.fabs(f1 - f2) <= err, f"{f1:f} != {f2:f} +/- {err:f}{note}")

    def assertArrayNear(
        self, farray1: Sequence[float], farray2: Sequence[float], err: float, msg: str | None = None
    ) -> None:
        """The numbers of two lists differ by no more than `err` each."""
        self.assertEqual(len(farray1), len(farray2), msg=msg)
        for f1, f2 in zip(farray1, farray2, strict=True):
            self.assertNear(float(f1), float(f2), err, msg=msg)

    def assertNDArrayNear(
        self, ndarray1: np.ndarray, ndarray2: np.ndarray, err: float, msg: str | None = None
    ) -> None:
        """The Euclidean distance of two arrays is less than `err`."""
        self.assertTrue(self._NDArrayNear(ndarray1, ndarray2, err), msg=msg)

    def _NDArrayNear(self, ndarray1: np.ndarray, ndarray2: np.ndarray, err: float) -> bool:
        return np.linalg.norm(ndarray1 - ndarray2) < err

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        """Two arrays, or lists, tuples or dictionaries of them, are close; NaN is close to NaN.

        Args:
            a: the values found.
            b: the values expected.
            rtol: the tolerance relative to `b`.
            atol: the tolerance to add to that.
            msg: a message for the failure.

        Raises:
            ValueError: only one is a dictionary, or lists that are no arrays differ in length.
        """
        self._assert_all_close(a, b, rtol, atol, "", msg or "")

    def _assert_all_close(self, a: Any, b: Any, rtol: float, atol: float, path: str, msg: str) -> None:
        a, b = (value._asdict() if hasattr(value, "_asdict") else value for value in (a, b))
        where = f"Mismatched value: a{path} is different from b{path}. {msg}"
        if isinstance(a, Mapping) != isinstance(b, Mapping):
            raise ValueError(f"Can't compare dict to non-dict, a{path} vs b{path}. {msg}")
        if isinstance(a, Mapping):
            self.assertCountEqual(
                a.keys(),
                b.keys(),
                f"mismatched keys: a{path} has keys {a.keys()}, but b{path} has keys {b.keys()}. {msg}",
            )
            for key in a:
                self._assert_all_close(a[key], b[key], rtol, atol, f"{path}[{key}]", msg)
        elif isinstance(a, (list, tuple)):
            try:
                self._assertArrayLikeAllClose(a, b, rtol, atol, where)
            except (ValueError, TypeError) as error:  # no rectangle of numbers
                if len(a) != len(b):
                    raise ValueError(
                        f"Mismatched length: a{path} has {len(a)} items, but b{path} has {len(b)} items. "
                        f"{msg}"
                    ) from error
                for index, (one, other) in enumerate(zip(a, b, strict=True)):
                    self._assert_all_close(one, other, rtol, atol, f"{path}[{index}]", msg)
        else:
            try:
                self._assertArrayLikeAllClose(a, b, rtol, atol, where)
            except TypeError as error:
                error.add_note(f"a{path} has {type(a)}, but b{path} has {type(b)}. {msg}")
                raise

    def _assertArrayLikeAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        self._assert_same_shape(a, b, "with contents")
        if np.allclose(a, b, rtol=rtol, atol=atol):
            return
        far = (np.abs(a - b) > atol + rtol * np.abs(b)) | (np.isnan(a) != np.isnan(b))
        places = f"not close where = {np.where(far)}\n" if a.ndim else ""
        x, y = (a[far], b[far]) if a.ndim else (a, b)
        np.testing.assert_allclose(
            a,
            b,
            rtol=rtol,
            atol=atol,
            err_msg=f"{msg}\n{places}not close lhs = {x}\nnot close rhs = {y}\n"
            f"not close dif = {np.abs(x - y)}\nnot close tol = {atol + rtol * np.abs(y)}\n"
            f"dtype = {a.dtype}, shape = {a.shape}",
        )

    def _assert_same_shape(self, a: np.ndarray, b: np.ndarray, contents: str, msg: str = "") -> None:
        text = f"Shape mismatch: expected {a.shape}, got {b.shape}"
        if b.ndim <= _SHOWN_RANK or b.size < _SHOWN_SIZE:
            text += f" {contents} {b}"
        self.assertEqual(a.shape, b.shape, f"{text}. {msg}")

    def assertAllCloseAccordingToType(
        self,
        a: Any,
        b: Any,
        rtol: float = 1e-6,
        atol: float = 1e-6,
        float_rtol: float = 1e-6,
        float_atol: float = 1e-6,
        half_rtol: float = 1e-3,
        half_atol: float = 1e-3,
        bfloat16_rtol: float = 1e-2,
        bfloat16_atol: float = 1e-2,
        msg: str | None = None,
    ) -> None:
        """Two arrays are close, with the tolerances of the coarser of their types.

        Args:
            a, b, msg: see `assertAllClose`.
            rtol, atol: the least tolerances.
            float_rtol, float_atol: for float32 and complex64.
            half_rtol, half_atol: for float16.
            bfloat16_rtol, bfloat16_atol: for bfloat16.
        """
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        for types, type_rtol, type_atol in (
            ((np.float32, np.complex64), float_rtol, float_atol),
            ((np.float16,), half_rtol, half_atol),
            ((ml_dtypes.bfloat16,), bfloat16_rtol, bfloat16_atol),
        ):
            if a.dtype in types or b.dtype in types:
                rtol, atol = max(rtol, type_rtol), max(atol, type_atol)
        self.assertAllClose(a, b, rtol=rtol, atol=atol, msg=msg)

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """`assertAllClose` fails."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Two arrays have the same shape and equal elements; NaN is equal to NaN."""
        a, b = self._GetNdArray(a), self._GetNdArray(b)
        self._assert_same_shape(a, b, "Contents:", msg or "")
        same = a == b
        if a.dtype in _FLOATS:
            same = np.logical_or(same, np.logical_and(np.isnan(a), np.isnan(b)))
        if np.all(same):
            return
        different = np.logical_not(same)
        places = f"not equal where = {np.where(different)}\n" if a.ndim else ""
        x, y = (a[different], b[different]) if a.ndim else (a, b)
        np.testing.assert_array_equal(
            a, b, err_msg=f"{msg or ''}\n{places}not equal lhs = {x}\nnot equal rhs = {y}"
        )

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """`assertAllEqual` fails."""
        try:
            self.assertAllEqual(a, b, msg)
        except AssertionError:
            return
        raise AssertionError("The two values are equal at all elements")

    def assertAllGreater(self, a: Any, comparison_target: float) -> None:
        """Every element is greater than a number."""
        self.assertGreater(np.min(self._GetNdArray(a)), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: float) -> None:
        """Every element is less than a number."""
        self.assertLess(np.max(self._GetNdArray(a)), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: float) -> None:
        """No element is less than a number."""
        self.assertGreaterEqual(np.min(self._GetNdArray(a)), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: float) -> None:
        """No element is greater than a number."""
        self.assertLessEqual(np.max(self._GetNdArray(a)), comparison_target)

    def assertAllInRange(
        self,
        target: Any,
        lower_bound: float,
        upper_bound: float,
        open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:
        """Every element is between two numbers.

        Args:
            target: the array.
            lower_bound, upper_bound: the numbers.
            open_lower_bound, open_upper_bound: whether the number itself is outside.
        """
        target = self._GetNdArray(target)
        if not np.issubdtype(target.dtype, np.floating) and not np.issubdtype(target.dtype, np.integer):
            raise AssertionError(
                f"The value of {target} does not have an ordered numeric type, instead it has type: "
                f"{target.dtype}"
            )
        nan = np.isnan(target)
        if nan.any():
            raise AssertionError(
                f"{nan.sum()} of the {target.size} element(s) are NaN. Subscripts(s) and value(s) of the NaN "
                f"element(s):\n{_elements(target, nan)}"
            )
        below = target <= lower_bound if open_lower_bound else target < lower_bound
        above = target >= upper_bound if open_upper_bound else target > upper_bound
        outside = below | above
        if outside.any():
            left, right = "(" if open_lower_bound else "[", ")" if open_upper_bound else "]"
            raise AssertionError(
                f"{outside.sum()} of the {target.size} element(s) are outside the range "
                f"{left}{lower_bound}, {upper_bound}{right}. Subscript(s) and value(s) of the offending "
                f"elements:\n{_elements(target, outside)}"
            )

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """Every element is in a set."""
        outside = np.setdiff1d(self._GetNdArray(target).flatten(), list(expected_set))
        if outside.size:
            raise AssertionError(
                f"{outside.size} unique element(s) are not in the set {expected_set}: {outside}"
            )

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """The array has a NumPy type."""
        self.assertEqual(self._GetNdArray(target).dtype, expected_dtype)

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: str | None = None) -> None:
        """An array has the static shape of a tensor.

        Raises:
            TypeError: they are no array and no tensor.
        """
        if not isinstance(np_array, (np.ndarray, np.generic)):
            raise TypeError("np_array must be a Numpy ndarray or Numpy scalar")
        if not isinstance(tf_tensor, Tensor):
            raise TypeError("tf_tensor must be a Tensor")
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg=msg)


def _elements(values: np.ndarray, chosen: np.ndarray, limit: int = 10) -> str:
    places = np.argwhere(chosen)
    lines = [f"  {place} : {values[tuple(place)]}" for place in places[:limit]]
    return "\n".join(lines + (["  ..."] if len(places) > limit else []))


class ErrorAssertions(OlderNames):
    """Assertions about errors, devices and text."""

    @contextmanager
    def assertRaisesWithPredicateMatch(  # type: ignore[override]  # absl's takes no patterns
        self,
        exception_type: type[Exception],
        expected_err_re_or_predicate: str | Callable[[Exception], Any],
    ) -> Iterator[None]:
        """The block raises an error of a type that a regular expression or a function accepts.

        Args:
            exception_type: the type.
            expected_err_re_or_predicate: is searched in the message, or called with the error.
        """
        try:
            yield
        except Exception as error:
            accepts = expected_err_re_or_predicate
            if not callable(accepts):
                accepts = _searcher(expected_err_re_or_predicate)  # type: ignore[arg-type]
            if not isinstance(error, exception_type) or not accepts(error):
                raise AssertionError(f"Exception of type {type(error)}: {error}") from error
        else:
            raise AssertionError(f"{exception_type.__name__} not raised")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """The block raises a `tf.errors.OpError`; see `assertRaisesWithPredicateMatch`."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)

    def assertDeviceEqual(self, device1: Any, device2: Any, msg: str | None = None) -> None:
        """Two names, or specifications, of devices say the same."""
        one, other = canonical(device1), canonical(device2)
        self.assertEqual(one, other, f"Devices {one} and {other} are not equal. {msg or ''}")

    def assertStartsWith(self, actual: str, expected_start: str, msg: str | None = None) -> None:
        """A text starts with another."""
        if not actual.startswith(expected_start):
            note = f" : {msg!r}" if msg else ""
            self.fail(f"{actual!r} does not start with {expected_start!r}{note}")


def _searcher(pattern: str) -> Callable[[Exception], Any]:
    def search(error: Exception) -> Any:
        if not isinstance(error, OpError):
            return re.search(pattern, str(error))
        text, op = error.message, error.op
        while op is not None:
            text += f"\nCaused by: {op.name}"
            op = getattr(op, "_original_op", None)
        logging.info("Searching within error strings: '%s' within '%s'", pattern, text)
        return re.search(pattern, text)

    return search


class ProtoAssertions(OlderNames):
    """Assertions about protos."""

    def assertProtoEquals(
        self, expected_message_maybe_ascii: Any, message: Any, msg: str | None = None
    ) -> None:
        """Two messages are equal; the first may be in text format.

        Raises:
            TypeError: they are of different types.
        """
        expected = expected_message_maybe_ascii
        if not isinstance(expected, (str, type(message))):
            raise TypeError(f"Can't compare protos of type {type(expected)} and {type(message)}. {msg or ''}")
        assertProtoEqual(self, expected, message, normalize_numbers=True, msg=msg)

    def assertProtoEqualsVersion(
        self,
        expected: str,
        actual: Any,
        producer: int = GRAPH_DEF_VERSION,
        min_consumer: int = GRAPH_DEF_VERSION_MIN_CONSUMER,
        msg: str | None = None,
    ) -> None:
        """A GraphDef is equal to one in text format, to which its versions are added.

        Args:
            expected: the text without versions.
            actual: the GraphDef.
            producer, min_consumer: the versions.
            msg: a message for the failure.
        """
        versions = f"versions {{ producer: {producer} min_consumer: {min_consumer} }};"
        self.assertProtoEquals(f"{versions}\n{expected}", actual, msg=msg)


def ProtoEq(a: Any, b: Any) -> bool:
    """Whether two messages are equal."""
    return a == b


def assertProtoEqual(
    self: absltest.TestCase,
    a: Any,
    b: Any,
    check_initialized: bool = True,
    normalize_numbers: bool = False,
    msg: str | None = None,
) -> None:
    """Two messages are equal.

    Args:
        self: the test case.
        a: a message, or its text format.
        b: a message.
        check_initialized: whether required fields must be set, of which TensorFlow's messages have none.
        normalize_numbers: whether to round floating-point numbers to 7 digits.
        msg: a message for the failure.
    """
    from google.protobuf import text_format

    if isinstance(a, str):
        a = text_format.Parse(a, type(b)())
    if a == b:
        return
    one, other = a, b
    if normalize_numbers:
        one, other = (type(message).FromString(message.SerializeToString()) for message in (a, b))
        _round_numbers(one)
        _round_numbers(other)
    self.assertMultiLineEqual(text_format.MessageToString(one), text_format.MessageToString(other), msg)


def _round_numbers(message: Any) -> None:
    """Round every floating-point number in a message to 7 digits after the point."""
    for field, value in message.ListFields():
        is_message = field.message_type is not None
        if is_message and field.message_type.GetOptions().map_entry:
            for key in value:
                if isinstance(value[key], float):
                    value[key] = round(value[key], 7)
                elif hasattr(value[key], "ListFields"):
                    _round_numbers(value[key])
        elif is_message:
            for part in [value] if hasattr(value, "ListFields") else value:
                _round_numbers(part)
        elif isinstance(value, float):
            setattr(message, field.name, round(value, 7))
        elif field.type in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
            value[:] = [round(number, 7) for number in value]
