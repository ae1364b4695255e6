"""What an example printed, in the form that TensorFlow's and perdure's transcripts are compared in.

Python 3.7 imports this module for the oracle, too.
"""

import re

SESSIONS = ["session_explicit", "session_with", "session_eval", "session_interactive", "session_config"]
TRAINING = ["linear_regression", "softmax_digits", "cnn_digits"]
EXAMPLES = SESSIONS + TRAINING

# Nodes that TensorFlow's runtime adds around the program's own, and its list of devices.
_RUNTIME = re.compile(r"^\S+: \((_Arg|_Retval|_Send|_Recv)\): /job:|^Device mapping:$|/device:XLA_CPU:")
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e[-+]?\d+)?")


def comparable(text):
    """The lines of what a program printed, without those about TensorFlow's own inner nodes."""
    return [line for line in text.splitlines() if not _RUNTIME.search(line)]


def words_and_numbers(lines):
    """Lines with every number replaced by #, and the numbers."""
    numbers = [float(number) for line in lines for number in _NUMBER.findall(line)]
    return [_NUMBER.sub("#", line) for line in lines], numbers
