"""Colors: conversions between RGB and HSV, contrast, hue, saturation."""

import numpy as np

from tests.cases import Case
from tests.draws import integers, normal, uniform

CORNERS = np.array(
    [[0, 0, 0], [1, 1, 1], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [0, 1, 1], [0.5, 0.5, 0.2]],
    "f4",
).reshape(1, 3, 3, 3)


def number(value):
    return np.float32(value)


CASES = []
for kind in ("RGBToHSV", "HSVToRGB"):
    CASES += [
        Case(kind, [uniform(0, 1, (2, 3, 4, 3), "f4")], id="plain", grad=False, atol=1e-5),
        Case(kind, [CORNERS], id="corners", grad=False, atol=1e-6),
        Case(kind, [uniform(0, 1, (3,), "f4")], id="vector", grad=False, atol=1e-5),
        Case(kind, [uniform(0, 1, (2, 3), "f8")], id="double", grad=False, atol=1e-6),
        Case(kind, [uniform(0, 1, (2, 4), "f4")], id="four channels", error="ValueError"),
        Case(kind, [number(1)], id="scalar", error="ValueError"),
        Case(kind, [uniform(0, 1, (0, 3), "f4")], id="none", grad=False),
    ]
for factor in (0.0, 0.3, 2.0, -1.0):
    name = str(factor)
    CASES += [
        Case("AdjustContrastv2", [normal(2, 3, 4, 3), number(factor)], id=name, grad=False, atol=1e-5),
        Case(
            "AdjustHue", [uniform(0, 1, (2, 3, 4, 3), "f4"), number(factor)], id=name, grad=False, atol=1e-5
        ),
        Case(
            "AdjustSaturation",
            [uniform(0, 1, (2, 3, 4, 3), "f4"), number(factor)],
            id=name,
            grad=False,
            atol=1e-5,
        ),
    ]
for kind in ("AdjustHue", "AdjustSaturation", "AdjustContrastv2"):
    CASES += [
        Case(kind, [CORNERS, number(0.4)], id="corners", grad=False, atol=1e-5),
        Case(kind, [uniform(0, 1, (2, 3, 3), "f4"), number(0.4)], id="rank 3", grad=False, atol=1e-5),
        Case(kind, [uniform(0, 1, (2, 3), "f4"), number(0.4)], id="rank 2", error="ValueError"),
        Case(
            kind,
            [uniform(0, 1, (2, 3, 3), "f4"), np.array([0.4], "f4")],
            id="vector",
            error="InvalidArgumentError",
        ),
    ]
CASES += [
    Case(
        kind, [uniform(0, 1, (2, 3, 4), "f4"), number(0.4)], id="four channels", error="InvalidArgumentError"
    )
    for kind in ("AdjustHue", "AdjustSaturation")
]
CASES += [
    Case(
        "AdjustContrast",
        [integers(0, 256, (1, 3, 4, 3), dtype), number(1.5), number(10), number(200)],
        id=dtype,
        grad=False,
        atol=1e-3,
    )
    for dtype in ("u1", "i4", "f4")
]
