"""Asks TensorFlow 1.15.5 for the files of tests/formats/checkpoint_cases.py. Run from the repository root:

oracle-python tests/oracle/make_checkpoint_goldens.py
"""

import base64
import hashlib
import json
import os
import shutil
import sys
import tempfile

import tensorflow as tf
from tensorflow.python.ops import gen_io_ops

sys.path.insert(0, os.getcwd())
from tests import fingerprints  # noqa: E402
from tests.formats import checkpoint_cases  # noqa: E402

LARGEST = 8192  # bytes of a file that is kept; of others only the sum


def constant(dtype, array):
    if dtype == checkpoint_cases.stored_as(dtype) or dtype == "string":
        return tf.constant(array, dtype=dtype)
    return tf.bitcast(tf.constant(array), tf.as_dtype(dtype))


def save(version, tensors, name):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        names, dtypes, arrays, parts = zip(*tensors)
        values = [constant(*each) for each in zip(dtypes, arrays)]
        make = gen_io_ops.save_v2 if version == 2 else gen_io_ops.save_slices
        session.run(make(name, list(names), list(parts), values))


def described(path):
    with open(path, "rb") as file:
        contents = file.read()
    if len(contents) > LARGEST:
        return {"sha256": hashlib.sha256(contents).hexdigest()}
    return {"bytes": base64.b64encode(contents).decode()}


def main():
    goldens = {"source": fingerprints.of_file(checkpoint_cases.__file__)}
    for case, (version, tensors) in checkpoint_cases.CASES.items():
        folder = tempfile.mkdtemp()
        save(version, tensors, os.path.join(folder, "c"))
        goldens[case] = {name: described(os.path.join(folder, name)) for name in sorted(os.listdir(folder))}
        shutil.rmtree(folder)
    with open("tests/golden/formats/checkpoints.json", "w") as out:
        json.dump(goldens, out, indent=1, sort_keys=True)


if __name__ == "__main__":
    main()
