"""Resizing, scaling, and cropping with resizing."""

import numpy as np

from tests.cases import Case
from tests.draws import integers, normal

INTERPOLATIONS = ("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic")


def size(*numbers):
    return np.array(numbers, "i4")


CASES = []
for kind in INTERPOLATIONS + ("ResizeArea",):
    alignments = [(), ("align_corners",)]
    if kind != "ResizeArea":
        alignments.append(("half_pixel_centers",))
    for flags in alignments:
        attrs = {flag: True for flag in flags}
        name = " ".join(flags) or "plain"
        CASES += [
            Case(kind, [normal(2, 5, 7, 2), size(11, 4)], attrs, id=name + " both ways", atol=2e-6),
            Case(kind, [normal(1, 6, 9, 1), size(3, 3)], attrs, id=name + " smaller", atol=2e-6),
            Case(kind, [normal(1, 3, 2, 3), size(7, 8)], attrs, id=name + " larger", atol=2e-6),
            Case(kind, [normal(1, 5, 4, 1), size(1, 1)], attrs, id=name + " to a pixel", atol=2e-6),
            Case(kind, [normal(1, 1, 1, 2), size(3, 2)], attrs, id=name + " of a pixel", atol=2e-6),
        ]
    CASES += [
        Case(kind, [integers(0, 256, (1, 4, 5, 3), "u1"), size(6, 3)], id="uint8", grad=False, atol=1e-4),
        Case(kind, [normal(1, 4, 5, 3, dtype="f2"), size(6, 3)], id="half", grad=False, atol=1e-5),
        Case(kind, [normal(1, 4, 5, 3, dtype="f8"), size(6, 3)], id="double", atol=2e-6),
        Case(kind, [normal(1, 4, 5, 3), size(4, 5)], id="same size", atol=2e-6),
        Case(kind, [normal(0, 4, 5, 3), size(2, 2)], id="no pictures", grad=False),
        Case(kind, [normal(1, 4, 5, 3), size(0, 5)], id="to nothing", error="InvalidArgumentError"),
        Case(kind, [normal(1, 0, 5, 3), size(2, 5)], id="of nothing", error="InvalidArgumentError"),
        Case(kind, [normal(1, 4, 5, 3), size(2, 2, 2)], id="three sizes", error="ValueError"),
        Case(kind, [normal(1, 4, 5, 3), np.int32(2)], id="scalar size", error="ValueError"),
        Case(kind, [normal(4, 5, 3), size(2, 2)], id="rank 3", error="ValueError"),
    ]
CASES += [
    Case(
        kind,
        [normal(1, 4, 5, 3), size(2, 2)],
        {"align_corners": True, "half_pixel_centers": True},
        id="both alignments",
        error="InvalidArgumentError",
        grad=False,
    )
    for kind in INTERPOLATIONS
]
CASES += [
    Case("ResizeNearestNeighborGrad", [integers(-3, 4, (1, 4, 5, 2), dtype), size(2, 3)], id=dtype)
    for dtype in ("u1", "i1", "i4", "f2", "f4", "f8")
]
CASES += [
    Case(
        kind,
        [normal(1, 4, 5, 2), normal(1, 3, 3, 2, dtype=dtype)],
        id=dtype,
        atol=1e-2 if dtype == "f2" else 2e-6,
    )
    for kind, dtypes in (("ResizeBilinearGrad", ("f2", "f4", "f8")), ("ResizeBicubicGrad", ("f4", "f8")))
    for dtype in dtypes
]


def factors(*numbers):
    return np.array(numbers, "f4")


for kernel in (
    "lanczos1",
    "lanczos3",
    "lanczos5",
    "gaussian",
    "box",
    "triangle",
    "keyscubic",
    "mitchellcubic",
):
    for antialias in (True, False):
        attrs = {"kernel_type": kernel, "antialias": antialias}
        name = kernel + (" antialiased" if antialias else "")
        CASES += [
            Case(
                "ScaleAndTranslate",
                [normal(1, 9, 8, 2), size(4, 5), factors(0.45, 0.6), factors(0, 0)],
                attrs,
                id=name + " smaller",
                atol=5e-6,
            ),
            Case(
                "ScaleAndTranslate",
                [normal(2, 5, 4, 1), size(9, 7), factors(1.7, 1.8), factors(1.5, -2)],
                attrs,
                id=name + " moved",
                atol=5e-6,
            ),
        ]
