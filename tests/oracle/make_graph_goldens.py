"""Store the graphs that the programs of tests/oracle/programs build under TensorFlow 1.15.5.

Run by a Python 3.7 that has TensorFlow 1.15.5, from the root of the repository:

    python tests/oracle/make_graph_goldens.py              # all programs
    python tests/oracle/make_graph_goldens.py scopes       # these
"""

import glob
import gzip
import json
import os
import runpy
import subprocess
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAMS = os.path.join(ROOT, "tests", "oracle", "programs")
sys.path.insert(0, ROOT)
warnings.simplefilter("ignore")

import tensorflow as tf  # noqa: E402

from tests import fingerprints  # noqa: E402
from tests.graph_nodes import plain_nodes  # noqa: E402

tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)


def make(name):
    with tf.Graph().as_default() as graph:
        program = os.path.join(PROGRAMS, name + ".py")
        runpy.run_path(program)
    nodes = plain_nodes(graph.as_graph_def(), tf.make_ndarray)
    record = {"source": fingerprints.of_file(program), "nodes": nodes}
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    path = os.path.join(ROOT, "tests", "golden", "graphs", name + ".json.gz")
    with open(path, "wb") as file:
        # No name and no time in the file: made again, it is the same bytes.
        with gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
            packed.write(text.encode("utf-8"))
    print("%s: %d nodes, %d bytes" % (name, len(nodes), os.path.getsize(path)))


if __name__ == "__main__":
    chosen = sys.argv[1:] or sorted(
        os.path.basename(path)[:-3] for path in glob.glob(os.path.join(PROGRAMS, "*.py"))
    )
    if len(chosen) == 1:
        make(chosen[0])
    else:
        # Each in a process of its own: names of custom gradients are counted by process.
        for name in chosen:
            subprocess.check_call([sys.executable, "-W", "ignore", os.path.abspath(__file__), name])
