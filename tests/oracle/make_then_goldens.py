"""Write what the examples of `tests/cli/then/examples.py` print in TensorFlow 1.15.5's Python.

oracle-python tests/oracle/make_then_goldens.py
"""

import contextlib
import io
import json
import os
import sys
import warnings

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/cli/then"))

from examples import EXAMPLES, IMPORTS


def main():
    goldens = {}
    for name, code in EXAMPLES.items():
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(IMPORTS + code, name, "exec"), {"__name__": "example"})
        goldens[name] = printed.getvalue().splitlines()
    with open(os.path.join(ROOT, "tests/golden/then/examples.json"), "w") as file:
        json.dump(goldens, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
