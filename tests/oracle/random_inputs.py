"""Inputs of random draws that the oracle and the tests must make alike."""

import numpy as np


def logits_of(shape):
    """Logits; infinities and a NaN in batches of more than four."""
    values = np.random.RandomState(0).randn(*shape).astype(np.float32)
    if shape[0] > 4:
        values[0, 3], values[1, 2], values[2, 1] = np.inf, -np.inf, np.nan
    return values


FLOATS = ["float16", "bfloat16", "float32", "float64"]


def _draws():
    """(op, number of inputs' values, attrs) of each draw."""
    for dtype in FLOATS:
        size = 200003 if dtype == "float32" else 20003
        for op in ("RandomUniform", "RandomStandardNormal", "TruncatedNormal"):
            yield op, {"shape": [size]}, {"dtype": dtype, "seed": 12345, "seed2": -678}
        for op in ("StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal"):
            yield op, {"shape": [1001], "seed": [-3, 2**40]}, {"dtype": dtype}
    yield "RandomUniform", {"shape": [3]}, {"dtype": "float32", "seed": 2**31 - 2, "seed2": 0}
    for dtype, low, high in (
        ("int32", -7, 2**31 - 5),
        ("int64", -(2**62), 2**62 + 7),
        ("int32", 0, 10),
        ("int64", 5, 6),
    ):
        bounds = {"minval": low, "maxval": high}
        yield "RandomUniformInt", dict(bounds, shape=[7, 1001]), {"Tout": dtype, "seed": 3, "seed2": 4}
        yield "StatelessRandomUniformInt", dict(bounds, shape=[7, 101], seed=[1, -2]), {"dtype": dtype}
    for shape in ([1001], [500, 3], [2, 2], [1, 7], [0], []):
        yield "RandomShuffle", {"value": shape}, {"seed": 1, "seed2": 2}
    for rows, classes, samples in ((7, 11, 13), (1, 3, 1), (3, 1, 5), (4, 1000, 2), (2, 3, 0)):
        logits = {"logits": [rows, classes], "num_samples": samples}
        yield "Multinomial", logits, {"seed": 5, "seed2": 6}
        yield "StatelessMultinomial", dict(logits, seed=[7, 8]), {}
    for dtype in ("float32", "float64"):
        yield (
            "RandomGamma",
            {"shape": [1001], "alpha": [0.3, 1.0, 2.5, 40.0]},
            {"T": dtype, "seed": 9, "seed2": 10},
        )
    for dtype in ("float32", "int64"):
        yield (
            "RandomPoissonV2",
            {"shape": [1001], "rate": [0.3, 5.0, 12.0, 400.0]},
            {"R": "float64", "dtype": dtype, "seed": 11, "seed2": 12},
        )


def draws():
    """The draws by name."""
    found = {}
    for op, inputs, attrs in _draws():
        dtype = next((attrs[name] for name in ("dtype", "Tout", "T") if name in attrs), "")
        name = " ".join([op, dtype] + ["%s=%s" % (key, inputs[key]) for key in sorted(inputs)])
        assert name not in found, "two draws are called " + name
        found[name] = op, inputs, attrs
    return found
