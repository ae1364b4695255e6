"""By what programs on disk are found: what decides over a program decides over its key."""

import jax
import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.runtime.options import options
from perdure.runtime.xla import compile as compile_module
from perdure.runtime.xla import program_cache, program_keys, sharing
from tests.test_layering import ALLOWED

scaled = perdure.op("ScaledOfProgramKeys", inputs=["x: float"], outputs=["y: float"])
FACTOR = 2.0


@scaled.shape
def scaled_shape(x):
    return x


def factor():
    return FACTOR


def from_closure(value):
    return lambda xp, x: x * xp.asarray(value, x.dtype)


def from_default(value):
    def kernel(xp, x, factor=value):
        return x * xp.asarray(factor, x.dtype)

    return lambda xp, x: kernel(xp, x)


def from_global(value):
    global FACTOR
    FACTOR = value
    return lambda xp, x: x * xp.asarray(FACTOR, x.dtype)


def from_function(value):
    global FACTOR
    FACTOR = value
    return lambda xp, x: x * xp.asarray(factor(), x.dtype)


def from_object(value):
    class Scale:
        amount = value

        def of(self, x):
            return x * np.float32(self.amount)

    scale = Scale()
    return lambda xp, x: scale.of(x)


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compile_module, "_WORTH_KEEPING", 0.0)


def run(kernel, in_a_branch=False):
    """What a program with the op computes, as if in a new process, and whether it was found."""
    sharing._in_use.clear()
    scaled.kernel(kernel)
    with tf.Graph().as_default(), options(tier="compile"), tf.Session() as session:
        x = tf.placeholder(tf.float32, [2])
        y = tf.cond(x[0] > 0, lambda: scaled(x) * 1.0, lambda: x) if in_a_branch else scaled(x)
        found = session.run(tf.reduce_sum(y) + 1.0, {x: [1.0, 2.0]})
        (unit,) = list(session._executables.values())[-1].units
        (specialisation,) = unit.specialisations.values()
        return float(found), specialisation.program.from_cache


@pytest.mark.parametrize("in_a_branch", [False, True])
@pytest.mark.parametrize("way", [from_closure, from_default, from_global, from_function, from_object])
def test_an_op_of_the_users_own_is_what_its_kernel_computes(way, in_a_branch):
    """Wherever the kernel takes its numbers from; the program is found again if it is the same."""
    assert run(way(2.0), in_a_branch) == (7.0, False)
    assert run(way(5.0), in_a_branch) == (16.0, False)
    assert run(way(2.0), in_a_branch) == (7.0, True)


def test_a_kernel_that_calls_back_is_not_kept():
    """Its program holds the address of a function of this process."""

    def kernel(xp, x):
        return jax.pure_callback(lambda v: np.asarray(v) * 2, jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    assert run(kernel) == (7.0, False)
    assert program_cache.contents() == []
    assert run(kernel) == (7.0, False)


def key(make):
    """The key of the program of `make(x)`."""
    keys = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compile_module, "key_of", lambda *given: keys.append(program_keys.key_of(*given)))
        with tf.Graph().as_default(), options(tier="compile"), tf.Session() as session:
            x = tf.placeholder(tf.float32, [2, 2])
            session.run(make(x), {x: np.eye(2)})
    return keys[-1]


def test_settings_of_jax_are_part_of_it():
    """Those of the process, and those of a block; what only logs is not."""

    def product(x):
        return tf.matmul(x, x) + 1.0

    plain = key(product)
    assert plain == key(product)
    with jax.default_matmul_precision("highest"):
        assert key(product) != plain
    with jax.log_compiles(False):
        assert key(product) == plain


def test_what_makes_an_input_is_part_of_it():
    """Random numbers that are scaled are traced in another way, also if another unit draws them."""

    def scaled_by_two(make):
        return lambda x: make(x) * 2.0 + tf.py_func(np.tanh, [x], tf.float32)

    on_the_host = tf.Print
    assert key(scaled_by_two(lambda x: on_the_host(x, []))) != key(
        scaled_by_two(lambda x: tf.py_func(np.tanh, [x], tf.float32))
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda x: tf.reduce_sum(x, 0) + 1.0,
        lambda x: tf.reduce_sum(x, 1) + 2.0,
        lambda x: tf.reduce_sum(x, 1) - 1.0,
        lambda x: [tf.reduce_sum(x, 1) + 1.0, x * 2.0],
        lambda x: tf.reduce_sum(x, 1, keepdims=True) + 1.0,
    ],
)
def test_other_programs_have_other_keys(change):
    """Axes, constants, types of operations, what is fetched, attributes."""
    assert key(change) != key(lambda x: tf.reduce_sum(x, 1) + 1.0)


def test_the_sources_of_all_rooms_that_programs_come_from_are_part_of_it():
    """Whatever the runtime may import."""
    assert set(program_keys.ROOMS) == {"runtime", *ALLOWED["runtime"]}


def test_without_sources_nothing_is_kept(monkeypatch, tmp_path):
    """Nobody knows which perdure made a program then."""
    monkeypatch.setattr(perdure, "__file__", str(tmp_path / "__init__.py"))
    program_keys._environment.cache_clear()
    try:
        assert key(lambda x: x + 1.0) is None
        assert run(from_closure(2.0)) == (7.0, False)
    finally:
        program_keys._environment.cache_clear()
    assert program_cache.contents() == []


def test_an_attribute_that_cannot_be_described_has_no_key():
    """What prints the same may be something else."""
    with pytest.raises(program_keys._Indescribable):
        program_keys._described([1, object()])
