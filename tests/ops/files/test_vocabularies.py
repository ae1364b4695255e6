"""What the oracle does not show: inputs that TensorFlow ends the process for, and how much is read."""

import numpy as np
import pytest

from perdure import tf
from perdure.formats.bundle.reader import Bundle

ROWS = np.arange(14, dtype=np.float32).reshape(7, 2)


@pytest.fixture(params=[None, tf.fixed_size_partitioner(3), tf.fixed_size_partitioner(2, axis=1)])
def path(request, tmp_path):
    """A checkpoint of a matrix, whole and in parts."""

    def rows(shape, dtype=None, partition_info=None):
        offset = (0, 0) if partition_info is None else partition_info.var_offset
        ends = zip(offset, shape, strict=True)
        return tf.constant(ROWS[tuple(slice(start, start + size) for start, size in ends)])

    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("m", [7, 2], initializer=rows, partitioner=request.param)
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, str(tmp_path / "model"), write_meta_graph=False)


def load(path, **arguments):
    given = {
        "ckpt_path": path,
        "old_tensor_name": "m",
        "row_remapping": [5, 2, 3],
        "col_remapping": [],
        "initializing_values": [],
        "num_rows": 3,
        "num_cols": 2,
    }
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(tf.raw_ops.LoadAndRemapMatrix(**{**given, **arguments}))


@pytest.mark.parametrize("most", [-1, 1, 2, 3, 100])
def test_rows_are_read_a_few_at_a_time(path, most, monkeypatch):
    """From the first that is wanted to the last, and no others."""
    read, seen = Bundle.read, []

    def noting(self, name, part=None):
        seen.append(part.extents[0])
        return read(self, name, part)

    monkeypatch.setattr(Bundle, "read", noting)
    np.testing.assert_array_equal(load(path, max_rows_in_memory=most), ROWS[[5, 2, 3]])
    sizes = {-1: [4], 1: [1, 1, 1, 1], 2: [2, 2], 3: [3, 1], 100: [4]}[most]
    assert [size for _, size in seen] == sizes and seen[0][0] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ckpt_path": ["a", "b"]}, "ckpt_path tensor must be scalar"),
        ({"row_remapping": [[1, 0]], "num_rows": 2}, "rank 1"),
        ({"col_remapping": 1, "num_cols": 1}, "rank 1"),
        ({"col_remapping": [0, 2]}, "Extent in dimension 1 out of bounds"),
    ],
)
def test_refused(path, arguments, message):
    with pytest.raises((ValueError, tf.errors.OpError), match=message):
        load(path, **arguments)


def test_shapes_that_are_fed_are_checked(path):
    with tf.Graph().as_default(), tf.Session() as session:
        rows = tf.placeholder(tf.int64)
        matrix = tf.raw_ops.LoadAndRemapMatrix(
            ckpt_path=path,
            old_tensor_name="m",
            row_remapping=rows,
            col_remapping=[],
            initializing_values=[],
            num_rows=1,
            num_cols=2,
        )
        with pytest.raises(tf.errors.InvalidArgumentError, match="row_remapping must be a vector"):
            session.run(matrix, {rows: 1})
