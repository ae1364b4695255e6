"""tf.print and string formatting: texts and nodes are TensorFlow 1.15.5's."""

import sys

import numpy as np
import pytest

from perdure import tf
from perdure.functional.strings.printing import string_format


@pytest.fixture(autouse=True)
def graph():
    """A graph of its own for each test."""
    with tf.Graph().as_default() as graph:
        yield graph


def tens():
    return tf.constant(np.arange(10, dtype=np.float32))


def table():
    return tf.constant(np.arange(40, dtype=np.int32).reshape(8, 5))


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        (lambda: [tens()], {}, "[0 1 2 ... 7 8 9]\n"),
        (lambda: ["hello", tens(), 3], {"sep": " | "}, "hello | [0 1 2 ... 7 8 9] | 3\n"),
        (lambda: [tf.constant("str")], {}, "str\n"),
        (lambda: [tf.constant(list("abcdefgh"))], {}, '["a" "b" "c" ... "f" "g" "h"]\n'),
        (
            lambda: [{"b": tens(), "a": [1, tf.constant(2)]}, (3, "q")],
            {},
            "{'a': [1, 2], 'b': [0 1 2 ... 7 8 9]} (3, 'q')\n",
        ),
        (lambda: [table()], {"summarize": 1}, "[[0 ... 4]\n ...\n [35 ... 39]]\n"),
        (lambda: ["a", "b"], {"end": "!"}, "a b!"),
        (
            lambda: [tf.SparseTensor([[0]], [1.0], [2])],
            {},
            "'SparseTensor(indices=[[0]], values=[1], shape=[2])'\n",
        ),
        (lambda: [3, 4.5, None, True], {}, "3 4.5 None True\n"),
        (
            lambda: [tf.constant([[[1.5, 2], [3, float("nan")]]]), tf.constant(True), tf.constant(1 / 3)],
            {},
            "[[[1.5 2]\n  [3 nan]]] 1 0.333333343\n",
        ),
        (lambda: ["%s", "{}", tens()], {}, "%s {} [0 1 2 ... 7 8 9]\n"),
        (
            lambda: [tf.constant([True, False]), tf.constant(1 + 2j), tf.constant(b"\xff\n")],
            {},
            '[1 0] [?] "\\377\\n"\n',
        ),
        (lambda: [tens()], {"output_stream": tf.logging.info}, "I [0 1 2 ... 7 8 9]\n"),
    ],
)
def test_print(capfd, arguments, options, text):
    """What goes to the standard error stream."""
    op = tf.print(*arguments(), **options)
    assert op.type == "PrintV2"
    with tf.Session() as session:
        session.run(op)
    assert capfd.readouterr().err == text


def test_streams(capsys, tmp_path):
    """Standard output, and files, which are extended."""
    path = tmp_path / "out"
    ops = [tf.print("a", output_stream=sys.stdout), tf.print(tens(), output_stream=f"file://{path}")]
    with tf.Session() as session:
        session.run(ops)
        session.run(ops)
    assert capsys.readouterr().out == "a\na\n"
    assert path.read_text() == "[0 1 2 ... 7 8 9]\n" * 2


def test_nodes():
    """A single text needs no formatting; names."""
    assert tf.print(tf.constant("s"), name="n").inputs[0].op.type == "Const"
    op = tf.print(tens(), name="x")
    assert op.inputs[0].op.name == "x_format" and op.get_attr("output_stream") == b"stderr"


def test_string_format():
    """Texts with tensors in them."""
    text = string_format("a {} b {}", [tens(), tf.constant("s")])
    table_text = string_format("{}", table(), summarize=2)
    with tf.Session() as session:
        assert session.run(text) == b'a [0 1 2 ... 7 8 9] b "s"'
        assert session.run(table_text).startswith(b"[[0 1 ... 3 4]\n [5 6 ... 8 9]\n ...\n [30")


def test_refusals():
    """TensorFlow's words."""
    with pytest.raises(ValueError, match="Unrecognized keyword arguments for tf.print: {'foo': 2}"):
        tf.print(1, foo=2)
    with pytest.raises(ValueError, match="Unsupported output stream, logging level, or file"):
        tf.print(1, output_stream=3)
    with pytest.raises(ValueError, match=r"2 placeholder\(s\) in template does not match 1 tensor"):
        string_format("{} {}", [tens()])
