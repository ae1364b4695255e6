"""Cast between all pairs of types that programs use, and ClipByValue."""

import numpy as np

from tests.cases import Case

VALUES = {
    "float16": [0, 1.7, -1.7, 300, -3.5],
    "float32": [0, 1.7, -1.7, 300, -300.5, 70000, 3e9, -3e9, 5e18],
    "float64": [0, 1.7, -1.7, 300, -300.5, 70000, 3e9, -3e9, 1e20],
    "int8": [0, 1, -1, 127, -128],
    "uint8": [0, 1, 255],
    "int16": [0, 1, -1, 300, -30000],
    "uint16": [0, 1, 65535],
    "int32": [0, 1, -1, 300, -70000, 2**31 - 1],
    "int64": [0, 1, -1, 300, -70000, 2**40],
    "bool": [True, False],
    "complex64": [0, 1.7 + 2j, -3 - 1j],
}
TARGETS = [
    "float16",
    "float32",
    "float64",
    "int8",
    "uint8",
    "int16",
    "uint16",
    "int32",
    "int64",
    "bool",
    "complex64",
    "complex128",
]

CASES = [
    Case(
        "Cast",
        [np.array(values, source)],
        {"DstT": target},
        id=source + "_" + target,
        grad=source.startswith("float") and target in ("float32", "float64", "complex64"),
    )
    for source, values in sorted(VALUES.items())
    for target in TARGETS
    if source != target
]
CASES += [
    Case(
        "Cast",
        [np.array([np.nan, np.inf, -np.inf], "f4")],
        {"DstT": target},
        id="special_" + target,
        grad=False,
    )
    for target in ("int32", "int64", "bool", "float16", "float64")
]
CASES += [
    Case("Cast", [np.float32(2.5)], {"DstT": "int32"}, id="scalar"),
    Case("Cast", [np.zeros((0, 2), "f4")], {"DstT": "int32"}, id="empty"),
    Case("ClipByValue", [np.array([-1, 2, np.nan, 0.5], "f4"), np.float32(0), np.float32(1)], grad=False),
    Case(
        "ClipByValue",
        [np.array([-1, 2, 9], "i4"), np.array([0, 1, 2], "i4"), np.array([3, 3, 3], "i4")],
        id="each",
    ),
    Case("ClipByValue", [np.array([-1, 2], "f4"), np.float32(2), np.float32(1)], id="crossed", grad=False),
    Case(
        "ClipByValue",
        [np.array([-1, 2], "f4"), np.ones(3, "f4"), np.float32(1)],
        id="shapes",
        error="InvalidArgumentError",
    ),
]
