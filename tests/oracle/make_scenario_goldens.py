"""Ask TensorFlow 1.15.5 what small programs give, and store it in tests/golden/scenarios/<area>.jsonl.

Run by a Python 3.7 that has TensorFlow 1.15.5, from the root of the repository:

    python tests/oracle/make_scenario_goldens.py training      # these areas
    python tests/oracle/make_scenario_goldens.py               # all areas

`tests/<area>/scenarios.py` has a dictionary SCENARIOS of functions `f(tf)` that build a graph, run
it and return arrays by name.  The tests call them with perdure's `tf`.
"""

import glob
import importlib
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TESTS = os.path.join(ROOT, "tests")
sys.path.insert(0, ROOT)
warnings.simplefilter("ignore")

import tensorflow as tf  # noqa: E402

from tests import fingerprints, golden  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)


def make(area):
    scenarios = importlib.import_module("tests.%s.scenarios" % area).SCENARIOS
    records = {}
    for name in sorted(scenarios):
        with tf.Graph().as_default() as graph:
            arrays = scenarios[name](tf)
        records[name] = {
            "source": fingerprints.of_function(scenarios[name]),
            "ops": sorted({op.type for op in graph.get_operations()}),
            "arrays": {key: golden.pack(arrays[key]) for key in arrays},
        }
    golden.write(os.path.join(golden.FOLDER, "scenarios", area + ".jsonl"), records)
    print("%s: %d scenarios" % (area, len(records)))


if __name__ == "__main__":
    for chosen in sys.argv[1:] or sorted(
        os.path.relpath(os.path.dirname(path), TESTS).replace(os.sep, ".")
        for path in glob.glob(os.path.join(TESTS, "*", "**", "scenarios.py"), recursive=True)
    ):
        make(chosen)
