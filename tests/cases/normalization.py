"""Batch normalization, local response normalization and L2Loss.

The statistics that FusedBatchNorm returns outside training are not here: TensorFlow leaves them
uninitialised (tests/ops/test_normalization.py).
"""

import numpy as np

from tests.cases import Case
from tests.draws import normal, uniform


def positive(*shape):
    return uniform(0.5, 1.5, shape, "f4")


NOTHING = np.zeros(0, "f4")
SHAPE = (3, 4, 2, 5)
CLOSE = {"rtol": 1e-4, "atol": 2e-5}
CASES = []
for version in ("", "V2", "V3"):
    CASES += [
        Case(
            "FusedBatchNorm" + version,
            [normal(*SHAPE), positive(5), normal(5), NOTHING, NOTHING],
            {"epsilon": 1e-3},
            id="training",
            rtol=1e-3,
            atol=1e-4,
        ),
        Case(
            "FusedBatchNorm" + version,
            [normal(1, 1, 1, 3), positive(3), normal(3), NOTHING, NOTHING],
            id="one row",
            grad=False,
            **CLOSE,
        ),
        Case(
            "FusedBatchNorm" + version,
            [normal(*SHAPE), positive(4), normal(5), NOTHING, NOTHING],
            id="sizes",
            error="ValueError",
        ),
        Case(
            "FusedBatchNorm" + version,
            [normal(4, 2, 5), positive(5), normal(5), NOTHING, NOTHING],
            id="rank",
            error="ValueError",
        ),
        Case(
            "FusedBatchNorm" + version,
            [normal(1, 2, 2, 2), positive(2), normal(2), NOTHING, NOTHING],
            {"data_format": "NCHW"},
            id="channels first",
            error="InternalError",
        ),
        Case(
            "FusedBatchNorm" + version,
            [normal(*SHAPE), positive(5), normal(5), normal(5), positive(5)],
            id="statistics in training",
            error="InvalidArgumentError",
        ),
    ]
    reserved = [normal(5)] if version == "V3" else []
    for training in (True, False):
        CASES.append(
            Case(
                "FusedBatchNormGrad" + version,
                [normal(*SHAPE), normal(*SHAPE), positive(5), normal(5), positive(5)] + reserved,
                {"is_training": training, "epsilon": 1e-2},
                id="training" if training else "inference",
                grad=False,
                **CLOSE,
            )
        )
    CASES.append(
        Case(
            "FusedBatchNormGrad" + version,
            [normal(1, 5, 2, 2), normal(1, 5, 2, 2), positive(5), normal(5), positive(5)] + reserved,
            {"data_format": "NCHW"},
            id="channels first",
            error="InternalError",
        )
    )
for version in ("V2", "V3"):
    CASES.append(
        Case(
            "FusedBatchNorm" + version,
            [normal(*SHAPE, dtype="f2"), positive(5), normal(5), NOTHING, NOTHING],
            id="half",
            grad=False,
            rtol=2e-3,
            atol=2e-3,
        )
    )
for scaled in (True, False):
    old = {"variance_epsilon": 1e-2, "scale_after_normalization": scaled}
    statistics = [normal(2), positive(2), normal(2)]
    CASES += [
        Case(
            "BatchNormWithGlobalNormalization",
            [normal(2, 3, 3, 2)] + statistics + [normal(2)],
            old,
            id="scaled" if scaled else "plain",
            **CLOSE,
        ),
        Case(
            "BatchNormWithGlobalNormalizationGrad",
            [normal(2, 3, 3, 2)] + statistics + [normal(2, 3, 3, 2)],
            old,
            id="scaled" if scaled else "plain",
            **CLOSE,
        ),
    ]
CASES += [
    Case("LRN", [normal(2, 2, 3, 7)], id="default", **CLOSE),
    Case(
        "LRN",
        [normal(2, 2, 3, 7)],
        {"depth_radius": 2, "bias": 2.0, "alpha": 1e-2, "beta": 0.75},
        id="as in AlexNet",
        **CLOSE,
    ),
    Case("LRN", [normal(1, 2, 2, 5)], {"depth_radius": 0, "beta": 1.0}, id="radius 0", **CLOSE),
    Case("LRN", [normal(2, 2, 3, 7, dtype="f2")], id="half", grad=False, rtol=2e-2, atol=2e-3),
    Case("LRN", [normal(2, 3, 7)], id="rank", error="ValueError"),
    Case(
        "LRNGrad",
        [normal(2, 2, 3, 7), normal(2, 2, 3, 7), normal(2, 2, 3, 7)],
        {"depth_radius": 2, "bias": 2.0, "alpha": 1e-2, "beta": 0.75},
        grad=False,
        **CLOSE,
    ),
    Case(
        "LRNGrad",
        [normal(2, 2, 3, 7), normal(2, 2, 3, 7), normal(2, 2, 2, 7)],
        id="shapes",
        error="ValueError",
    ),
    Case("L2Loss", [normal(3, 4)], id="matrix"),
    Case("L2Loss", [np.float32(3)], id="scalar"),
    Case("L2Loss", [normal(0)], id="empty"),
    Case("L2Loss", [normal(3, 4, dtype="f8")], id="double"),
    Case("L2Loss", [normal(8, dtype="f2")], id="half", grad=False),
]
