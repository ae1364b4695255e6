"""Asks TensorFlow 1.15.5 for its random numbers: tests/golden/random.jsonl, random_programs.jsonl.

Run as `oracle-python tests/oracle/make_random_goldens.py`.  A draw is stored as the SHA-256 of its
bytes and its first numbers.  `random.jsonl` has single ops with their inputs, `random_programs.jsonl`
the programs of `random_programs.py`; each is run twice in a session.
"""

import hashlib
import os
import sys

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
from tests import fingerprints, golden  # noqa: E402
from tests.oracle.random_inputs import draws, logits_of  # noqa: E402
from tests.oracle.random_programs import CLOSE_PROGRAMS, PROGRAMS, SEED  # noqa: E402


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
    """One record for each of `draws()`, by its name."""
    records = {}
    for name, (op, inputs, attrs) in draws().items():
        with tf.Graph().as_default(), tf.compat.v1.Session(config=CONFIG) as session:
            tensors = {name: constant(op, attrs, name, value) for name, value in inputs.items()}
            inferred = ("T", "R", "Tout") + (("dtype",) if op.endswith("Int") else ())
            kwargs = {
                key: tf.as_dtype(value) if key == "dtype" else value
                for key, value in attrs.items()
                if key not in inferred
            }
            output = getattr(tf.raw_ops, op)(**dict(tensors, **kwargs))
            records[name] = {
                "op": op,
                "inputs": inputs,
                "attrs": attrs,
                "runs": [summary(session.run(output)) for _ in range(2)],
            }
    return records


def run_programs():
    """One record for each of PROGRAMS; all values of those that need not agree in every bit."""
    records = {}
    for name, program in sorted(dict(PROGRAMS, **CLOSE_PROGRAMS).items()):
        with tf.Graph().as_default(), tf.compat.v1.Session(config=CONFIG) as session:
            tf.compat.v1.set_random_seed(SEED)
            output = program(tf.compat.v1)
            record = {"runs": [summary(session.run(output)) for _ in range(2)]}
            record["source"] = fingerprints.of_function(program)
            record["ops"] = sorted({op.type for op in tf.compat.v1.get_default_graph().get_operations()})
        if name in CLOSE_PROGRAMS:
            with tf.Graph().as_default(), tf.compat.v1.Session(config=CONFIG) as session:
                tf.compat.v1.set_random_seed(SEED)
                value = session.run(program(tf.compat.v1))
                record["value"] = np.round(value.astype(np.float64), 7).tolist()
        records[name] = record
    return records


def write(name, records):
    golden.write(os.path.join(golden.FOLDER, name), records)
    print("%s: %d draws" % (name, len(records)))


if __name__ == "__main__":
    write("random.jsonl", run_ops())
    write("random_programs.jsonl", run_programs())
