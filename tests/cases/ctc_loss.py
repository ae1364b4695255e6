"""CTCLoss: lengths, repetitions, blanks, examples without time, and what it refuses."""

import numpy as np

from tests.cases import Case
from tests.draws import normal

INDICES = np.array([[0, 0], [0, 1], [0, 2], [1, 0]])
X = normal(5, 2, 4)


def labels(*values):
    return np.array(values, "i4")


def lengths(*values):
    return np.array(values, "i4")


def loss(id, values, sequence_length, attrs=None, indices=INDICES, inputs=X, error=None):
    return Case(
        "CTCLoss",
        [inputs, np.asarray(indices, "i8"), values, sequence_length],
        attrs or {},
        id=id,
        rtol=2e-6,  # TensorFlow's logarithms are single
        atol=2e-6,
        grad=False,  # that of the second output is refused
        error=error,
    )


IGNORE = {"ignore_longer_outputs_than_inputs": True}
COLLAPSE = {"preprocess_collapse_repeated": True}
APART = {"ctc_merge_repeated": False}
CASES = [
    loss("plain", labels(0, 1, 2, 1), lengths(5, 4)),
    loss("double", labels(0, 1, 2, 1), lengths(5, 4), inputs=normal(5, 2, 4, dtype="f8")),
    loss("repeated", labels(1, 1, 2, 0), lengths(5, 5)),
    loss("repeated collapsed", labels(1, 1, 1, 0), lengths(3, 5), COLLAPSE),
    loss("repeated apart", labels(1, 1, 1, 0), lengths(3, 5), APART),
    loss("repeated collapsed apart", labels(1, 1, 2, 0), lengths(5, 5), {**COLLAPSE, **APART}),
    loss("ignored", labels(0, 1, 2, 1), lengths(2, 5), IGNORE),
    loss("ignored without time", labels(0, 1, 2, 1), lengths(0, 0), IGNORE),
    loss("blanks behind", labels(1, 3, 3, 0), lengths(3, 5)),
    loss("gap", labels(1, 2, 1), lengths(5, 5), indices=[[0, 0], [0, 2], [1, 0]]),
    loss("large", labels(0, 1, 2, 1), lengths(5, 4), inputs=30 * np.ones((5, 2, 4), "f4")),
    loss("too short", labels(0, 1, 2, 1), lengths(2, 5), error="InvalidArgumentError"),
    loss("longer than time", labels(0, 1, 2, 1), lengths(6, 5), error="InvalidArgumentError"),
    loss("negative length", labels(0, 1, 2, 1), lengths(-1, 5), error="InvalidArgumentError"),
    loss("negative label", labels(0, -1, 2, 1), lengths(5, 5), error="InvalidArgumentError"),
    loss("label behind blank", labels(0, 3, 2, 1), lengths(5, 5), error="InvalidArgumentError"),
    loss("no labels", labels(1), lengths(5, 5), indices=[[1, 0]], error="InvalidArgumentError"),
    loss("outside", labels(1, 1), lengths(5, 5), indices=[[0, 0], [2, 0]], error="InvalidArgumentError"),
    loss("unsorted", labels(1, 1), lengths(5, 5), indices=[[1, 0], [0, 0]], error="InvalidArgumentError"),
    loss("wrong batch", labels(0, 1, 2, 1), lengths(5), error="ValueError"),
    loss("wrong rank", labels(0, 1, 2, 1), lengths(5, 5), inputs=normal(5, 4), error="ValueError"),
]
