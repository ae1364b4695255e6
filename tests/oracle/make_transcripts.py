"""Run the examples under TensorFlow 1.15.5 and store what they print in tests/golden/transcripts.

Run by a Python 3.7 that has TensorFlow 1.15.5, from the root of the repository:

    python tests/oracle/make_transcripts.py                 # all examples
    python tests/oracle/make_transcripts.py cnn_digits      # these

TensorFlow prints placement lines between the program's own, in the order of its placer.  They are
stored apart and sorted, without the nodes that TensorFlow adds for its own feeding and fetching and
without the list of devices.
"""

import io
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, ROOT)

from tests.transcripts import EXAMPLES, parse  # noqa: E402


def make(name):
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    output = subprocess.check_output(
        [sys.executable, "-W", "ignore", os.path.join(ROOT, "examples", name + ".py")],
        env=environment, stderr=subprocess.DEVNULL)
    path = os.path.join(ROOT, "tests", "golden", "transcripts", name + ".json")
    with io.open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(parse(output.decode("utf-8")), indent=1, sort_keys=True) + "\n")
    print(name)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or EXAMPLES:
        make(chosen)
