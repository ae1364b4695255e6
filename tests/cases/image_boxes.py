"""Boxes: drawn, sampled, suppressed; glimpses."""

import numpy as np

from tests.cases import Case
from tests.draws import normal, uniform


def count(number):
    return np.array(number, "i4")


def share(number):
    return np.float32(number)


BOXES = np.array(
    [[0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1], [0, 100, 1, 101]],
    "f4",
)
SCORES = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3], "f4")
FLIPPED = np.array(
    [[1, 1, 0, 0], [0, 0.1, 1, 1.1], [0, 0.9, 1, -0.1], [0, 10, 1, 11], [1, 10.1, 0, 11.1], [1, 101, 0, 100]],
    "f4",
)
EMPTY = np.zeros((0, 4), "f4")
MANY = uniform(0, 1, (60, 4), "f4")
MANY_SCORES = uniform(0, 1, (60,), "f4")
V3 = "NonMaxSuppressionV3"
CASES = [
    Case("NonMaxSuppression", [BOXES, SCORES, count(3)], {"iou_threshold": 0.5}, id="plain"),
    Case(
        "NonMaxSuppression",
        [BOXES, SCORES, count(3)],
        {"iou_threshold": 1.5},
        id="no share",
        error="InvalidArgumentError",
    ),
    Case("NonMaxSuppressionV2", [FLIPPED, SCORES, count(3), share(0.5)], id="flipped"),
    Case("NonMaxSuppressionV2", [EMPTY, SCORES[:0], count(3), share(0.5)], id="none"),
    Case("NonMaxSuppressionV2", [BOXES, SCORES, count(0), share(0.5)], id="to none"),
    Case("NonMaxSuppressionV2", [BOXES, SCORES, count(30), share(0.1)], id="more than there are"),
    Case(V3, [BOXES, SCORES, count(3), share(0.5), share(0.4)], id="above a score"),
    Case(V3, [MANY, MANY_SCORES, count(40), share(0.2), share(0.1)], id="many"),
    Case(V3, [MANY, MANY_SCORES, count(40), share(0.0), share(-1)], id="no overlap at all"),
    Case(V3, [BOXES[[0, 0, 0, 3, 3]], SCORES[:5], count(5), share(0.5), share(0)], id="the same"),
    Case(
        V3, [BOXES[:, :3], SCORES, count(3), share(0.5), share(0.4)], id="three numbers", error="ValueError"
    ),
    Case(V3, [BOXES, SCORES[:3], count(3), share(0.5), share(0.4)], id="fewer scores", error="ValueError"),
    Case(V3, [BOXES, SCORES, count([3]), share(0.5), share(0.4)], id="vector", error="ValueError"),
    Case(V3, [BOXES, SCORES, count(3), share(1.2), share(0.4)], id="no share", error="InvalidArgumentError"),
    Case(V3, [np.zeros((3, 4), "f4"), SCORES[:3], count(3), share(0.5), share(0)], id="points"),
]
for pad in (False, True):
    attrs = {"pad_to_max_output_size": pad}
    name = "padded" if pad else "plain"
    CASES += [
        Case("NonMaxSuppressionV4", [BOXES, SCORES, count(5), share(0.5), share(0)], attrs, id=name),
        Case("NonMaxSuppressionV4", [BOXES, SCORES, count(2), share(0.5), share(0)], attrs, id=name + " few"),
        Case(
            "NonMaxSuppressionV5",
            [BOXES, SCORES, count(6), share(0.5), share(0), share(0)],
            attrs,
            id=name + " hard",
        ),
        Case(
            "NonMaxSuppressionV5",
            [BOXES, SCORES, count(6), share(0.5), share(0), share(0.5)],
            attrs,
            id=name + " soft",
        ),
        Case(
            "NonMaxSuppressionV5",
            [BOXES, SCORES, count(6), share(1), share(0.1), share(0.5)],
            attrs,
            id=name + " softer",
        ),
        Case(
            "NonMaxSuppressionV5",
            [MANY, MANY_SCORES, count(50), share(1), share(0.05), share(0.3)],
            attrs,
            id=name + " many",
        ),
    ]
