"""Whole programs draw TensorFlow 1.15.5's numbers from the graph's seed and the ops' seeds."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from perdure import tf
from perdure.functional.random.random import get_seed
from perdure.runtime.options import options
from tests import golden
from tests.oracle.random_programs import CLOSE_PROGRAMS, PROGRAMS, SEED

RECORDS = golden.read(str(Path(golden.FOLDER) / "random_programs.jsonl"))


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


# Compiled as well, which takes a second each; what differs for XLA is in these.
COMPILED = [
    "random_uniform-int",
    "random_normal",
    "random_shuffle",
    "multinomial",
    "random_gamma",
    "stateless_uniform",
    "glorot_uniform",
    "variance_scaling",
]


@pytest.mark.parametrize(
    ("name", "tier"), [*((name, "interpret") for name in PROGRAMS), *((name, "compile") for name in COMPILED)]
)
def test_same_bits(name, tier):
    """Both runs of a session give TensorFlow's bits; the second continues the stream."""
    tf.set_random_seed(SEED)
    output = PROGRAMS[name](tf)
    with options(tier=tier), tf.Session() as session:
        for expected in RECORDS[name]["runs"]:
            value = session.run(output)
            assert (value.dtype.name, list(value.shape)) == (expected["dtype"], expected["shape"])
            assert value.astype(np.float64).ravel()[:4].tolist() == expected["first"]
            digest = hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
            assert digest == expected["sha256"]


@pytest.mark.parametrize("name", CLOSE_PROGRAMS)
def test_close(name):
    """What goes through linear algebra agrees but for rounding."""
    tf.set_random_seed(SEED)
    output = CLOSE_PROGRAMS[name](tf)
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(output), RECORDS[name]["value"], atol=2e-6)


def test_sessions_repeat():
    """With a seed, each session starts the same stream anew."""
    drawn = tf.random_uniform([3], seed=1)
    values = []
    for _ in range(2):
        with tf.Session() as session:
            values.append([session.run(drawn), session.run(drawn)])
    np.testing.assert_array_equal(values[0], values[1])
    assert (values[0][0] != values[0][1]).all()


def test_unseeded():
    """Without any seed, sessions differ."""
    drawn = tf.random_uniform([3])
    values = []
    for _ in range(2):
        with tf.Session() as session:
            values.append(session.run(drawn))
    assert (values[0] != values[1]).any()


def test_seed_rules(graph):
    """The rules of tf.get_seed: graph seed, op seed, both, none, and never two zeros."""
    assert get_seed(None) == (None, None)
    assert get_seed(5) == (87654321, 5)
    assert get_seed(-1) == (87654321, 2**31 - 2)
    tf.set_random_seed(3)
    assert get_seed(5) == (3, 5)
    tf.constant(1.0)
    tf.constant(1.0)
    assert get_seed(None) == (3, 2)
    tf.set_random_seed(0)
    assert get_seed(0) == (0, 2**31 - 1)
    tf.set_random_seed(2**31)
    assert get_seed(7) == (1, 7)
    assert tf.get_seed(7) == (1, 7)


def test_random_crop():
    """A crop is a part of the value, and the same one as TensorFlow's."""
    tf.set_random_seed(SEED)
    image = np.arange(60).reshape(3, 4, 5)
    crop = tf.random_crop(tf.constant(image, tf.int32), [2, 3, 5])
    with tf.Session() as session:
        value = session.run(crop)
    row, column = value[0, 0, 0] // 20, value[0, 0, 0] % 20 // 5
    np.testing.assert_array_equal(value, image[row : row + 2, column : column + 3])


def test_random_crop_too_large():
    """A crop larger than the value is refused when it is run."""
    value = tf.placeholder(tf.float32, [None])
    crop = tf.random_crop(value, [3])
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Need value.shape >= size, got"):
            session.run(crop, {value: [1.0, 2.0]})


def test_uniform_refused():
    """Integers need an upper bound, and strings have no uniform distribution."""
    with pytest.raises(ValueError, match="Must specify maxval for integer dtype tf.int32"):
        tf.random_uniform([2], dtype=tf.int32)
    with pytest.raises(ValueError, match="Invalid dtype tf.string"):
        tf.random.stateless_uniform([2], [1, 2], dtype=tf.string)


def test_bad_bounds():
    """An empty range of integers is refused when it is run, naming the op."""
    drawn = tf.random_uniform([2], 5, 3, tf.int32, name="dice")
    with tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Need minval < maxval, got 5 >= 3"):
            session.run(drawn)


def test_sizes_from_a_tensor():
    """The shape may be a tensor, a TensorShape or have Dimensions in it."""
    sizes = tf.placeholder(tf.int32, [2])
    known = tf.TensorShape([2, 3])
    assert tf.random_normal(sizes).shape.as_list() == [None, None]
    assert tf.random_normal(known).shape.as_list() == [2, 3]
    assert tf.random_uniform([known[0], 5]).shape.as_list() == [2, 5]
    assert tf.truncated_normal([]).shape.as_list() == []
    with tf.Session() as session:
        assert session.run(tf.random_normal(sizes), {sizes: [4, 1]}).shape == (4, 1)
