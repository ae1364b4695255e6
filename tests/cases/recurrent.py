"""Recurrent cells as one op.

BlockLSTM is tried with all steps: TensorFlow leaves what is behind `seq_len_max` uninitialised
(tests/ops/nn/test_recurrent.py has fewer steps).
"""

import numpy as np

from tests.cases import Case
from tests.draws import normal, uniform

STEPS, BATCH, INPUTS, CELLS = 5, 3, 4, 2
SUMS = {"rtol": 1e-4, "atol": 1e-5}
HALF = {"rtol": 2e-2, "atol": 4e-3}


def memory(dtype="f4", cells=CELLS, batch=BATCH, rows=INPUTS + CELLS, columns=4 * CELLS, bias=4 * CELLS):
    """cs_prev, h_prev, w, wci, wcf, wco, b."""
    return [
        normal(batch, CELLS, dtype=dtype),
        normal(batch, cells, dtype=dtype),
        normal(rows, columns, dtype=dtype),
        normal(CELLS, dtype=dtype),
        normal(CELLS, dtype=dtype),
        normal(CELLS, dtype=dtype),
        normal(bias, dtype=dtype),
    ]


def gated(batch=BATCH, rows=INPUTS + CELLS, columns=2 * CELLS, candidate=CELLS, b_ru=2 * CELLS, b_c=CELLS):
    """x, h_prev, w_ru, w_c, b_ru, b_c."""
    return [
        normal(BATCH, INPUTS),
        normal(batch, CELLS),
        normal(rows, columns),
        normal(INPUTS + CELLS, candidate),
        normal(b_ru),
        normal(b_c),
    ]


WRONG = {
    "batch": {"batch": BATCH + 1},
    "cells": {"cells": CELLS + 1},
    "rows": {"rows": INPUTS},
    "columns": {"columns": 9},
    "bias": {"bias": 9},
}
CASES = []
for peephole in (False, True):
    name = "peepholes" if peephole else ""
    options = {"use_peephole": peephole}
    CASES += [
        Case("LSTMBlockCell", [normal(BATCH, INPUTS)] + memory(), dict(options), id="cell " + name),
        Case(
            "LSTMBlockCell",
            [normal(BATCH, INPUTS)] + memory(),
            dict(options, cell_clip=0.3, forget_bias=-0.5),
            id="clipped " + name,
            **SUMS,
        ),
        Case(
            "LSTMBlockCell",
            [normal(BATCH, INPUTS)] + memory(),
            dict(options, cell_clip=-1.0),
            id="not clipped " + name,
        ),
        Case(
            "LSTMBlockCell",
            [normal(BATCH, INPUTS, dtype="f2")] + memory("f2"),
            dict(options),
            id="half " + name,
            grad=False,
            **HALF,
        ),
        Case(
            "LSTMBlockCellGrad",
            [normal(BATCH, INPUTS)] + memory() + [uniform(-1, 1, (BATCH, CELLS), "f4") for _ in range(8)],
            dict(options),
            id="gradient " + name,
            grad=False,
        ),
        Case(
            "BlockLSTM",
            [np.int64(STEPS), normal(STEPS, BATCH, INPUTS)] + memory(),
            dict(options),
            id="steps " + name,
            **SUMS,
        ),
        Case(
            "BlockLSTM",
            [np.int64(STEPS), normal(STEPS, BATCH, INPUTS)] + memory(),
            dict(options, cell_clip=0.2, forget_bias=0.3),
            id="clipped " + name,
            **SUMS,
        ),
        Case(
            "BlockLSTM",
            [np.int64(STEPS), normal(STEPS, BATCH, INPUTS, dtype="f2")] + memory("f2"),
            dict(options),
            id="half " + name,
            grad=False,
            **HALF,
        ),
        Case(
            "BlockLSTMV2",
            [np.int64(STEPS), normal(STEPS, BATCH, INPUTS)] + memory(),
            dict(options),
            id="steps " + name,
            **SUMS,
        ),
        Case(
            "BlockLSTMV2",
            [np.int64(STEPS), normal(STEPS, BATCH, INPUTS)] + memory(),
            dict(options, cell_clip=0.2),
            id="clipped " + name,
            **SUMS,
        ),
    ]
    for version in ("", "V2"):
        for steps in (STEPS, 3, 0):
            CASES.append(
                Case(
                    "BlockLSTMGrad" + version,
                    [np.int64(steps), normal(STEPS, BATCH, INPUTS)]
                    + memory()
                    + [uniform(-1, 1, (STEPS, BATCH, CELLS), "f4") for _ in range(9)],
                    dict(options),
                    id="%d of %d steps %s" % (steps, STEPS, name),
                    grad=False,
                )
            )
for name in sorted(WRONG):
    for op, rows in (
        ("LSTMBlockCell", [normal(BATCH, INPUTS)]),
        ("BlockLSTM", [np.int64(2), normal(2, BATCH, INPUTS)]),
    ):
        error = "ValueError" if (op, name) == ("BlockLSTM", "bias") else "InvalidArgumentError"
        CASES.append(Case(op, rows + memory(**WRONG[name]), id="wrong " + name, error=error))
CASES += [
    Case("LSTMBlockCell", [normal(INPUTS)] + memory(), id="vector", error="ValueError"),
    Case("BlockLSTM", [np.int64(2), normal(BATCH, INPUTS)] + memory(), id="matrix", error="ValueError"),
    Case("GRUBlockCell", gated(), id="cell"),
    Case(
        "GRUBlockCellGrad",
        gated() + [uniform(0, 1, (BATCH, CELLS), "f4") for _ in range(4)],
        id="gradient",
        grad=False,
    ),
    Case("GRUBlockCell", [normal(INPUTS)] + gated()[1:], id="vector", error="ValueError"),
]
for name in ("batch", "rows", "columns", "candidate", "b_ru", "b_c"):
    CASES.append(Case("GRUBlockCell", gated(**{name: 7}), id="wrong " + name, error="InvalidArgumentError"))
