"""Run the client programs under TensorFlow 1.15.5 and store what they come to in tests/golden/client.

Run by a Python 3.7 that has TensorFlow 1.15.5, from the root of the repository:

    python tests/oracle/make_client_goldens.py run errors      # these modules of tests/oracle/client
    python tests/oracle/make_client_goldens.py                 # all
"""

import glob
import importlib
import json
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLIENT = os.path.join(ROOT, "tests", "oracle", "client")
sys.path.insert(0, ROOT)
warnings.simplefilter("ignore")

import tensorflow as tf  # noqa: E402

from tests.oracle.client import outcome  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)


def make(name):
    programs = importlib.import_module("tests.oracle.client." + name).PROGRAMS
    results = {program.__name__: outcome(program, tf) for program in programs}
    assert len(results) == len(programs), "two programs of one name"
    folder = os.path.join(ROOT, "tests", "golden", "client")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name + ".json"), "w") as file:
        lines = [
            "%s: %s" % (json.dumps(key), json.dumps(results[key], sort_keys=True)) for key in sorted(results)
        ]
        file.write("{\n" + ",\n".join(lines) + "\n}\n")
    print("%s: %d programs" % (name, len(programs)))


if __name__ == "__main__":
    for chosen in sys.argv[1:] or sorted(
        os.path.basename(path)[:-3] for path in glob.glob(os.path.join(CLIENT, "[a-z]*.py"))
    ):
        make(chosen)
