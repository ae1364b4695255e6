"""The decoders of CTC: greedy, and by beam search of several widths."""

import numpy as np

from tests.cases import Case
from tests.draws import normal


def lengths(*values):
    return np.array(values, "i4")


def greedy(id, inputs, sequence_length, merges, error=None):
    return Case(
        "CTCGreedyDecoder",
        [inputs, sequence_length],
        {"merge_repeated": merges},
        id=id,
        grad=False,
        error=error,
    )


def beam(id, inputs, sequence_length, width, paths=1, merges=False, error=None):
    attrs = {"beam_width": width, "top_paths": paths, "merge_repeated": merges}
    return Case(
        "CTCBeamSearchDecoder", [inputs, sequence_length], attrs, id=id, grad=False, error=error, rtol=1e-6
    )


LONG = normal(12, 3, 5)
CASES = [
    greedy("merged", LONG, lengths(12, 7, 0), True),
    greedy("kept", LONG, lengths(12, 7, -1), False),
    greedy("double", normal(6, 2, 3, dtype="f8"), lengths(6, 5), True),
    greedy("ties", np.ones((4, 2, 3), "f4"), lengths(4, 3), True),
    greedy("only a blank", normal(4, 2, 1), lengths(4, 3), True),
    greedy("too long", LONG, lengths(12, 13, 1), True, error="FailedPreconditionError"),
    greedy("wrong batch", LONG, lengths(12), True, error="ValueError"),
    greedy("wrong rank", normal(3, 4), lengths(3, 3), True, error="ValueError"),
    beam("one", LONG, lengths(12, 7, 1), 1),
    beam("few", LONG, lengths(12, 7, 3), 3, 2),
    beam("few merged", LONG, lengths(12, 12, 9), 4, 3, merges=True),
    beam("many", LONG, lengths(12, 7, 4), 50, 5),
    beam("peaked", 20 * normal(12, 3, 5), lengths(12, 7, 4), 5, 3),
    beam("double", normal(6, 2, 3, dtype="f8"), lengths(6, 5), 10, 2),
    beam("too many paths", LONG, lengths(12, 7, 1), 2, 3, error="InvalidArgumentError"),
    beam("too few prefixes", LONG, lengths(12, 7, 0), 3, 2, error="InvalidArgumentError"),
    beam("too long", LONG, lengths(12, 13, 1), 3, error="FailedPreconditionError"),
]
