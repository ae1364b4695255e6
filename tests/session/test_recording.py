"""Recordings of many steps: what is kept, what is left out, and that it is counted."""

import threading

import numpy as np
import pytest

import perdure
from perdure import tf
from perdure.session import recording, watching
from perdure.session.recording import Recording


@pytest.fixture
def recorded(monkeypatch):
    made = Recording()
    monkeypatch.setattr(watching, "recording", made)
    # Operations have times of their own where they are interpreted.
    with tf.Graph().as_default(), perdure.options(tier="interpret"):
        yield made


def single(data):
    """The steps that are drawn one by one, of all threads."""
    return [kept for thread in data["threads"] for kept in thread["kept"] if not kept[5]]


def test_steps_thin_out(recorded, monkeypatch):
    """However many there are, what is kept is bounded; sums are over all of them."""
    monkeypatch.setattr(recording, "MAX_STEPS", 100)
    x = tf.placeholder(tf.float32, [], name="x")
    y = tf.log(x, name="y")
    checked = tf.check_numerics(y, "checked")
    with tf.Session() as session:
        for i in range(1000):
            session.run(y, {x: 1.0})
            if i == 700:
                with pytest.raises(tf.errors.InvalidArgumentError, match="checked"):
                    session.run(checked, {x: -1.0})
    data = recorded.data()
    (thread,) = data["threads"]
    assert len(thread["kept"]) <= 101
    assert sum(kept[3] for kept in thread["kept"]) == 1001 == thread["steps"]
    drawn = single(data)
    assert data["left_out"]["steps"] == 1001 - len(drawn) and 15 <= len(drawn) < 100
    assert all(kept[3] == 1 and kept[7] for kept in drawn)
    assert sum("checked" in kept[6] for kept in drawn) == 1
    kind = data["kinds"][0]
    assert kind["count"] == 1000 and kind["slowest"] == max(k[2] for k in drawn if k[0] == 0)
    assert kind["slowest_at"] in {kept[1] for kept in drawn} and len(kind["curve"]) == 200
    starts = [kept[1] for kept in thread["kept"]]
    assert starts == sorted(starts)
    (spent,) = [s for s in data["spent"] if data["operations"][s[0]][0] == "y"]
    assert spent[1] == 1001


def test_operations_thin_out_before_steps(recorded, monkeypatch):
    """Of most steps only units are left; it is said how many operations are not drawn."""
    monkeypatch.setattr(recording, "MAX_OPERATIONS", 200)
    x = tf.placeholder(tf.float32, [], name="x")
    y = x
    for _ in range(10):
        y = tf.sin(y)
    with tf.Session() as session:
        for _ in range(100):
            session.run(y, {x: 1.0})
    data = recorded.data()
    kept = data["threads"][0]["kept"]
    drawn = sum(len(k[8]) // 5 for k in kept)
    assert len(kept) == 100 and all(k[7] for k in kept)
    assert drawn <= 200 and data["left_out"]["operations"] == 1000 - drawn
    assert data["left_out"]["of_operations"] == 1000


def test_large_steps_lose_their_operations_too(recorded, monkeypatch):
    """Even the first steps of each kind, if they alone are too much."""
    monkeypatch.setattr(recording, "MAX_OPERATIONS", 20)
    monkeypatch.setattr(recording, "MAX_STEPS", 4)
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.Session() as session:
        for _ in range(12):
            session.run(tf.cos(tf.sin(tf.exp(x))), {x: 1.0})
    assert sum(len(kept[8]) // 5 for kept in recorded.data()["threads"][0]["kept"]) <= 20


def test_ever_new_fetches(recorded, monkeypatch):
    """From some point on they are counted as one."""
    monkeypatch.setattr(recording, "MAX_KINDS", 3)
    x = tf.placeholder(tf.float32, [])
    with tf.Session() as session:
        for i in range(6):
            assert session.run(x + float(i), {x: 1.0}) == 1.0 + i
    data = recorded.data()
    assert [kind["count"] for kind in data["kinds"]] == [1, 1, 4] and data["left_out"]["kinds"]
    assert data["kinds"][2]["fetches"] == ["(other fetches)"]


def test_rows_of_threads(recorded):
    """Threads alike that live one after another share a row."""
    c = tf.constant(1.0)
    with tf.Session() as session:
        for i in range(4):
            worker = threading.Thread(target=lambda: session.run(c), name=f"worker {i}")
            worker.start()
            worker.join()
    assert [(t["name"], t["steps"]) for t in recorded.data()["threads"]] == [("worker *", 4)]


def test_shapes_and_strings(recorded):
    """What an operation made is described as it came out."""
    x = tf.placeholder(tf.string, [None], name="words")
    made = tf.py_func(lambda a: np.array([b"a", b"b"], object), [x], tf.string, name="made")
    with tf.Session() as session:
        session.run(made, {x: ["c"]})
    data = recorded.data()
    (number, *_, shapes, _) = data["threads"][0]["kept"][0][8]
    assert data["operations"][number][0] == "made" and data["shapes"][shapes] == "string [2]"
    assert data["texts"][data["operations"][number][6]] == "string of any shape"
    assert data["own_ns"] > 0