OVERLAPS = uniform(0, 1, (8, 8), "f4")
CASES += [
    Case(
        "NonMaxSuppressionWithOverlaps",
        [OVERLAPS, uniform(0, 1, (8,), "f4"), count(5), share(0.6), share(0.1)],
        id="plain",
    ),
    Case(
        "NonMaxSuppressionWithOverlaps",
        [OVERLAPS, uniform(0, 1, (8,), "f4"), count(8), share(7), share(-1)],
        id="all",
    ),
    Case(
        "NonMaxSuppressionWithOverlaps",
        [OVERLAPS[:, :5], uniform(0, 1, (8,), "f4"), count(5), share(0.6), share(0.1)],
        id="not square",
        error="ValueError",
    ),
]
GROUPS = uniform(-0.2, 1.2, (2, 12, 3, 4), "f4")
OF_CLASSES = uniform(0, 1, (2, 12, 3), "f4")
for attrs in ({}, {"clip_boxes": False}):
    name = " ".join(sorted(attrs)) or "plain"
    CASES += [
        Case(
            "CombinedNonMaxSuppression",
            [GROUPS, OF_CLASSES, count(4), count(9), share(0.3), share(0.2)],
            attrs,
            id=name,
        ),
        Case(
            "CombinedNonMaxSuppression",
            [GROUPS[:, :, :1], OF_CLASSES, count(2), count(20), share(0.3), share(0.2)],
            attrs,
            id=name + " shared",
        ),
    ]
CASES += [
    Case(
        "CombinedNonMaxSuppression",
        [GROUPS[:, :, :2], OF_CLASSES, count(2), count(20), share(0.3), share(0.2)],
        id="two of three",
        error="ValueError",
    ),
    Case(
        "CombinedNonMaxSuppression",
        [GROUPS, OF_CLASSES, count(2), count(0), share(0.3), share(0.2)],
        id="nothing",
        error="InvalidArgumentError",
    ),
]
PLACES = np.array(
    [
        [[0.1, 0.2, 0.6, 0.7], [0, 0, 1, 1], [-0.2, 0.5, 0.5, 1.4]],
        [[0.6, 0.6, 0.5, 0.5], [0.9, 0.1, 0.9, 0.3], [2, 2, 3, 3]],
    ],
    "f4",
)
CASES += [
    Case(
        "DrawBoundingBoxes",
        [uniform(0, 1, (2, 8, 9, depth), "f4"), PLACES],
        id="%d channels" % depth,
        grad=False,
    )
    for depth in (1, 3, 4)
]
CASES += [
    Case(
        "DrawBoundingBoxes",
        [uniform(0, 1, (2, 8, 9, 2), "f4"), PLACES],
        id="2 channels",
        error="InvalidArgumentError",
    ),
    Case(
        "DrawBoundingBoxes",
        [
            uniform(0, 1, (1, 8, 9, 3), "f4"),
            uniform(0, 0.4, (1, 13, 4), "f4") + np.array([0, 0, 0.4, 0.4], "f4"),
        ],
        id="more boxes than colors",
        grad=False,
    ),
    Case(
        "DrawBoundingBoxes",
        [uniform(0, 1, (1, 8, 9, 3), "f4"), PLACES],
        id="other batch",
        error="InvalidArgumentError",
    ),
    Case(
        "DrawBoundingBoxes", [uniform(0, 1, (2, 8, 9, 3), "f4"), PLACES[0]], id="rank 2", error="ValueError"
    ),
    Case(
        "DrawBoundingBoxesV2",
        [uniform(0, 1, (2, 8, 9, 3), "f4"), PLACES, uniform(0, 1, (2, 3), "f4")],
        id="two colors",
        grad=False,
    ),
    Case(
        "DrawBoundingBoxesV2",
        [uniform(0, 1, (2, 8, 9, 3), "f4"), PLACES, uniform(0, 1, (2, 4), "f4")],
        id="wide colors",
        grad=False,
    ),
    Case(
        "DrawBoundingBoxesV2",
        [uniform(0, 1, (2, 8, 9, 1), "f4"), PLACES, uniform(0, 1, (2, 1), "f4")],
        id="gray",
        grad=False,
    ),
    Case(
        "DrawBoundingBoxesV2",
        [uniform(0, 1, (2, 8, 9, 3), "f4"), PLACES, np.zeros((0, 3), "f4")],
        id="no colors",
        grad=False,
    ),
    Case(
        "DrawBoundingBoxesV2",
        [uniform(0, 1, (2, 8, 9, 3), "f4"), PLACES, uniform(0, 1, (2, 2), "f4")],
        id="narrow colors",
        error="InvalidArgumentError",
    ),
]
SEEDS = {"seed": 7, "seed2": 11}
INSIDE = np.array([[[0.1, 0.2, 0.5, 0.7], [0.3, 0.3, 0.9, 0.9]]], "f4")
SAMPLE, SAMPLE_V2 = "SampleDistortedBoundingBox", "SampleDistortedBoundingBoxV2"
for sizes in ((40, 50, 3), (300, 211, 1), (7, 5, 3), (1, 1, 1), (64, 64, 3)):
    image_size = np.array(sizes, "i4")
    name = "x".join(map(str, sizes))
    CASES += [
        Case(SAMPLE, [image_size, INSIDE], SEEDS, id=name, runs=12),
        Case(
            SAMPLE,
            [image_size, INSIDE],
            dict(SEEDS, min_object_covered=0.9, max_attempts=20),
            id=name + " covered",
            runs=12,
        ),
        Case(
            SAMPLE_V2,
            [image_size, INSIDE, share(0.3)],
            dict(SEEDS, area_range=[0.5, 0.9], aspect_ratio_range=[0.99, 1.01]),
            id=name,
            runs=12,
        ),
        Case(
            SAMPLE_V2,
            [image_size.astype("i8"), INSIDE[:, :0], share(0.3)],
            dict(SEEDS, use_image_if_no_bounding_boxes=True, aspect_ratio_range=[0.1, 9.0]),
            id=name + " none",
            runs=12,
        ),
    ]
