"""What compiling leaves as it was: the process around it, and the program's own use of JAX."""

import subprocess
import sys

import jax
import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options
from perdure.runtime.xla import device

STATE = """
import logging, os, signal, sys, warnings
import numpy as np
import perdure
from perdure import tf

def state():
    import jax
    loggers = {
        name: (logger.level, logger.propagate, logger.disabled, logger.handlers[:], logger.filters[:])
        for name, logger in logging.root.manager.loggerDict.items()
        if isinstance(logger, logging.Logger)
    }
    return {
        "settings": {name: repr(getattr(jax.config, name, None)) for name in jax.config.values},
        "loggers": loggers,
        "root": (logging.root.level, logging.root.handlers[:], logging.root.filters[:]),
        **process(),
    }

def process():
    return {
        "environment": dict(os.environ),
        "warnings": warnings.filters[:],
        "signals": {number: signal.getsignal(number) for number in signal.valid_signals()},
        "hooks": (sys.excepthook, sys.displayhook, sys.unraisablehook, sys.getrecursionlimit()),
        "numpy": (np.geterr(), np.random.get_state()[1].tolist(), np.get_printoptions()),
    }

def step():
    x = tf.placeholder(tf.float32, [4])
    v = tf.Variable([1.0, 2.0, 3.0, 4.0])
    y = tf.assign_add(v, tf.tanh(x) * 2.0 + tf.random_uniform([4], seed=1))
    with perdure.options(tier="compile"), tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(y, {x: [1, 2, 3, 4]})
"""
BEFORE_JAX = """
before = process()
step()
after = process()
print([name for name in before if before[name] != after[name]])
"""
BESIDE_JAX = """
import jax
before = state()
step()
after = state()
print([name for name in before if before[name] != after[name]])
"""
# Neither the clients of JAX's platforms are made nor is the number of devices settled.
THEN_SET_UP = """
step()
import jax
jax.config.update("jax_num_cpu_devices", 3)
print(len(jax.devices("cpu")))
step()
print(float(jax.jit(lambda x: x + 1.0)(1.0)), jax.numpy.ones(2).dtype)
"""


def printed(program):
    done = subprocess.run([sys.executable, "-c", STATE + program], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_the_process_does_not_notice_that_jax_is_imported():
    """Environment variables, random numbers, warnings, signals and hooks are as they were."""
    assert printed(BEFORE_JAX) == ["[]"]


def test_a_program_that_uses_jax_sees_no_difference():
    """Nor are JAX's settings and loggers others."""
    assert printed(BESIDE_JAX) == ["[]"]


@pytest.mark.skipif(not device._is_processor(), reason="JAX has to be asked which device it would take")
def test_jax_can_be_set_up_afterwards():
    """How many devices there are can be said only before JAX's first use, which compiling is not."""
    assert printed(THEN_SET_UP) == ["3", "2.0 float32"]


@pytest.mark.parametrize(
    "setting",
    [
        lambda: jax.numpy_dtype_promotion("strict"),
        lambda: jax.numpy_rank_promotion("raise"),
        lambda: jax.disable_jit(),
        lambda: jax.enable_x64(True),
    ],
)
def test_programs_do_not_depend_on_settings_of_jax(setting):
    """Kernels broadcast and mix types, and are compiled, whatever the program asks of its own JAX code."""
    x = tf.placeholder(tf.float32, [2, 3])
    y = tf.reduce_sum(x + tf.constant([1.0, 2.0, 3.0]) * tf.cast(tf.shape(x)[0], tf.float32), 1)
    with tf.Session() as session, options(tier="compile"):
        with setting():
            found = session.run(y, {x: np.zeros((2, 3))})
        (unit,) = list(session._executables.values())[-1].units
        assert all(s.program is not None for s in unit.specialisations.values())
    assert found.tolist() == [12, 12]


def test_there_is_one_device():
    """Made once: what is on a device of another client cannot be handed to a program."""
    assert device.device() is device.device()
    assert device.device().platform == jax.default_backend()
