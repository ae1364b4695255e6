"""Descriptions of values: equality, compatibility, merging, lists of tensors."""

import pickle

import numpy as np
import pytest

from perdure import tf
from perdure.graph.composite import CompositeTensor
from perdure.graph.type_spec import BoundedTensorSpec, TypeSpec, type_spec_from_value


def test_a_tensor_spec_says_what_it_describes():
    spec = tf.TensorSpec([None, 3], tf.int32, "x")
    assert repr(spec) == "TensorSpec(shape=(?, 3), dtype=tf.int32, name='x')"
    assert spec == tf.TensorSpec([None, 3], tf.int32, "x") != tf.TensorSpec([None, 3], tf.int32)
    assert {spec: 1}[tf.TensorSpec([None, 3], tf.int32, "x")] == 1
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert spec.is_compatible_with(tf.zeros([2, 3], tf.int32))
    assert not spec.is_compatible_with(tf.zeros([2, 4], tf.int32))
    assert not spec.is_compatible_with(tf.zeros([2, 3]))


def test_specs_merge_to_the_narrowest_that_covers_both():
    one, other = tf.TensorSpec([2, 3], tf.int32), tf.TensorSpec([2, 4], tf.int32)
    assert one.most_specific_compatible_type(other) == tf.TensorSpec([2, None], tf.int32)
    with pytest.raises(ValueError, match="Types are not compatible"):
        one.most_specific_compatible_type(tf.TensorSpec([2, 3], tf.float32))
    with pytest.raises(ValueError, match="No TypeSpec is compatible"):
        tf.SparseTensorSpec([2]).most_specific_compatible_type(one)
    sparse = tf.SparseTensorSpec([2, 3]).most_specific_compatible_type(tf.SparseTensorSpec([5, 3]))
    assert sparse == tf.SparseTensorSpec([None, 3])


def test_values_have_specs():
    assert type_spec_from_value(tf.zeros([2])) == tf.TensorSpec([2], tf.float32)
    assert type_spec_from_value(np.zeros([2], np.int8)) == tf.TensorSpec([2], tf.int8)
    assert type_spec_from_value([tf.zeros([2]), tf.zeros([2])]) == tf.TensorSpec([2, 2], tf.float32)
    assert type_spec_from_value(3).dtype == tf.int32
    with pytest.raises(TypeError, match="Could not build a TypeSpec"):
        type_spec_from_value(object())


def test_a_spec_checks_the_tensors_it_makes_a_value_of():
    spec = tf.TensorSpec([2], tf.float32)
    (tensor,) = spec._to_tensor_list([1.0, 2.0])
    assert spec._from_tensor_list([tensor]) is tensor
    with pytest.raises(ValueError, match="wrong number of tensors"):
        spec._from_tensor_list([tensor, tensor])
    with pytest.raises(ValueError, match="is incompatible with"):
        spec._from_tensor_list([tf.zeros([3])])
    with pytest.raises(ValueError, match="is not convertible to a tensor"):
        spec._to_tensor_list(["a"])
    with pytest.raises(ValueError, match="Unbatching a tensor"):
        tf.TensorSpec([], tf.float32)._unbatch()


def test_bounds_are_part_of_a_spec():
    spec = BoundedTensorSpec([2], tf.int32, 0, [5, 6])
    assert spec.maximum.tolist() == [5, 6] and not spec.minimum.flags.writeable
    assert spec == BoundedTensorSpec([2], tf.int32, 0, [5, 6]) != BoundedTensorSpec([2], tf.int32, 0, [5, 7])
    with pytest.raises(ValueError, match="must be provided"):
        BoundedTensorSpec([2], tf.int32, None, 3)
    with pytest.raises(ValueError, match="maximum is not compatible with shape"):
        BoundedTensorSpec([2], tf.int32, 0, [1, 2, 3])


class Pair(CompositeTensor):
    def __init__(self, one, other):
        self.parts = one, other

    _type_spec = property(lambda self: PairSpec())


class PairSpec(TypeSpec):
    _component_specs = (tf.TensorSpec([], tf.float32),) * 2

    def _to_components(self, value):
        return value.parts

    def _from_components(self, components):
        return Pair(*components)

    def _serialize(self):
        return ()


def test_values_of_a_programs_own_are_structure_if_asked():
    tensors = [tf.constant(1.0), tf.constant(2.0)]
    pair = Pair(*tensors)
    assert tf.nest.flatten(pair) == [pair]
    assert tf.nest.flatten([pair], expand_composites=True) == tensors
    (packed,) = tf.nest.pack_sequence_as([pair], tensors[::-1], expand_composites=True)
    assert packed.parts == tuple(tensors[::-1])
    assert PairSpec()._to_tensor_list(pair) == tensors
