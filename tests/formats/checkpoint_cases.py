"""Checkpoints that TensorFlow wrote for the goldens, and perdure writes for the tests.

Runs on Python 3.7 too.
A case is (version, tensors); a tensor is (name, type, array, which part of what it is as SaveV2 is told).
"""

import numpy as np

NUMBERS = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool complex64 "
    "complex128 qint8 quint8 qint16 quint16 qint32"
).split()
# Those that version 1 has.
OLD_NUMBERS = [name for name in NUMBERS if name not in "bfloat16 uint32 uint64 qint16 quint16".split()]


def stored_as(name):
    """The plain type that the values of another one are made of."""
    if name == "bfloat16":
        return "uint16"
    return name[1:] if name.startswith("q") else name


def numbers(name):
    """Some values of a type: quantized ones and bfloat16 as `stored_as` says."""
    plain = stored_as(name)
    if name == "bfloat16":
        return np.array([[0x3FC0, 0xBF80], [0, 0x7F80]], plain)
    if plain == "bool":
        return np.array([[True, False], [False, True]])
    dtype = np.dtype(plain)
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        return np.array([[0, 1], [limits.min, limits.max]], dtype)
    return np.array([[0, 1.5], [-2, 300]], dtype) * (1 + 2j if dtype.kind == "c" else 1)


def tensor(name, array, part="", dtype=None):
    array = np.asarray(array)
    return name, dtype or ("string" if array.dtype == object else array.dtype.name), array, part


def typed(names):
    return [tensor("of/" + name, numbers(name), dtype=name) for name in names]


PI = "\N{GREEK SMALL LETTER PI}"
STRINGS = np.array([[b"a\x00b", b"", b"\xff\xfe"], [b"x" * 300, PI.encode(), b"\x00"]], object)
SHAPES = [
    tensor("scalar", np.float32(2.5)),
    tensor("empty", np.zeros([0, 3], np.int32)),
    tensor("one", np.zeros([1, 1, 1], np.float64)),
    tensor("strings", STRINGS),
    tensor("no strings", STRINGS[:0]),
    tensor("string", STRINGS[1, 1:2].reshape([])),
]
SLICES = [
    tensor("w", np.arange(6, dtype=np.float32).reshape(2, 3), "4 3 0,2:-"),
    tensor("w", np.arange(6, 12, dtype=np.float32).reshape(2, 3), "4 3 2,2:0,3"),
    tensor("z", np.ones([64, 1], np.int64), "70000 1000 300,64:64,1"),
    tensor("z", np.ones([1, 300], np.int64), "70000 1000 8192,1:700,300"),
    tensor("all", np.ones([2], np.int8), "2 0,2"),
    tensor("b", np.ones([2], np.int8)),
]
NAMES = [
    tensor(name, np.float32(i))
    for i, name in enumerate(["b/a", "b", "b/", "a" * 200, "a" * 200 + "b", PI, "B", "b/a:0", " "])
]
LARGE = [
    tensor("a", np.zeros(200000, np.float32)),
    tensor("b", np.arange(-100, 200000)),
    tensor("c", np.ones(9)),
]


def many_names(count):
    return [tensor("layer_" + str(i) + "/kernel/" + "x" * 50, np.float32(i)) for i in range(count)]


CASES = {
    "types": (2, typed(NUMBERS)),
    "shapes": (2, SHAPES),
    "slices": (2, SLICES),
    "names": (2, NAMES),
    "many names": (2, many_names(6000)),
    "types of version 1": (1, typed(OLD_NUMBERS)),
    "shapes of version 1": (1, SHAPES),
    "slices of version 1": (1, SLICES),
    "names of version 1": (1, NAMES),
    "many names of version 1": (1, many_names(2500)),
    "large values of version 1": (1, LARGE),
}
