"""The assertions of tf.test.TestCase: what passes, what fails, and with which words."""

import collections

import numpy as np
import pytest

from perdure import tf
from perdure.graph.graph import Graph

Pair = collections.namedtuple("Pair", "a b")


@pytest.fixture
def case():
    with Graph().as_default(), tf.Session():
        yield tf.test.TestCase()


def fails(message, error=AssertionError):
    return pytest.raises(error, match=message)


def test_close(case):
    """Numbers, arrays, tensors and structures of them are compared with tolerances."""
    case.assertAllClose(1.0, 1.0 + 1e-7)
    case.assertAllClose([1.0, np.nan], np.array([1.0, np.nan]))
    case.assertAllClose(tf.constant([1.0, 2.0]), [1.0, 2.0])
    case.assertAllClose({"a": [1.0], "b": ([1.0], [1.0, 2.0])}, {"a": [1.0], "b": ([1.0], [1.0, 2.0])})
    case.assertAllClose(Pair(1.0, [2.0]), {"a": 1.0, "b": [2.0]})
    case.assertAllClose([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]])
    case.assertNotAllClose(1.0, 2.0)
    with fails("not close where.*\n.*not close lhs = \\[2.\\]"):
        case.assertAllClose([1.0, 2.0], [1.0, 3.0])
    with fails("Shape mismatch: expected \\(1,\\), got \\(2,\\) with contents"):
        case.assertAllClose([1.0], [1.0, 2.0])
    with fails("b\\[x\\]\\[1\\]"):
        case.assertAllClose({"x": [[1.0], [2.0, 3.0]]}, {"x": [[1.0], [2.0, 4.0]]})
    with fails("mismatched keys: a has keys"):
        case.assertAllClose({"x": 1.0}, {"y": 1.0})
    with fails("Can't compare dict to non-dict", ValueError):
        case.assertAllClose({"x": 1.0}, [1.0])
    with fails("Mismatched length: a has 2 items, but b has 3", ValueError):
        case.assertAllClose([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0], 1.0])
    with fails("close at all elements"):
        case.assertNotAllClose(1.0, 1.0)
    with pytest.raises(TypeError) as found:
        case.assertAllClose("a", 1.0)
    assert "a has <class 'str'>" in found.value.__notes__[0]


def test_close_according_to_type(case):
    """The coarser type decides the tolerance."""
    one, other = np.float64(1.0), np.float64(1.0005)
    with fails("not close"):
        case.assertAllCloseAccordingToType(one, other)
    case.assertAllCloseAccordingToType(one.astype(np.float16), other)
    case.assertAllCloseAccordingToType(np.float32(1.0), np.float32(1.05), float_rtol=0.1)
    case.assertAllCloseAccordingToType(tf.bfloat16.as_numpy_dtype(1.0), 1.005)


def test_near(case):
    """Numbers and lists of them differ by no more than a number."""
    case.assertNear(1.0, 1.5, 0.5)
    case.assertNear(float("inf"), float("inf"), 0)
    case.assertArrayNear([1.0, 2.0], [1.1, 1.9], 0.2)
    case.assertNDArrayNear(np.ones(4), np.zeros(4), 2.1)
    with fails("1.000000 != 2.000000.*why"):
        case.assertNear(1, 2, 0.5, "why")
    with fails("2 != 1"):
        case.assertArrayNear([1.0, 2.0], [1.0], 1)
    with fails("is not true"):
        case.assertNDArrayNear(np.ones(4), np.zeros(4), 2.0)


def test_equal(case):
    """Arrays are equal in shape and elements."""
    case.assertAllEqual([1, 2], tf.constant([1, 2]))
    case.assertAllEqual(np.float16([np.nan, 1]), [np.nan, 1])
    case.assertAllEqual([b"a"], tf.constant(["a"]))
    case.assertNotAllEqual([1], [2])
    with fails("not equal where = .*\n.*not equal lhs = \\[2\\]"):
        case.assertAllEqual([1, 2], [1, 3])
    with fails("not equal rhs = 2"):
        case.assertAllEqual(1, 2)
    with fails("Shape mismatch: expected \\(\\), got \\(1,\\) Contents: \\[1\\]"):
        case.assertAllEqual(1, [1])
    with fails("equal at all elements"):
        case.assertNotAllEqual([1], [1])


