"""Arrays of tensors: what ops do with entries, and TensorFlow 1.15.5's words where they refuse."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.builder import g

EMPTY = np.zeros(0, np.int32)


def array(size=3, **attrs):
    return g.tensor_array_v3(size, tf.float32, tensor_array_name="foo", **attrs)


def written(entries, size=3, **attrs):
    handle, flow = array(size, **attrs)
    for index, value in entries:
        flow = g.tensor_array_write_v3(handle, index, value, flow)
    return handle, flow


def fed(value):
    return tf.placeholder_with_default(value, None)


def read(handle, flow, index=0, dtype=tf.float32):
    return g.tensor_array_read_v3(handle, index, flow, dtype)


def gathered(arguments, indices, dtype=tf.float32, shape=None):
    handle, flow = arguments
    return g.tensor_array_gather_v3(handle, indices, flow, dtype, element_shape=shape)


def scattered(arguments, indices, value):
    handle, flow = arguments
    return g.tensor_array_scatter_v3(handle, indices, value, flow)


def concatenated(arguments, shape=None):
    handle, flow = arguments
    return g.tensor_array_concat_v3(handle, flow, tf.float32, element_shape_except0=shape).value


def split(arguments, value, lengths):
    handle, flow = arguments
    return handle, g.tensor_array_split_v3(handle, value, lengths, flow)


def gradient(arguments, *entries):
    handle, flow = g.tensor_array_grad_v3(*arguments, "source")
    for index, value in entries:
        flow = g.tensor_array_write_v3(handle, index, value, flow)
    return handle, flow


def read_twice(clears):
    handle, flow = written([(0, 1.0)], clear_after_read=clears)
    first = read(handle, flow)
    with tf.control_dependencies([first]):
        return first + read(handle, flow)


def read_and_written(gradients):
    handle, flow = written([(0, 1.0)])
    if gradients:
        handle, flow = gradient((handle, flow), (0, 2.0))
    with tf.control_dependencies([read(handle, flow)]):
        return g.tensor_array_write_v3(handle, 0, 2.0, flow)


REFUSED = {
    "written behind the end": (
        lambda: written([(3, 1.0)])[1],
        "Tried to write to index 3 but array is not resizeable and size is: 3",
    ),
    "written before the start": (
        lambda: written([(-1, 1.0)], dynamic_size=True)[1],
        "Tried to write to index -1 but array is not resizeable and size is: 3",
    ),
    "written with another type": (
        lambda: written([(0, 1)])[1],
        "TensorArray dtype is float but Op is trying to write dtype int32.",
    ),
    "negative size": (lambda: array(-1)[1], "Size should be >= 0."),
    "size of a list": (lambda: array(fed([1, 2]))[1], "TensorArray size must be scalar, but had shape: [2]"),
    "index of a list": (
        lambda: written([(fed([0]), 1.0)])[1],
        "TensorArray index must be scalar, but had shape: [1]",
    ),
    "written twice": (
        lambda: written([(0, 1.0), (0, 1.0)])[1],
        "Could not write to TensorArray index 0 because it has already been written to.",
    ),
    "nothing there": (
        lambda: read(*array()),
        "Could not read from TensorArray index 0.  Furthermore, the element shape is not fully defined: "
        "<unknown>.  It is possible you are working with a resizeable TensorArray and stop_gradients is not "
        "allowing the gradients to be written.  If you set the full element_shape property on the forward "
        "TensorArray, the proper all-zeros tensor will be returned instead of incurring this error.",
    ),
    "read behind the end": (lambda: read(*array(), 7), "Tried to read from index 7 but array size is: 3"),
    "read before the start": (lambda: read(*array(), -1), "Tried to read from index -1 but array size is: 3"),
    "read twice": (
        lambda: read_twice(True),
        "Could not read index 0 twice because it was cleared after a previous read (perhaps try setting "
        "clear_after_read = false?).",
    ),
    "written when it was read": (
        lambda: read_and_written(False),
        "Could not write to TensorArray index 0 because it has already been read.",
    ),
    "read as another type": (
        lambda: read(*written([(0, 1.0)]), dtype=tf.int32),
        "TensorArray dtype is float but Op requested dtype int32.",
    ),
    "another shape": (
        lambda: written([(0, 1.0), (1, [1.0])], identical_element_shapes=True)[1],
        "Could not write to TensorArray index 1 because the value shape is [1] which is incompatible with "
        "the TensorArray's inferred element shape: [] (consider setting infer_shape=False).",
    ),
    "gathered behind the end": (
        lambda: gathered(array(), [5]),
        "Tried to read from index 5 but array size is: 3",
    ),
    "gathered of several shapes": (
        lambda: gathered(written([(0, 1.0), (1, [1.0])]), [0, 1]),
        "TensorArray has inconsistent shapes.  Index 0 has shape: [] but index 1 has shape: [1]",
    ),
    "gathered with another shape": (
        lambda: gathered(written([(0, 1.0)]), [0], shape=[2]),
        "TensorArray was passed element_shape [2] which does not match the Tensor at index 0: []",
    ),
    "gathered with a shape that is not the array's": (
        lambda: gathered(array(element_shape=[3]), [0], shape=[2]),
        "PartialTensorShape: Incompatible shapes during merge: [3] vs. [2]",
    ),
    "scattered behind the end": (
        lambda: scattered(array(), [0, 7], [1.0, 2.0]),
        "Max scatter index must be < array size (7 vs. 3)",
    ),
    "a scalar scattered": (
        lambda: scattered(array(), fed([0]), fed(1.0)),
        "Input value for unpack must be at least a vector but received shape: []",
    ),
    "scattered to a table": (
        lambda: scattered(array(), fed([[0]]), [1.0]),
        "Expected indices to be a vector, but received shape: [1,1]",
    ),
    "scalars concatenated": (
        lambda: concatenated(written([(0, 1.0)], 1)),
        "Concat saw a scalar shape at index 0 but requires at least vectors.  Did you mean to call pack?",
    ),
    "concatenated of several shapes": (
        lambda: concatenated(written([(0, [[1.0]]), (1, [[2.0, 3.0]])], 2)),
        "TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: [1] but index 1 "
        "has (excepting dimension 0) shape: [2]",
    ),
    "concatenated with another shape": (
        lambda: concatenated(written([(0, [[1.0]])], 1), shape=[3]),
        "TensorArray was passed element_shape_except0 [3] but index 0 has (excepting dimension 0) shape: [1] "
        "which does not match.",
    ),
    "split elsewhere": (
        lambda: split(array(2), [1.0, 2.0, 3.0], np.array([1, 1]))[1],
        "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is 2 and value's shape "
        "is: [3]",
    ),
    "split into more": (
        lambda: split(array(2), [1.0, 2.0, 3.0], np.array([1, 1, 1]))[1],
        "TensorArray's size is not equal to the size of lengths (2 vs. 3), and the TensorArray is not marked "
        "as dynamically resizeable",
    ),
    "a scalar split": (
        lambda: split(array(2), fed(1.0), np.array([1, 2]))[1],
        "Expected value to be at least a vector, but received shape: []",
    ),
    "gradients of gradients": (
        lambda: gradient(gradient(array()))[1],
        "Wrong input container. _tensor_array",
    ),
    "gradients of another shape": (
        lambda: gradient(written([(0, 1.0)]), (0, [2.0]))[1],
        "Could not aggregate to TensorArray index 0 because the existing shape is [] but the new input shape "
        "is [1].",
    ),
    "gradients behind the end": (
        lambda: gradient(written([(0, 1.0)], 1, dynamic_size=True), (2, 1.0))[1],
        "Tried to write to index 2 but array is not resizeable and size is: 1",
    ),
    "gradients written when they were read": (
        lambda: read_and_written(True),
        "Could not write to TensorArray index 0 because it has already been read.",
    ),
}


@pytest.mark.parametrize("build", REFUSED.values(), ids=REFUSED)
def test_refusals(build):
    """In TensorFlow's words."""
    fetch, words = build[0](), build[1]
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError) as refusal:
        session.run(fetch)
    assert words in refusal.value.message


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: gathered(array(), EMPTY), "element shape <unknown> is not fully defined. Currently only"),
        (lambda: concatenated(array(0)), "element_shape_except0 <unknown> is not fully defined. Currently"),
    ],
)
def test_nothing_has_no_shape(build, words):
    """Where no entry is there to tell it."""
    with tf.Session() as session, pytest.raises(tf.errors.UnimplementedError, match=words):
        session.run(build())