SIZE = np.array([40, 50, 3], "i4")
REFUSED = "InvalidArgumentError"
CASES += [
    Case(SAMPLE, [SIZE, INSIDE[:, :0]], SEEDS, id="no boxes", error=REFUSED),
    Case(SAMPLE, [SIZE, INSIDE + np.float32(0.5)], SEEDS, id="outside", error=REFUSED),
    Case(SAMPLE, [SIZE[:2], INSIDE], SEEDS, id="two sizes", error=REFUSED),
    Case(SAMPLE, [SIZE, INSIDE[0]], SEEDS, id="rank 2", error=REFUSED),
    Case(SAMPLE, [SIZE, INSIDE[:, :, :3]], SEEDS, id="three numbers", error=REFUSED),
    Case(SAMPLE, [SIZE, INSIDE], dict(SEEDS, max_attempts=0), id="no attempts", error=REFUSED),
    Case(SAMPLE, [SIZE, INSIDE], dict(SEEDS, area_range=[0.0, 1.0]), id="no area", error=REFUSED),
    Case(SAMPLE, [SIZE, INSIDE], dict(SEEDS, area_range=[0.1, 1.5]), id="too much area", error=REFUSED),
    Case(
        SAMPLE, [SIZE, INSIDE], dict(SEEDS, aspect_ratio_range=[-0.1, 1.0]), id="ratio below 0", error=REFUSED
    ),
    Case(SAMPLE, [SIZE, INSIDE], dict(SEEDS, aspect_ratio_range=[1.0]), id="one ratio", error=REFUSED),
    Case(SAMPLE_V2, [SIZE, INSIDE, np.array([0.5], "f4")], SEEDS, id="vector", error="ValueError"),
]
VIEW = normal(3, 8, 9, 2)
WINDOW = np.array([3, 4], "i4")
for centered in (True, False):
    for normalized in (True, False):
        attrs = {"centered": centered, "normalized": normalized}
        at = (
            np.array([[0.1, 0.2], [0, 0], [-0.3, 0.35]], "f4")
            if centered
            else np.array([[0.25, 0.3], [0.5, 0.6], [0.5, 0.4]], "f4")
        )
        if not normalized:
            at = at * np.float32(8)
        CASES.append(Case("ExtractGlimpse", [VIEW, WINDOW, at], attrs, id="%s %s" % (centered, normalized)))
CASES += [
    Case(
        "ExtractGlimpse",
        [VIEW, WINDOW, np.array([[0.9, 0.9], [-1, 1], [5, 0]], "f4")],
        {"uniform_noise": False, "noise": "zero"},
        id="outside",
    ),
    Case(
        "ExtractGlimpse",
        [VIEW, np.array([12, 4], "i4"), np.zeros((3, 2), "f4")],
        {"uniform_noise": False, "noise": "zero"},
        id="larger",
    ),
    Case("ExtractGlimpse", [VIEW, WINDOW, np.zeros((2, 2), "f4")], id="fewer offsets", error="ValueError"),
    Case(
        "ExtractGlimpse",
        [VIEW, np.array([3, 0], "i4"), np.zeros((3, 2), "f4")],
        id="no window",
        grad=False,
    ),
]
# Places and scores on a grid: equal scores and overlaps of just the threshold.
GRID = np.array(
    [[0, 0, 2, 2], [0, 0, 2, 1], [0, 0, 2, 2], [3, 3, 5, 5], [3, 3, 5, 4], [1, 1, 1, 1], [0, 0, 4, 2]], "f4"
)
EVEN = np.array([0.5, 0.75, 0.5, 0.75, 0.5, 0.25, 0.5], "f4")
CASES += [
    Case(
        "NonMaxSuppressionV5",
        [GRID, EVEN, count(9), share(threshold), share(least), share(sigma)],
        id="grid %g %g %g" % (threshold, least, sigma),
    )
    for threshold in (0, 0.5, 1)
    for least in (-1, 0.3)
    for sigma in (0, 0.5)
]
