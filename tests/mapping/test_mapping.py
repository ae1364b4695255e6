"""The graphs of map_fn, folds and scan; their values are compared with TensorFlow's in tests/oracle."""

import pytest

from perdure import tf
from perdure.mapping.folds import foldl, foldr, scan
from perdure.mapping.mapping import map_fn


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_rows_come_from_one_array_and_go_to_another(graph):
    x = tf.placeholder(tf.float32, [3, 2])
    result = map_fn(lambda row: row * 2.0, x)
    assert result.shape.as_list() == [3, 2]
    types = [op.type for op in graph.get_operations() if op.type.startswith("TensorArray")]
    assert types == [
        "TensorArrayV3",
        "TensorArrayScatterV3",
        "TensorArrayV3",
        "TensorArrayReadV3",
        "TensorArrayWriteV3",
        "TensorArraySizeV3",
        "TensorArrayGatherV3",
    ]


def test_nests_are_packed_as_the_types_say():
    x, y = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.int32, [3])
    result = map_fn(lambda row: {"a": row[1], "b": row[0]}, (x, y), dtype={"a": tf.int32, "b": tf.float32})
    assert result["a"].dtype is tf.int32 and result["b"].shape.as_list() == [None, 2]


def test_arguments_are_checked():
    for function in (map_fn, foldl, foldr, scan):
        with pytest.raises(TypeError, match="fn must be callable"):
            function(3, [1.0])
    with pytest.raises(ValueError, match="elems must be a 1\\+ dimensional Tensor, not a scalar"):
        map_fn(lambda row: row, 1.0)
    with pytest.raises(TypeError, match="To perform a map on the values of a sparse tensor"):
        map_fn(lambda row: row, tf.SparseTensor([[0, 1]], [1.0], [2, 3]))
    with pytest.raises(ValueError, match="don't have the same nested structure"):
        scan(lambda before, row: (before, row), tf.zeros([3]))


def test_variables_are_cached_in_the_function_only():
    def failing(row):
        assert tf.get_variable_scope().caching_device is not None
        raise KeyError

    with pytest.raises(KeyError):
        map_fn(failing, tf.zeros([3]))
    assert tf.get_variable_scope().caching_device is None


def test_folds_start_from_a_row_or_from_the_initializer():
    x = tf.placeholder(tf.float32, [3, 2])
    assert foldl(lambda before, row: before * row, x).name == "foldl/while/Exit_2:0"
    assert foldr(lambda before, row: before + row, x, initializer=tf.zeros([2])).shape.as_list() == [2]
    both = scan(lambda before, row: (before[0] + row, before[1]), x, initializer=(tf.zeros([2]), 1))
    assert [part.shape.as_list() for part in both] == [[3, 2], [3]]