VALUES = {
    "zeros where nothing was written": (lambda: read(*array(element_shape=[2])), [0.0, 0.0]),
    "read twice": (lambda: read_twice(False), 2.0),
    "gathered": (lambda: gathered(written([(0, 1.0), (1, 2.0)]), [1, 0]), [2.0, 1.0]),
    "nothing gathered": (lambda: gathered(array(), EMPTY, shape=[2]), np.zeros((0, 2))),
    "concatenated": (lambda: concatenated(written([(0, [1.0]), (1, [2.0, 3.0])], 2)), [1.0, 2.0, 3.0]),
    "nothing concatenated": (lambda: concatenated(array(0), shape=[2]), np.zeros((0, 2))),
    "split": (lambda: read(*split(array(2), [1.0, 2.0, 3.0], np.array([1, 2])), 1), [2.0, 3.0]),
    "split and grown": (
        lambda: read(*split(array(0, dynamic_size=True), [1.0, 2.0, 3.0], np.array([1, 2])), 1),
        [2.0, 3.0],
    ),
    "gradients add up": (lambda: read(*gradient(written([(0, 1.0)]), (0, 2.0), (0, 3.0))), 5.0),
    "gradients are zeros at first": (lambda: read(*gradient(written([(0, [1.0, 2.0])]))), [0.0, 0.0]),
}


