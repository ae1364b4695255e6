"""Compiled programs on disk: found again, told apart, harmless when broken."""

import errno
import gc
import os
import pickle
import threading
from pathlib import Path

import numpy as np
import pytest

from perdure import tf
from perdure.cli.doctor import cached_programs
from perdure.runtime.options import options
from perdure.runtime.xla import compile as compile_module
from perdure.runtime.xla import program_cache, sharing


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(compile_module, "_WORTH_KEEPING", 0.0)


def run(scale=2.0, cache=True, size=3, seed=1):
    """One compiled run of a program with a variable, random numbers and a check, as if in a new process."""
    sharing._in_use.clear()
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


@pytest.mark.parametrize("place", [0, 8, 80, 110, 300, -1])
def test_a_flipped_bit_is_noticed_before_anything_is_read(place, monkeypatch):
    """XLA would run what is in the file; the file is deleted, since each process would find it."""
    run()
    ((path, _),) = program_cache.contents()
    content = bytearray(path.read_bytes())
    content[place] ^= 0x10
    path.write_bytes(content)
    monkeypatch.setattr(pickle, "loads", None)
    assert program_cache.load(path.name) is None
    assert not path.exists()


def test_a_file_of_another_program_is_ignored():
    """Whoever renamed it."""
    first = run()
    ((path, _),) = program_cache.contents()
    run(scale=3.0)
    (other,) = {other for other, _ in program_cache.contents()} - {path}
    path.write_bytes(other.read_bytes())
    np.testing.assert_array_equal(run(), first)


def test_a_file_that_is_cut_off_is_ignored():
    """At any place."""
    run()
    ((path, size),) = program_cache.contents()
    content = path.read_bytes()
    for length in (0, 5, 72, 104, 105, size // 2, size - 1):
        path.write_bytes(content[:length])
        assert program_cache.load(path.name) is None


def test_a_folder_that_cannot_be_written_is_read(monkeypatch):
    """That a program was used need not be noted."""
    run()
    monkeypatch.setattr(os, "utime", refusing(errno.EROFS))
    monkeypatch.setattr(program_cache, "store", None)  # compiling again would call it
    run()


def refusing(number):
    """A function that the system refuses to carry out."""

    def refuse(*arguments, **keywords):
        raise OSError(number, os.strerror(number))

    return refuse


def test_without_a_home_nothing_is_kept(monkeypatch, capsys):
    """Neither does compiling fail, nor anything else."""

    def unknown():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", unknown)
    run()
    assert program_cache.folder() is None
    assert program_cache.contents() == [] and program_cache.clear() == 0
    assert cached_programs(clear=True) == 0
    assert "no home folder" in capsys.readouterr().out


def test_a_relative_folder_is_none(monkeypatch):
    """Programs are not kept wherever the process happens to be."""
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    monkeypatch.setattr(Path, "home", lambda: Path("there"))
    assert program_cache.folder() is None
    monkeypatch.setattr(Path, "home", lambda: Path("/there"))
    assert program_cache.folder() == Path("/there/.cache/perdure/programs")


def test_a_full_disk_leaves_nothing_behind(monkeypatch):
    """Nor does an interrupt while the file is written."""
    where = program_cache.folder()
    monkeypatch.setattr(os, "replace", refusing(errno.ENOSPC))
    run()
    assert list(where.iterdir()) == []

    def interrupt(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        program_cache._write(where / "0", b"content")
    assert list(where.iterdir()) == []


def test_what_a_killed_process_left_is_deleted():
    """After an hour, or when all is; it is no program, and what is none of ours stays."""
    run()
    where = program_cache.folder()
    old, new, foreign = (where / name for name in (".partial-old", ".partial-new", "notes"))
    for path in (old, new, foreign):
        path.write_text("")
    os.utime(old, (0, 0))
    run(scale=3.0)
    assert not old.exists() and new.exists()
    assert len(program_cache.contents()) == 2
    assert program_cache.clear() == 2
    assert list(where.iterdir()) == [foreign]


@pytest.mark.parametrize("sessions", [1, 12])
def test_threads_compile_a_program_once(sessions, monkeypatch):
    """Of one session, or of one each: who comes later waits for the first."""
    traced = []
    trace = compile_module.trace_nodes
    monkeypatch.setattr(
        compile_module, "trace_nodes", lambda *given: traced.append(threading.get_ident()) or trace(*given)
    )
    start, found = threading.Barrier(12), []
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [3])
        y = tf.tanh(x) * 2.0 + tf.reduce_sum(x)
        opened = [tf.Session() for _ in range(sessions)]

        def one(session):
            with options(tier="compile", cache=False):
                start.wait()
                found.append(session.run(y, {x: [1, 2, 3]}).tolist())

        threads = [threading.Thread(target=one, args=(opened[i % sessions],)) for i in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for session in opened:
            session.close()
    assert len(traced) == 1
    assert len(found) == 12 and all(one == found[0] for one in found)


def test_a_program_that_could_not_be_made_is_made_by_the_next():
    """And one that nobody has any more is made again."""

    def fail():
        raise MemoryError

    with pytest.raises(MemoryError):
        sharing.shared("key", fail)
    made = sharing.shared("key", lambda: sharing.Compiled(None, None))
    assert sharing.shared("key", fail) is made
    inner = sharing.shared("other", lambda: sharing.shared("other", lambda: sharing.Compiled(None, None)))
    assert sharing.shared("other", fail) is inner
    del made
    gc.collect()
    with pytest.raises(MemoryError):
        sharing.shared("key", fail)
    assert not sharing._being_made


def test_what_is_known_while_compiling_is_the_programs():
    """Who writes to what he has fetched does not change what the next run returns."""
    with tf.Graph().as_default(), options(tier="compile"), tf.Session() as session:
        x = tf.placeholder(tf.float32, [3, 2])
        fetches = [tf.shape(x) * 2, tf.tanh(x)]
        for _ in range(2):
            sizes, _ = session.run(fetches, {x: np.zeros((3, 2))})
            assert sizes.tolist() == [6, 4]
            sizes[:] = 0


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
