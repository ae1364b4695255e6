"""jax is imported by the first compilation, and not before."""

import subprocess
import sys

COLD = """
import sys
import numpy as np
from perdure import tf

x = tf.placeholder(tf.float32, [None, 3])
w = tf.get_variable("w", [3, 1])
loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - 1.0))
train = tf.train.AdamOptimizer(0.1).minimize(loss)
picked = tf.cond(loss > 0.5, lambda: tf.gather(w, [0]), lambda: tf.gather(w, [1]))
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(20):
        session.run([train, loss], {x: np.ones((4, 3))})
    session.run([picked, tf.reshape(w, tf.shape(x)[1:])], {x: np.ones((4, 3))})
    try:
        session.run(tf.gather(w, 7))
    except tf.errors.InvalidArgumentError:
        pass
    print(session.explain([train, loss], [x]).count("cluster"))
print("jax" in sys.modules)
"""

HOT = """
import sys
import numpy as np
from perdure import tf
from perdure.runtime.options import options

x = tf.placeholder(tf.float32, [2])
y = tf.tanh(x) * 2.0
with tf.Session() as session:
    print("jax" in sys.modules)
    session.run(y, {x: [1, 2]})
    print("jax" in sys.modules)
    with options(tier="interpret"):
        session.run(y, {x: [1, 2]})
    print("jax" in sys.modules)
    with options(tier="compile"):
        session.run(y, {x: [1, 2]})
    print("jax" in sys.modules)
"""


def printed(program):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_script_that_never_gets_hot_never_imports_it():
    """Training, conditionals, errors and `explain` included."""
    clusters, imported = printed(COLD)
    assert int(clusters) > 0 and imported == "False"


def test_the_first_compilation_imports_it():
    """Not the session, and not an interpreted step."""
    assert printed(HOT) == ["False", "False", "False", "True"]