@pytest.mark.parametrize("build", VALUES.values(), ids=VALUES)
def test_values(build):
    """What is read again."""
    with tf.Session() as session:
        assert np.array_equal(session.run(build[0]()), build[1])


@pytest.mark.parametrize(("size", "dynamic", "expected"), [(3, False, 3), (3, True, 8), (0, True, 8)])
def test_size(size, dynamic, expected):
    """An array grows as far as it is written, if it may."""
    handle, flow = array(size, dynamic_size=dynamic)
    if dynamic:
        flow = g.tensor_array_scatter_v3(handle, [0, 7], [1.0, 2.0], flow)
    with tf.Session() as session:
        assert session.run(g.tensor_array_size_v3(handle, flow)) == expected


def test_each_step_has_its_own():
    """And so has each node; nothing stays."""
    handle, flow = written([(0, 1.0)])
    total = read(handle, flow)
    with tf.Session() as session:
        assert [session.run(total) for _ in range(2)] == [1.0, 1.0]


def test_gradients_of_a_batch_of_them():
    """An array of gradients may have sizes before those of the entries."""
    handle, flow = array(element_shape=[3])
    gradients = g.tensor_array_grad_with_shape(handle, flow, [2], "source")
    with tf.Session() as session:
        assert session.run(read(*gradients)).shape == (2, 3)


@pytest.mark.parametrize(
    ("element_shape", "identical", "expected"),
    [(None, False, None), ([2], False, [2]), ([None, 3], False, None), ([None, 3], True, [None, 3])],
)
def test_shapes_of_entries(element_shape, identical, expected):
    """Known while the graph is built if all of it is, or if all entries are said to have the same."""
    handle, flow = array(element_shape=element_shape, identical_element_shapes=identical)
    gradients = g.tensor_array_grad_v3(handle, flow, "source").grad_handle
    outer = g.tensor_array_grad_with_shape(handle, flow, [4], "source").grad_handle
    entered = g.switch(g.enter(handle, "frame"), True).output_true
    for inner in (handle, gradients, entered):
        shape = read(inner, flow).shape
        assert (None if shape.ndims is None else shape.as_list()) == expected
    shape = read(outer, flow).shape
    assert (None if shape.ndims is None else shape.as_list()) == (expected and [None, *expected])
