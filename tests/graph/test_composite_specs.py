"""Specs of SparseTensor and IndexedSlices."""

import numpy as np
import pytest

from perdure import tf
from perdure.graph.type_spec import type_spec_from_value


def test_a_sparse_spec_has_three_parts_and_one_variant():
    spec = tf.SparseTensorSpec([None, 4], tf.int32)
    assert [part.shape.as_list() for part in spec._component_specs] == [[None, 2], [None], [2]]
    assert [part.dtype for part in spec._flat_tensor_specs] == [tf.variant]
    assert spec._batch(3) == tf.SparseTensorSpec([3, None, 4], tf.int32)
    assert spec._unbatch() == tf.SparseTensorSpec([4], tf.int32)
    with pytest.raises(ValueError, match="Unbatching"):
        tf.SparseTensorSpec([])._unbatch()


def test_values_have_specs():
    value = tf.SparseTensorValue(np.array([[0, 1]]), np.array([2], np.int32), np.array([3, 4]))
    assert type_spec_from_value(value) == tf.SparseTensorSpec([3, 4], tf.int32)
    assert type_spec_from_value(tf.SparseTensor.from_value(value)) == tf.SparseTensorSpec([3, 4], tf.int32)
    with pytest.raises(TypeError, match="Expected SparseTensor"):
        tf.SparseTensorSpec.from_value(3)


def test_slices_have_specs():
    slices = tf.IndexedSlices(tf.zeros([2, 3]), tf.constant([0, 5]), tf.constant([7, 3]))
    spec = type_spec_from_value(slices)
    assert spec == tf.IndexedSlicesSpec([7, 3], tf.float32, tf.int32, tf.int32, [2])
    assert [part.shape.as_list() for part in spec._component_specs] == [[2, 3], [2], [2]]
    parts = spec._to_tensor_list(slices)
    assert spec._from_tensor_list(parts).dense_shape is slices.dense_shape
    bare = type_spec_from_value(tf.IndexedSlices(tf.zeros([2, 3]), tf.constant([0, 5])))
    assert bare == tf.IndexedSlicesSpec([None, 3], tf.float32, tf.int32, None, [2])