def test_bounds(case):
    """Every element is on one side of a number, in a range or in a set."""
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    case.assertAllGreater(values, 0.5)
    case.assertAllGreaterEqual(values, 1)
    case.assertAllLess(values, 4.5)
    case.assertAllLessEqual(tf.constant(values), 4)
    case.assertAllInRange(values, 1, 4)
    case.assertAllInSet(values, {1, 2, 3, 4})
    case.assertDTypeEqual(values, np.float64)
    with fails("not greater than 1"):
        case.assertAllGreater(values, 1)
    with fails("not less than 4"):
        case.assertAllLess(values, 4)
    with fails("2 of the 4 element.*range \\(1, 4\\).\n?.*elements:\n  \\[0 0\\] : 1.0"):
        case.assertAllInRange(values, 1, 4, open_lower_bound=True, open_upper_bound=True)
    with fails("1 of the 2 element\\(s\\) are NaN"):
        case.assertAllInRange([np.nan, 1.0], 0, 1)
    with fails("\\.\\.\\.$"):
        case.assertAllInRange(np.arange(20.0), 30, 40)
    with fails("does not have an ordered numeric type"):
        case.assertAllInRange(["a"], 0, 1)
    with fails("1 unique element\\(s\\) are not in the set"):
        case.assertAllInSet(values, {1, 2, 3})
    with fails("float64"):
        case.assertDTypeEqual(values, np.float32)


def test_static_shapes(case):
    """A tensor's static shape is that of an array."""
    case.assertShapeEqual(np.zeros((2, 3)), tf.zeros([2, 3]))
    with fails("not equal"):
        case.assertShapeEqual(np.zeros((2, 3)), tf.zeros([2, 4]))
    with fails("must be a Numpy ndarray", TypeError):
        case.assertShapeEqual([1], tf.zeros([1]))
    with fails("must be a Tensor", TypeError):
        case.assertShapeEqual(np.zeros(1), [1])


def test_errors(case):
    """A block raises an error that a pattern or a function accepts."""
    error = tf.errors.InvalidArgumentError(None, tf.constant(1, name="c").op, "so not")
    with case.assertRaisesOpError("so not"):
        raise error
    with case.assertRaisesOpError("Caused by: c"):
        raise error
    with case.assertRaisesWithPredicateMatch(ValueError, lambda error: str(error) == "x"):
        raise ValueError("x")
    with fails("Exception of type <class 'ValueError'>: x"):
        with case.assertRaisesOpError("x"):
            raise ValueError("x")
    with fails("Exception of type .*: x"):
        with case.assertRaisesWithPredicateMatch(ValueError, "y"):
            raise ValueError("x")
    with fails("OpError not raised"):
        with case.assertRaisesOpError("x"):
            pass


def test_texts_and_devices(case):
    """Beginnings of texts, and devices however they are written."""
    case.assertStartsWith("tensor", "ten")
    case.assertDeviceEqual("/cpu:0", "/device:CPU:0")
    case.assertDeviceEqual(tf.DeviceSpec(job="a"), "/job:a")
    with fails("'tensor' does not start with 'sor' : 'why'"):
        case.assertStartsWith("tensor", "sor", "why")
    with fails("Devices /device:CPU:0 and /device:CPU:1 are not equal"):
        case.assertDeviceEqual("/cpu:0", "/cpu:1")


def test_protos(case):
    """Messages are equal to messages, or to text."""
    config = tf.ConfigProto(device_count={"CPU": 2})
    case.assertProtoEquals(tf.ConfigProto(device_count={"CPU": 2}), config)
    case.assertProtoEquals("device_count { key: 'CPU' value: 2 }", config)
    graph = tf.Graph()
    with graph.as_default():
        tf.no_op(name="n")
    case.assertProtoEqualsVersion("node { name: 'n' op: 'NoOp' }", graph.as_graph_def())
    with fails("value: 2"):
        case.assertProtoEquals("device_count { key: 'CPU' value: 3 }", config)
    with fails("Can't compare protos of type", TypeError):
        case.assertProtoEquals(3, config)
    nearly = tf.GPUOptions(per_process_gpu_memory_fraction=0.5 + 1e-12)
    case.assertProtoEquals("per_process_gpu_memory_fraction: 0.5", nearly)
    features = tf.train.Features(feature={"x": tf.train.Feature(float_list=tf.train.FloatList(value=[0.1]))})
    text = "feature { key: 'x' value { float_list { value: %s } } }"
    case.assertProtoEquals(text % "0.10000001", features)
    with fails("value: 0.2"):
        case.assertProtoEquals(text % "0.2", features)


def test_older_names(case):
    """The names that unittest had before Python 3.12."""
    case.assertItemsEqual([1, 2], [2, 1])
    case.assertEquals(1, 1)
    case.assertNotEquals(1, 2)
    case.assertAlmostEquals(1.0, 1.0 + 1e-9)
    case.assertRegexpMatches("abc", "b")
    case.assertNotRegexpMatches("abc", "d")
    case.assertDictContainsSubset({"a": 1}, {"a": 1, "b": 2})
    with case.assertRaisesRegexp(ValueError, "x"):
        raise ValueError("x")
    with fails("\\{"):
        case.assertDictContainsSubset({"a": 2}, {"a": 1, "b": 2})
