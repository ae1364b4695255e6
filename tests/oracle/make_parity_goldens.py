"""Stores what the programs of parity_programs.py do under TensorFlow 1.15.5: run by its Python 3.7."""

import hashlib
import os
import sys

import numpy as np
import tensorflow as tf

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from tests import fingerprints, golden  # noqa: E402
from tests.oracle.parity_programs import PROGRAMS  # noqa: E402


def main():
    tf.logging.set_verbosity(tf.logging.ERROR)
    found = {}
    for name in sorted(PROGRAMS):
        with tf.Graph().as_default():
            weights, losses = PROGRAMS[name](tf)
        found[name] = {
            "source": fingerprints.of_function(PROGRAMS[name]),
            "weights": {
                key: hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
                for key, value in sorted(weights.items())
            },
            "losses": [float(loss) for loss in losses],
        }
    golden.write(os.path.join(golden.FOLDER, "parity.jsonl"), found)


if __name__ == "__main__":
    main()
