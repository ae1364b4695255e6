"""What an example printed, in the form that TensorFlow's and perdure's transcripts are compared in.

Python 3.7 imports this module for the oracle, too.
"""

import re

SESSIONS = ["session_explicit", "session_with", "session_eval", "session_interactive",
            "session_config"]
TRAINING = ["linear_regression", "softmax_digits", "cnn_digits"]
EXAMPLES = SESSIONS + TRAINING

_PLACEMENT = re.compile(r"^(\S+): \((\w+)\): (/job:\S+)$")
# Nodes that TensorFlow's runtime adds around the program's own.
_RUNTIME_NODES = ("_Arg", "_Retval", "_Send", "_Recv")
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


def parse(text):
    """The program's own lines, and its placement lines, sorted."""
    lines, placement = [], []
    for line in text.splitlines():
        match = _PLACEMENT.match(line)
        if match:
            if match.group(2) not in _RUNTIME_NODES:
                placement.append(line)
        elif line != "Device mapping:" and "/device:XLA_CPU:" not in line:
            lines.append(line)
    return {"lines": lines, "placement": sorted(placement)}


def words_and_numbers(lines):
    """Lines with every number replaced by #, and the numbers."""
    numbers = [float(number) for line in lines for number in _NUMBER.findall(line)]
    return [_NUMBER.sub("#", line) for line in lines], numbers
