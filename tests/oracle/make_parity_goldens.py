"""Stores what the programs of parity_programs.py do under TensorFlow 1.15.5: run by its Python 3.7."""

import hashlib
import json
import os
import sys

import numpy as np
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from parity_programs import PROGRAMS  # noqa: E402


def main():
    tf.logging.set_verbosity(tf.logging.ERROR)
    found = {}
    for name in sorted(PROGRAMS):
        with tf.Graph().as_default():
            weights, losses = PROGRAMS[name](tf)
        found[name] = {
            "weights": {
                key: hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest()
                for key, value in sorted(weights.items())
            },
            "losses": [float(loss) for loss in losses],
        }
    path = os.path.join(HERE, os.pardir, "golden", "parity.json")
    with open(path, "w") as file:
        json.dump(found, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
