"""Asks TensorFlow 1.15.5 for graphs with conditionals and loops, and what they give.

Run from the repository root: `oracle-python tests/oracle/make_control_flow_goldens.py`.  Each program of
`control_flow_programs.py` has a file in `tests/golden/control_flow`: its GraphDef, what was fed and fetched,
and the variables after each step.
"""

import base64
import gzip
import json
import os
import sys

import numpy as np

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf  # noqa: E402

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
from tests import fingerprints  # noqa: E402
from tests.oracle.control_flow_programs import PROGRAMS  # noqa: E402

FOLDER = "tests/golden/control_flow"


def stored(value):
    """An array, or None for an operation."""
    if value is None:
        return None
    array = np.asarray(value)
    return {"dtype": array.dtype.name, "shape": array.shape, "values": array.ravel().tolist()}


def golden_of(program):
    with tf.Graph().as_default() as graph:
        fetches, feeds = program()
        init = tf.global_variables_initializer()
        variables = [variable._as_graph_element() for variable in tf.global_variables()]
        steps = []
        with tf.Session() as session:
            session.run(init)
            for fed in feeds:
                step = {
                    "fed": {t.name: stored(np.asarray(v, t.dtype.as_numpy_dtype)) for t, v in fed.items()}
                }
                try:
                    step["fetched"] = [stored(value) for value in session.run(fetches, fed)]
                except tf.errors.OpError as error:
                    step["error"] = [type(error).__name__, error.message.split("\n")[0].split(" (defined")[0]]
                step["variables"] = [stored(value) for value in session.run(variables)]
                steps.append(step)
        return {
            "source": fingerprints.of_file("tests/oracle/control_flow_programs.py"),
            "graph": base64.b64encode(graph.as_graph_def().SerializeToString(deterministic=True)).decode(),
            "fetches": [fetch.name for fetch in fetches],
            "init": init.name,
            "variables": [variable.name for variable in variables],
            "steps": steps,
        }


if __name__ == "__main__":
    for each in PROGRAMS:
        with open("%s/%s.json.gz" % (FOLDER, each.__name__), "wb") as file:
            text = json.dumps(golden_of(each), sort_keys=True)
            with gzip.GzipFile("", "wb", fileobj=file, mtime=0) as zipped:
                zipped.write(text.encode())
