"""Small programs of TensorFlow's client API, and what they came to under TensorFlow 1.15.5.

Each is a function of `tf` in a list PROGRAMS of its module: what it returns, or the error it ends with,
is stored in `tests/golden/client/<module>.jsonl` by `tests/oracle/make_client_goldens.py`, and
`tests/session/test_client_programs.py` compares.  Python 3.7 runs this, too.
"""

import collections
import importlib
import re

import numpy as np


def attempt(function):
    """The value of `function()`, or the error it raised, so that one program can try several things."""
    try:
        return function()
    except Exception as error:
        return error


def internal(module):
    """The module `tensorflow.python.<module>`."""
    return importlib.import_module("tensorflow.python." + module)


def plain(value):
    """A result as JSON: types and numbers of arrays and scalars, structures with their types."""
    if isinstance(value, BaseException):
        return {"error": error_class(value), "message": message_of(value)}
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, bytes):
        return {"bytes": value.decode("latin-1")}
    if isinstance(value, np.ndarray):
        return {"array": value.dtype.name, "shape": list(value.shape), "values": _items(value)}
    if isinstance(value, np.generic):
        return {"scalar": value.dtype.name, "value": _items(np.asarray(value))[0]}
    if isinstance(value, (int, float)):
        return {type(value).__name__: value}
    if isinstance(value, dict):
        name = type(value).__name__
        return {name: [[str(key), plain(item)] for key, item in sorted(value.items(), key=str)]}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return {type(value).__name__: [plain(item) for item in value]}
    if isinstance(value, (list, tuple)):
        return {type(value).__name__: [plain(item) for item in value]}
    return {"object": type(value).__name__}


def error_class(error):
    """The name of an error's class."""
    return type(error).__name__


def message_of(error):
    """The first line of an error's message."""
    text = getattr(error, "message", None) or str(error)
    text = re.sub("0x[0-9a-f]+", "0x", text.split("\n")[0])  # addresses of objects
    return re.sub(r"(pyfunc_|\b_)\d+", r"\1", text)  # what the process has counted so far


def outcome(program, tf, graph=None):
    """What a program comes to in a graph of its own, as JSON."""
    with (graph or tf.Graph()).as_default():
        return plain(attempt(lambda: program(tf)))


def _items(array):
    items = array.ravel().tolist()
    return [
        {"bytes": item.decode("latin-1")}
        if isinstance(item, bytes)
        else item
        if isinstance(item, (bool, int, str))
        else repr(item)
        for item in items
    ]


Point = collections.namedtuple("Point", "x y")