PICTURE = normal(1, 4, 4, 1)
CASES += [
    Case(
        "ScaleAndTranslate",
        [integers(0, 256, (1, 6, 5, 3), "u1"), size(3, 3), factors(0.5, 0.6), factors(0, 0)],
        id="uint8",
        grad=False,
        atol=1e-4,
    ),
    Case(
        "ScaleAndTranslate",
        [PICTURE, size(2, 2), factors(1, 0), factors(0, 0)],
        id="no scale",
        error="InvalidArgumentError",
    ),
    Case(
        "ScaleAndTranslate",
        [PICTURE, size(2, 2), factors(1, 1), factors(0, 0)],
        {"kernel_type": "nothing"},
        id="unknown kernel",
        error="InvalidArgumentError",
    ),
    Case(
        "ScaleAndTranslate",
        [PICTURE, size(2, 2), factors(1), factors(0, 0)],
        id="one scale",
        error="InvalidArgumentError",
    ),
]

BOXES = np.array(
    [[0, 0, 1, 1], [0.1, 0.2, 0.7, 0.9], [0.9, 0.8, 0.2, 0.13], [-0.3, 0.4, 1.2, 1.3], [0.5, 0.5, 0.5, 0.5]],
    "f4",
)
WHICH = np.array([0, 1, 1, 0, 1], "i4")
for method in ("bilinear", "nearest"):
    attrs = {"method": method}
    second = method == "bilinear"
    CASES += [
        Case("CropAndResize", [normal(2, 5, 6, 2), BOXES, WHICH, size(3, 4)], attrs, id=method, atol=1e-5),
        Case(
            "CropAndResize",
            [normal(2, 5, 6, 1), BOXES, WHICH, size(1, 1)],
            attrs,
            id=method + " pixels",
            atol=1e-5,
        ),
        Case(
            "CropAndResize",
            [normal(2, 5, 6, 1), BOXES, WHICH, size(7, 9)],
            dict(attrs, extrapolation_value=-1.5),
            id=method + " filled",
            atol=1e-5,
        ),
        Case(
            "CropAndResize",
            [integers(0, 256, (2, 5, 6, 3), "u1"), BOXES, WHICH, size(3, 2)],
            attrs,
            id=method + " uint8",
            grad=False,
            atol=1e-4,
        ),
        Case(
            "CropAndResizeGradImage",
            [normal(5, 3, 2, 2), BOXES, WHICH, size(2, 4, 5, 2)],
            dict(attrs, T="float32"),
            id=method,
            atol=1e-5,
        ),
        Case(
            "CropAndResizeGradImage",
            [normal(5, 3, 2, 2), BOXES, WHICH, size(2, 4, 5, 2)],
            dict(attrs, T="float64"),
            id=method + " double",
            atol=1e-5,
        ),
    ]
CASES += [
    Case("CropAndResize", [normal(2, 5, 6, 2, dtype="f8"), BOXES, WHICH, size(3, 4)], id="double", atol=1e-5),
    Case(
        "CropAndResize",
        [normal(2, 5, 6, 1), BOXES, WHICH + np.int32(1), size(2, 2)],
        id="box of no picture",
        error="OutOfRangeError",
    ),
    Case(
        "CropAndResize",
        [normal(2, 5, 6, 1), BOXES, WHICH[:3], size(2, 2)],
        id="fewer indices",
        error="ValueError",
    ),
    Case(
        "CropAndResize",
        [normal(2, 5, 6, 1), BOXES[:, :3], WHICH, size(2, 2)],
        id="three numbers",
        error="ValueError",
    ),
    Case(
        "CropAndResize",
        [normal(2, 5, 6, 1), BOXES, WHICH, size(2, 0)],
        id="to nothing",
        error="InvalidArgumentError",
    ),
    Case(
        "CropAndResize",
        [normal(2, 0, 6, 1), BOXES, WHICH, size(2, 2)],
        id="of nothing",
        error="InvalidArgumentError",
    ),
    Case("CropAndResize", [normal(2, 5, 6, 1), BOXES[:0], WHICH[:0], size(2, 2)], id="no boxes", grad=False),
    Case(
        "CropAndResizeGradBoxes",
        [normal(5, 3, 4, 2), normal(2, 5, 6, 2), BOXES, WHICH],
        id="plain",
        atol=1e-4,
    ),
    Case(
        "CropAndResizeGradBoxes",
        [normal(5, 1, 1, 2), normal(2, 5, 6, 2), BOXES, WHICH],
        id="pixels",
        atol=1e-4,
    ),
    Case(
        "CropAndResizeGradBoxes",
        [normal(5, 3, 4, 2), normal(2, 5, 6, 1), BOXES, WHICH],
        id="other depth",
        error="InvalidArgumentError",
    ),
    Case(
        "CropAndResizeGradImage",
        [normal(5, 3, 2, 2), BOXES, WHICH, size(2, 4, 5, 1)],
        {"T": "float32"},
        id="other depth",
        error="InvalidArgumentError",
    ),
]
CASES += [
    Case(
        "ScaleAndTranslateGrad",
        [normal(1, 4, 5, 2), normal(1, 6, 3, 2), factors(0.7, 1.6), factors(0.5, 0)],
        {"antialias": antialias},
        id=str(antialias),
        atol=5e-6,
    )
    for antialias in (True, False)
]
