"""Run the examples under TensorFlow 1.15.5 and store what they print in tests/golden/transcripts.

Run by a Python 3.7 that has TensorFlow 1.15.5, from the root of the repository:

    python tests/oracle/make_transcripts.py                 # all examples
    python tests/oracle/make_transcripts.py cnn_digits      # these

Placement lines stand where TensorFlow prints them, but without the nodes that it adds for its own
feeding and fetching and without its list of devices.
"""

import io
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT)

from tests.transcripts import EXAMPLES, comparable  # noqa: E402


def make(name):
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    output = subprocess.check_output(
        [sys.executable, "-W", "ignore", os.path.join(ROOT, "examples", name + ".py")],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    path = os.path.join(ROOT, "tests", "golden", "transcripts", name + ".txt")
    with io.open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(comparable(output.decode("utf-8"))) + "\n")
    print(name)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or EXAMPLES:
        make(chosen)
