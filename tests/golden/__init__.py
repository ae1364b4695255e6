"""Numbers from TensorFlow 1.15.5, and how they are kept.

Goldens are files of lines, one line a record: `{"its name":...}`, in the order of the names.  Records that
two people add come to different lines, or to different files, so that they merge; made again from the same
source a file is the same bytes.  A packed array is [dtype, shape, numbers]: a list when there are few of
them, else base64 of their little-endian bytes; strings are bytes as latin-1.  Python 3.7 writes the files,
today's Python reads them.
"""

import base64
import io
import json
import os

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))
# Arrays of up to this many elements are written as numbers.
FEW = 16


# -- files ------------------------------------------------------------------------


def write(path, records):
    """Write a dictionary of records, one line each; a file that exists is replaced."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    with io.open(path, "w", encoding="ascii", newline="\n") as file:
        for name in sorted(records):
            file.write(json.dumps({name: records[name]}, sort_keys=True, separators=(",", ":")) + "\n")


def read(path):
    """The records of a file, by name; none if there is no such file."""
    records = {}
    if os.path.exists(path):
        with io.open(path, encoding="ascii") as file:
            for line in file:
                records.update(json.loads(line))
    return records


# -- arrays -----------------------------------------------------------------------


def pack(array):
    """An array as a JSON-able record."""
    array = np.asarray(array)
    name, shape = _dtype_name(array.dtype), list(array.shape)
    if name == "string":
        return [name, shape, [item.decode("latin-1") for item in array.ravel()]]
    if name == "bfloat16":
        array = array.astype(np.float32)
    plain = np.ascontiguousarray(array).view(_stored(array.dtype)).ravel()
    if plain.size <= FEW:
        return [name, shape, [_shortest(item) for item in plain]]
    return [name, shape, base64.b64encode(plain.tobytes()).decode("ascii")]


def unpack(record):
    """The array of a record that `pack` made."""
    name, shape, numbers = record
    if name == "string":
        array = np.empty(len(numbers), object)
        array[:] = [item.encode("latin-1") for item in numbers]
        return array.reshape(shape)
    # The tests widen bfloat16 the same way before they compare.
    name = "float32" if name == "bfloat16" else name
    dtype = np.dtype(PARTS.get(name, name)).newbyteorder("<")
    if isinstance(numbers, list):
        plain = np.array(numbers, dtype)
    else:
        plain = np.frombuffer(base64.b64decode(numbers), dtype)
    return plain.astype(dtype.newbyteorder("=")).view(name).reshape(shape)


# Complex numbers are written as their two parts.
PARTS = {"complex64": "float32", "complex128": "float64"}


def _stored(dtype):
    if dtype.names:  # TensorFlow's NumPy stand-ins for quantized types: [("qint8", "i1")]
        dtype = dtype[0]
    return np.dtype(PARTS.get(dtype.name, dtype.name)).newbyteorder("<")


def _dtype_name(dtype):
    if dtype.names:
        return dtype[0].name
    if dtype.kind == "O":
        return "string"
    # TensorFlow 1.15's bfloat16 is a void type to NumPy.
    return "bfloat16" if dtype.kind == "V" else dtype.name


def _shortest(number):
    """A NumPy number as the Python number that is written in the fewest digits."""
    if number.dtype.kind != "f":
        return number.item()
    short = float(str(number))
    # A decimal that Python rounds twice may miss the number it is short for.
    return short if number.dtype.type(short) == number or number != number else number.item()


# -- what goldens are made with ---------------------------------------------------


def weights(array):
    """The incoming gradient that the goldens use for an output: fixed numbers around 1."""
    count = np.arange(array.size, dtype=np.float64)
    return (0.5 + (count * 7 % 11) / 10).reshape(array.shape).astype(array.dtype)
