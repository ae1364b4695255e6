"""Segments and counting (nodes: tests/oracle/programs/reductions.py)."""

import numpy as np
import pytest

from perdure import tf
from perdure.functional.math.counting import (
    histogram_fixed_width,
    histogram_fixed_width_bins,
    remove_squeezable_dimensions,
)

DATA = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_unsorted_means():
    """Rows with a negative id are dropped; empty segments are 0."""
    ids = [2, -1, 2]
    assert run(tf.unsorted_segment_mean(DATA, ids, 3)).tolist() == [[0, 0], [0, 0], [3, 4]]
    expected = [[0, 0], [0, 0], [6 / np.sqrt(2), 8 / np.sqrt(2)]]
    np.testing.assert_allclose(run(tf.unsorted_segment_sqrt_n(DATA, ids, 3)), expected)


def test_sparse_segments():
    """Rows are chosen, then summed by segment; the number of segments may be given."""
    assert run(tf.sparse_segment_sum(DATA, [0, 2], [0, 1])).tolist() == [[1, 2], [5, 6]]
    assert run(tf.sparse_segment_mean(DATA, [0, 2], [0, 0], num_segments=2)).tolist() == [[3, 4], [0, 0]]
    np.testing.assert_allclose(run(tf.sparse_segment_sqrt_n(DATA, [0, 2], [0, 0])), [[6, 8] / np.sqrt(2)])


def test_messages():
    """What is wrong with ids is said in TensorFlow's words."""
    ids = tf.placeholder(tf.int32, [None])
    sums = tf.segment_sum(DATA, ids)
    for wrong, words in (
        ([0, 2, 1], "segment ids are not increasing"),
        ([0, 1], "same size as dimension 0"),
        ([-1, 0, 0], r"Segment id -1 out of range \[0, 1\)"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=words):
            run(sums, {ids: wrong})
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"segment_ids\[1\] = 3 is out of range"):
        run(tf.unsorted_segment_sum(DATA, ids, 3), {ids: [0, 3, 1]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="does not start with segment_ids.shape"):
        run(tf.unsorted_segment_sum(tf.placeholder_with_default(DATA, None), ids, 3), {ids: [0, 1]})
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"Bad: indices\[0\] == 3 out of range \[0, 3\)"):
        run(tf.sparse_segment_sum(DATA, ids, [0]), {ids: [3]})
    with pytest.raises(ValueError, match="must be non-negative but is -1"):
        tf.unsorted_segment_sum(DATA, [0, 0, 0], -1)


def test_bincount():
    """Counts, least and greatest lengths, weights."""
    assert run(tf.bincount([1, 3, 1])).tolist() == [0, 2, 0, 1]
    assert run(tf.bincount([1, 3, 1], minlength=5, dtype=tf.float32)).tolist() == [0, 2, 0, 1, 0]
    assert run(tf.bincount([1, 3, 1], maxlength=2)).tolist() == [0, 2]
    assert run(tf.bincount([1, 3, 1], weights=[0.5, 1.0, 2.0])).tolist() == [0, 2.5, 0, 1]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Input arr must be non-negative"):
        run(tf.bincount([1, -3]))


def test_histogram():
    """Values outside the range count for the first or last bin."""
    values = [-1.0, 0.0, 1.5, 2.0, 5.0, 15]
    assert run(histogram_fixed_width(values, [0.0, 5.0], 5)).tolist() == [2, 1, 1, 0, 2]
    assert run(histogram_fixed_width(values, [0.0, 5.0], 5, tf.int64)).dtype == np.int64
    assert run(histogram_fixed_width_bins(values, [0.0, 5.0], 5)).tolist() == [0, 0, 1, 2, 4, 4]
    assert run(histogram_fixed_width_bins(values, [0.0, 5.0], 5, tf.float32)).dtype == np.int32
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"but got '\[5.0, 0.0\]'"):
        run(histogram_fixed_width(values, [5.0, 0.0]))
    with pytest.raises(ValueError, match="Requires nbins > 0: 0"):
        histogram_fixed_width(values, [0.0, 5.0], 0)


def test_squeezable_dimensions():
    """A last axis of size 1 that only one has is dropped."""
    labels, predictions = remove_squeezable_dimensions(tf.zeros([3]), tf.zeros([3, 1]))
    assert labels.shape == predictions.shape == [3]
    labels, predictions = remove_squeezable_dimensions(tf.zeros([3, 1]), tf.zeros([3]))
    assert labels.shape == predictions.shape == [3]
    labels, predictions = remove_squeezable_dimensions(tf.zeros([3]), tf.zeros([3, 4]), 1)
    assert labels.shape == [3] and predictions.shape == [3, 4]
