"""Compiled programs on disk: found again, told apart, harmless when broken."""

import gc

import numpy as np
import pytest

from perdure import tf
from perdure.runtime.options import options
from perdure.runtime.xla import compile as compile_module
from perdure.runtime.xla import program_cache


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compile_module, "_WORTH_KEEPING", 0.0)


def run(scale=2.0, cache=True, size=3, seed=1):
    """One compiled run of a program with a variable, random numbers and a check."""
    with tf.Graph().as_default(), options(tier="compile", cache=cache), tf.Session() as session:
        x = tf.placeholder(tf.int32, [None])
        v = tf.Variable(np.ones(size, np.float32))
        drawn = tf.random_uniform([size], seed=seed)
        with tf.control_dependencies([tf.assign_add(v, drawn)]):
            y = tf.gather(v.read_value() * scale, x)
        with options(tier="interpret"):
            session.run(tf.global_variables_initializer())
        results = [session.run(y, {x: [0, 2]}) for _ in range(2)]
        with pytest.raises(tf.errors.InvalidArgumentError, match="indices"):
            session.run(y, {x: [0, 9]})
        return results


def test_a_program_is_found_again(monkeypatch):
    """The second session compiles nothing, and computes the same."""
    first = run()
    (entry,) = program_cache.contents()
    monkeypatch.setattr(program_cache, "store", None)  # compiling again would call it
    np.testing.assert_array_equal(run(), first)
    assert [path for path, _ in program_cache.contents()] == [entry[0]]


@pytest.mark.parametrize("change", [{"scale": 3.0}, {"size": 4}])
def test_other_programs_have_other_files(change):
    """Constants and shapes are part of what a program is found by; the seed is an argument."""
    run()
    run(seed=5)
    assert len(program_cache.contents()) == 1
    run(**change)
    assert len(program_cache.contents()) == 2


def test_broken_files_are_ignored():
    """Whatever is in the file, the program is compiled anew."""
    first = run()
    ((path, _),) = program_cache.contents()
    path.write_bytes(b"no program")
    np.testing.assert_array_equal(run(), first)
    assert path.stat().st_size > 100


def test_no_file_without_the_option():
    """`options(cache=False)` keeps nothing."""
    run(cache=False)
    assert program_cache.contents() == []


def test_old_programs_make_room(monkeypatch):
    """The limit holds; clearing tells how many there were."""
    run()
    run(scale=5.0)
    assert program_cache.clear() == 2
    monkeypatch.setattr(program_cache, "_LIMIT", 10)
    run()
    assert program_cache.contents() == []


def test_loaded_programs_share_the_mark_for_any_layout():
    """JAX's caches compare it by identity: with marks of their own, programs would fill them."""
    mark = pytest.importorskip("jax._src.layout").AutoLayout
    run()
    ((path, _),) = program_cache.contents()
    program = program_cache.load(path.name)
    assert program is not None
    assert [item for item in gc.get_objects() if type(item) is type(mark)] == [mark]
