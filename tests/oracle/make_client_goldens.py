"""Run the client programs under TensorFlow 1.15.5; tests/golden/client/<module>.jsonl is what they come to.

Run by a Python 3.7 that has TensorFlow 1.15.5, from the root of the repository:

    python tests/oracle/make_client_goldens.py run errors      # these modules of tests/oracle/client
    python tests/oracle/make_client_goldens.py                 # all
"""

import glob
import importlib
import os
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLIENT = os.path.join(ROOT, "tests", "oracle", "client")
sys.path.insert(0, ROOT)
warnings.simplefilter("ignore")

import tensorflow as tf  # noqa: E402

from tests import fingerprints, golden  # noqa: E402
from tests.oracle.client import outcome  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)


def in_functions(graph):
    """The types of the ops in the functions of a graph's library."""
    library = graph.as_graph_def().library if graph._functions else None
    return {node.op for function in library.function for node in function.node_def} if library else set()


def make(name):
    programs = importlib.import_module("tests.oracle.client." + name).PROGRAMS
    records = {}
    for program in programs:
        graph = tf.Graph()
        records[program.__name__] = {
            "source": fingerprints.of_function(program),
            "result": outcome(program, tf, graph),
            "ops": sorted({op.type for op in graph.get_operations()} | in_functions(graph)),
        }
    assert len(records) == len(programs), "two programs of one name"
    golden.write(os.path.join(golden.FOLDER, "client", name + ".jsonl"), records)
    print("%s: %d programs" % (name, len(programs)))


if __name__ == "__main__":
    for chosen in sys.argv[1:] or sorted(
        os.path.basename(path)[:-3] for path in glob.glob(os.path.join(CLIENT, "[a-z]*.py"))
    ):
        make(chosen)
