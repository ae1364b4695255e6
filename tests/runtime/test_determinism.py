"""The same program gives the same bits, cache of programs or not, and changes tiers at the same step."""

import os
import subprocess
import sys

import pytest

PROGRAM = """
import sys
import numpy as np
from perdure import tf
from perdure.runtime.execution.cluster import Cluster

tf.set_random_seed(5)
x = tf.placeholder(tf.float32, [None, 64])
hidden = tf.nn.dropout(tf.layers.dense(x, 256, tf.nn.tanh), keep_prob=0.5)
noise = tf.random_normal(tf.shape(hidden))
loss = tf.reduce_mean(tf.square(tf.layers.dense(hidden + 0.1 * noise, 64) - x))
train = tf.train.AdamOptimizer(0.01).minimize(loss)
feeds = {x: np.random.RandomState(0).rand(256, 64)}
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    switched = []
    for step in range(150):
        print(session.run([train, loss], feeds)[1].tobytes().hex())
        if not switched and "jax" in sys.modules:
            switched.append(step)
    for value in session.run(tf.global_variables()):
        print(value.tobytes().hex()[:4000])
    print("compiled in step", *switched)
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """What the program prints with an empty cache, and with a full one and other hashes of strings."""
    folder = tmp_path_factory.mktemp("cache")
    printed = []
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder), "PYTHONHASHSEED": hash_seed}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True
        )
        printed.append(done.stdout.splitlines())
    assert list(folder.rglob("programs/*"))
    return printed


def test_same_bits(runs):
    """Losses and variables of all steps, interpreted ones and compiled ones."""
    assert runs[0] == runs[1]
    assert len(set(runs[0])) > 150


def test_the_step_of_the_switch_is_that_of_the_graph(runs):
    """The program became hot neither at once nor never."""
    words = runs[0][-1].split()
    assert words[:-1] == ["compiled", "in", "step"] and 0 < int(words[-1]) < 145
