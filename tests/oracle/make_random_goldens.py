"""Asks TensorFlow 1.15.5 for its random numbers: tests/golden/random.json, random_programs.json.

Run as `oracle-python tests/oracle/make_random_goldens.py`.  A draw is stored as the SHA-256 of its
bytes and its first numbers.  `random.json` has single ops with their inputs, `random_programs.json`
the programs of `random_programs.py`; each is run twice in a session.
"""

import hashlib
import json
import os
import sys

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from random_inputs import logits_of  # noqa: E402
from random_programs import CLOSE_PROGRAMS, PROGRAMS, SEED  # noqa: E402

FLOATS = ["float16", "bfloat16", "float32", "float64"]


def draws():
    """One record (op, number of inputs' values, attrs) for each draw."""
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


def constant(op, attrs, name, value):
    """The input `name` of a draw as a tensor."""
    if name == "value":
        return tf.constant(np.arange(int(np.prod(value)), dtype=np.int32).reshape(value))
    if name == "logits":
        return tf.constant(logits_of(value))
    dtype = {
        "shape": "int32",
        "num_samples": "int32",
        "seed": "int64",
        "rate": "float64",
        "alpha": attrs.get("T"),
        "minval": attrs.get("Tout", attrs.get("dtype")),
        "maxval": attrs.get("Tout", attrs.get("dtype")),
    }[name]
    return tf.constant(value, dtype)


def summary(array):
    """Hash, dtype, shape and first values of an array."""
    name = array.dtype.name
    first = array.astype(np.float64).ravel()[:4].tolist()
    return {
        "dtype": name,
        "shape": list(array.shape),
        "first": first,
        "sha256": hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest(),
    }


# With one thread, Multinomial draws its rows one after the other.
CONFIG = tf.compat.v1.ConfigProto(intra_op_parallelism_threads=1)


def run_ops():
    """One record for each of `draws()`."""
    for op, inputs, attrs in draws():
        with tf.Graph().as_default(), tf.compat.v1.Session(config=CONFIG) as session:
            tensors = {name: constant(op, attrs, name, value) for name, value in inputs.items()}
            inferred = ("T", "R", "Tout") + (("dtype",) if op.endswith("Int") else ())
            kwargs = {
                key: tf.as_dtype(value) if key == "dtype" else value
                for key, value in attrs.items()
                if key not in inferred
            }
            output = getattr(tf.raw_ops, op)(**dict(tensors, **kwargs))
            yield {
                "op": op,
                "inputs": inputs,
                "attrs": attrs,
                "runs": [summary(session.run(output)) for _ in range(2)],
            }


def run_programs():
    """One record for each of PROGRAMS; all values of those that need not agree in every bit."""
    for name, program in sorted(dict(PROGRAMS, **CLOSE_PROGRAMS).items()):
        with tf.Graph().as_default(), tf.compat.v1.Session(config=CONFIG) as session:
            tf.compat.v1.set_random_seed(SEED)
            output = program(tf.compat.v1)
            record = {"program": name, "runs": [summary(session.run(output)) for _ in range(2)]}
        if name in CLOSE_PROGRAMS:
            with tf.Graph().as_default(), tf.compat.v1.Session(config=CONFIG) as session:
                tf.compat.v1.set_random_seed(SEED)
                value = session.run(program(tf.compat.v1))
                record["value"] = np.round(value.astype(np.float64), 7).tolist()
        yield record


def write(name, records):
    """Store records, one to a line."""
    here = os.path.dirname(os.path.abspath(__file__))
    path = os.path.join(here, os.pardir, "golden", name)
    lines = [json.dumps(record, sort_keys=True) for record in records]
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(lines) + "\n]\n")
    print("%s: %d draws, %d bytes" % (name, len(lines), os.path.getsize(path)))


if __name__ == "__main__":
    write("random.json", run_ops())
    write("random_programs.json", run_programs())
