"""Non-maximum suppression: of boxes that overlap, the one with the highest score is kept."""

import numpy as np

from perdure.graph.shapes import format_shape, merge_size, with_rank, with_size
from perdure.ops.checks import invalid
from perdure.ops.registry import op

# -- shared by the family ---------------------------------------------------------


def overlap(box, others):
    """The share that a box and each of others have in common of what they cover, float32.

    Args:
        box: four numbers, two opposite corners.
        others: (count, 4).
    """
    corners = [np.minimum(others[..., :2], others[..., 2:]), np.maximum(others[..., :2], others[..., 2:])]
    low, high = np.minimum(box[:2], box[2:]), np.maximum(box[:2], box[2:])
    area = np.prod(high - low)
    areas = np.prod(corners[1] - corners[0], axis=-1)
    common = np.maximum(np.minimum(high, corners[1]) - np.maximum(low, corners[0]), 0)
    shared = common[..., 0] * common[..., 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        found = shared / (area + areas - shared)
    return np.where((area <= 0) | (areas <= 0), np.float32(0), found)


def suppressed(scores, overlaps_with, most, threshold, score_threshold):
    """The places that are kept, highest score first; an equal overlap is too much.

    What is kept stays a candidate until it is found to overlap with itself, so that a place that does not (a
    box that covers nothing) is kept again and again, as by TensorFlow.

    Args:
        scores: float32 (count,).
        overlaps_with: from a place and other places to how much they overlap.
        most: how many are kept at most.
        threshold: the overlap from which on a place is dropped.
        score_threshold: what scores must exceed.
    """
    candidates = np.flatnonzero(scores > score_threshold)
    order = np.argsort(-scores[candidates], kind="stable")
    left = candidates[order]
    ranked = scores[left]
    itself = np.array([overlaps_with(place, place) for place in left[: most + 1]])
    if (ranked[1:] == ranked[:-1]).any() or (itself < threshold).any():
        return by_queue(scores, overlaps_with, most, threshold, score_threshold)[0]
    kept = []
    while len(left) and len(kept) < most:
        first, left = left[0], left[1:]
        kept.append(first)
        if len(left):
            left = left[~(overlaps_with(first, left) >= threshold)]
    return np.array(kept, np.int32)


def by_queue(scores, overlaps_with, most, threshold, score_threshold, sigma=0):
    """`suppressed` with the scores of what is kept, candidate by candidate; equal ones in TensorFlow's order.

    If `sigma` is not 0, overlaps below the threshold lower the scores (Bodla et al., Soft-NMS); a candidate
    comes back with its new score until that does not change any more.
    """
    scale = np.float32(-0.5) / np.float32(sigma) if sigma else None
    queue = Queue()
    for place in np.flatnonzero(scores > score_threshold):
        queue.push((scores[place], place, 0))
    kept, kept_scores = [], []
    while queue.entries and len(kept) < most:
        score, place, seen = queue.pop()
        before = score
        if seen < len(kept):
            found = overlaps_with(place, np.array(kept[seen:]))[::-1].astype(np.float32)
            if (found >= threshold).any():
                continue
            if sigma:
                for overlapping in found:
                    score = np.float32(score * np.exp(scale * overlapping * overlapping))
                    if score <= score_threshold:
                        break
        seen = len(kept)
        if score == before:
            kept.append(place)
            kept_scores.append(score)
        if score > score_threshold:
            queue.push((score, place, seen))
    return np.array(kept, np.int32), np.array(kept_scores, np.float32)


class Queue:
    """std::priority_queue as libstdc++ has it: which of equal scores comes first is a matter of its heap.

    Attributes:
        entries: tuples that begin with a score.
    """

    def __init__(self):
        self.entries = []

    def push(self, entry):
        self.entries.append(entry)
        self._rise(len(self.entries) - 1, entry)

    def _rise(self, hole, entry):
        entries = self.entries
        while hole > 0 and entries[(hole - 1) // 2][0] < entry[0]:
            entries[hole] = entries[(hole - 1) // 2]
            hole = (hole - 1) // 2
        entries[hole] = entry

    def pop(self):
        """Take out the highest score."""
        entries = self.entries
        first, last, count = entries[0], entries.pop(), len(entries)
        if not count:
            return first
        # The hole sinks to the bottom by way of the higher children, the right one of equal ones.
        hole = child = 0
        while child < (count - 1) // 2:
            child = 2 * (child + 1)
            if entries[child][0] < entries[child - 1][0]:
                child -= 1
            entries[hole] = entries[child]
            hole = child
        if count % 2 == 0 and child == (count - 2) // 2:
            entries[hole] = entries[2 * child + 1]
            hole = 2 * child + 1
        self._rise(hole, last)
        return first


def check_boxes(boxes, scores):
    """InvalidArgumentError unless there are n boxes and n scores."""
    if np.ndim(boxes) != 2:
        raise invalid(f"boxes must be 2-D{format_shape(np.shape(boxes))}")
    if np.shape(boxes)[1] != 4:
        raise invalid("boxes must have 4 columns")
    check_scores(scores, np.shape(boxes)[0])


def check_scores(scores, count):
    if np.ndim(scores) != 1:
        raise invalid(f"scores must be 1-D{format_shape(np.shape(scores))}")
    if np.shape(scores)[0] != count:
        raise invalid("scores has incompatible shape")


def number(value, name):
    """A scalar input as a Python number."""
    if np.ndim(value):
        raise invalid(f"{name} must be 0-D, got shape {format_shape(np.shape(value))}")
    return value.item()


def checked_threshold(value, name="iou_threshold"):
    threshold = number(value, name)
    if not 0 <= threshold <= 1:
        raise invalid(f"{name} must be in [0, 1]")
    return threshold


def boxes_overlap(boxes):
    wide = boxes.astype(np.float32)
    return lambda place, others: overlap(wide[place], wide[others])


def checked_count(most):
    most = number(most, "max_output_size")
    if most < 0:
        raise invalid("output size must be non-negative")
    return most


def selection_shape(boxes, scores):
    count, coordinates = with_rank(boxes, 2)
    merge_size(count, with_rank(scores, 1)[0])
    with_size(coordinates, 4)
    return (None,)


def padded(places, most, pads):
    """The places, with zeros behind them if `pads`, and how many they are."""
    count = len(places)
    if pads:
        places = np.concatenate([places, np.zeros(max(most - count, 0), places.dtype)])
    return places, np.array(count, np.int32)


# -- NonMaxSuppression, V2, V3 ----------------------------------------------------

non_max_suppression = op("NonMaxSuppression", host=True, ranks={"max_output_size": 0})
non_max_suppression_v2 = op(
    "NonMaxSuppressionV2", host=True, ranks={"max_output_size": 0, "iou_threshold": 0}
)
non_max_suppression_v3 = op(
    "NonMaxSuppressionV3",
    host=True,
    ranks={"max_output_size": 0, "iou_threshold": 0, "score_threshold": 0},
)


@non_max_suppression.shape
@non_max_suppression_v2.shape
@non_max_suppression_v3.shape
def non_max_suppression_shape(boxes, scores):
    return selection_shape(boxes, scores)


def select(boxes, scores, max_output_size, iou_threshold, score_threshold=-np.inf):
    boxes, scores = np.asarray(boxes), np.asarray(scores).astype(np.float32)
    check_boxes(boxes, scores)
    return suppressed(
        scores, boxes_overlap(boxes), checked_count(max_output_size), iou_threshold, score_threshold
    )


@non_max_suppression.kernel
def non_max_suppression_kernel(xp, boxes, scores, max_output_size, *, iou_threshold):
    threshold = checked_threshold(np.float32(iou_threshold))
    return select(boxes, scores, max_output_size, threshold)


@non_max_suppression_v2.kernel
def non_max_suppression_v2_kernel(xp, boxes, scores, max_output_size, iou_threshold):
    return select(boxes, scores, max_output_size, checked_threshold(iou_threshold))


@non_max_suppression_v3.kernel
def non_max_suppression_v3_kernel(xp, boxes, scores, max_output_size, iou_threshold, score_threshold):
    threshold = checked_threshold(iou_threshold)
    return select(boxes, scores, max_output_size, threshold, number(score_threshold, "score_threshold"))


non_max_suppression.not_differentiable("returns places")
non_max_suppression_v2.not_differentiable("returns places")
non_max_suppression_v3.refuse_gradient()

# -- NonMaxSuppressionV4, V5 ------------------------------------------------------

non_max_suppression_v4 = op(
    "NonMaxSuppressionV4",
    host=True,
    static=["max_output_size"],
    ranks={"max_output_size": 0, "iou_threshold": 0, "score_threshold": 0},
)
non_max_suppression_v5 = op(
    "NonMaxSuppressionV5",
    host=True,
    static=["max_output_size"],
    ranks={"max_output_size": 0, "iou_threshold": 0, "score_threshold": 0, "soft_nms_sigma": 0},
)


def padded_shape(boxes, scores, most, pads):
    selection_shape(boxes, scores)
    if not pads or most is None:
        return (None,)
    if most < 0:
        raise ValueError(f"max_output_size should be > 0 but got {most}")
    return (int(most),)


@non_max_suppression_v4.shape
def non_max_suppression_v4_shape(boxes, scores, max_output_size, *, pad_to_max_output_size):
    return [padded_shape(boxes, scores, max_output_size, pad_to_max_output_size), ()]


@non_max_suppression_v4.kernel
def non_max_suppression_v4_kernel(
    xp, boxes, scores, max_output_size, iou_threshold, score_threshold, *, pad_to_max_output_size
):
    threshold = checked_threshold(iou_threshold)
    places = select(boxes, scores, max_output_size, threshold, number(score_threshold, "score_threshold"))
    return padded(places, int(max_output_size), pad_to_max_output_size)


@non_max_suppression_v5.shape
def non_max_suppression_v5_shape(boxes, scores, max_output_size, *, pad_to_max_output_size):
    shape = padded_shape(boxes, scores, max_output_size, pad_to_max_output_size)
    return [shape, shape, ()]


@non_max_suppression_v5.kernel
def non_max_suppression_v5_kernel(
    xp,
    boxes,
    scores,
    max_output_size,
    iou_threshold,
    score_threshold,
    soft_nms_sigma,
    *,
    pad_to_max_output_size,
):
    boxes, scores = np.asarray(boxes), np.asarray(scores)
    check_boxes(boxes, scores)
    threshold, sigma = checked_threshold(iou_threshold), number(soft_nms_sigma, "soft_nms_sigma")
    if sigma < 0:
        raise invalid("soft_nms_sigma must be non-negative")
    most, least = checked_count(max_output_size), number(score_threshold, "score_threshold")
    wide = scores.astype(np.float32)
    if sigma > 0:
        places, kept = by_queue(wide, boxes_overlap(boxes), most, threshold, least, sigma)
    else:
        places = suppressed(wide, boxes_overlap(boxes), most, threshold, least)
        kept = wide[places]
    kept, _ = padded(kept.astype(scores.dtype), most, pad_to_max_output_size)
    return (padded(places, most, pad_to_max_output_size)[0], kept, np.array(len(places), np.int32))


non_max_suppression_v4.refuse_gradient()
non_max_suppression_v5.refuse_gradient()

# -- NonMaxSuppressionWithOverlaps ------------------------------------------------

non_max_suppression_with_overlaps = op(
    "NonMaxSuppressionWithOverlaps",
    host=True,
    ranks={"max_output_size": 0, "overlap_threshold": 0, "score_threshold": 0},
)


@non_max_suppression_with_overlaps.shape
def non_max_suppression_with_overlaps_shape(overlaps, scores):
    rows, columns = with_rank(overlaps, 2)
    merge_size(merge_size(rows, columns), with_rank(scores, 1)[0])
    return (None,)


@non_max_suppression_with_overlaps.kernel
def non_max_suppression_with_overlaps_kernel(
    xp, overlaps, scores, max_output_size, overlap_threshold, score_threshold
):
    overlaps, scores = np.asarray(overlaps), np.asarray(scores)
    if overlaps.ndim != 2:
        raise invalid(f"overlaps must be 2-D{format_shape(overlaps.shape)}")
    if overlaps.shape[0] != overlaps.shape[1]:
        raise invalid(f"overlaps must be square{format_shape(overlaps.shape)}")
    check_scores(scores, len(overlaps))
    threshold, least = (
        number(overlap_threshold, "overlap_threshold"),
        number(score_threshold, "score_threshold"),
    )
    most = checked_count(max_output_size)
    return suppressed(scores, lambda place, others: overlaps[others, place], most, threshold, least)


non_max_suppression_with_overlaps.not_differentiable("returns places")

# -- CombinedNonMaxSuppression ----------------------------------------------------

combined_non_max_suppression = op(
    "CombinedNonMaxSuppression",
    host=True,
    static=["max_output_size_per_class", "max_total_size"],
    ranks={"max_output_size_per_class": 0, "max_total_size": 0, "iou_threshold": 0, "score_threshold": 0},
)


@combined_non_max_suppression.shape
def combined_non_max_suppression_shape(
    boxes, scores, max_output_size_per_class, max_total_size, *, pad_per_class
):
    batch, _, choices, coordinates = with_rank(boxes, 4)
    _, _, classes = with_rank(scores, 3)
    with_size(coordinates, 4)
    if choices not in (None, 1) and classes is not None and choices != classes:
        raise ValueError(
            "third dimension of boxes must be either 1 or equal to the third dimension of scores"
        )
    count = None if max_total_size is None else int(max_total_size)
    if count is not None and count <= 0:
        raise ValueError("max_total_size should be > 0 ")
    if pad_per_class:
        known = None not in (max_output_size_per_class, classes, count)
        count = min(count, int(max_output_size_per_class) * classes) if known else None
    return [(batch, count, 4), (batch, count), (batch, count), (batch,)]


@combined_non_max_suppression.kernel
def combined_non_max_suppression_kernel(
    xp,
    boxes,
    scores,
    max_output_size_per_class,
    max_total_size,
    iou_threshold,
    score_threshold,
    *,
    pad_per_class,
    clip_boxes,
):
    boxes, scores = np.asarray(boxes), np.asarray(scores)
    most, total = (
        number(max_output_size_per_class, "max_size_per_class"),
        number(max_total_size, "max_total_size"),
    )
    if most <= 0:
        raise invalid("max_size_per_class must be positive")
    if total <= 0:
        raise invalid("max_total_size must be > 0")
    threshold, least = checked_threshold(iou_threshold), number(score_threshold, "score_threshold")
    if boxes.ndim != 4:
        raise invalid(f"boxes must be 4-D{format_shape(boxes.shape)}")
    if scores.ndim != 3:
        raise invalid(f"scores must be 3-D{format_shape(scores.shape)}")
    batch, _, classes = scores.shape
    if boxes.shape[2] not in (1, classes):
        raise invalid("third dimension of boxes must be either 1 or num classes")
    count = min(total, most * classes) if pad_per_class else total
    found_boxes = np.zeros((batch, count, 4), np.float32)
    found_scores, found_classes = np.zeros((2, batch, count), np.float32)
    valid = np.zeros(batch, np.int32)
    for i in range(batch):
        chosen = []
        for each in range(classes):
            own = boxes[i, :, each if boxes.shape[2] > 1 else 0]
            class_scores = scores[i, :, each]
            places = suppressed(class_scores, boxes_overlap(own), most, threshold, least)
            chosen += [(class_scores[place], each, own[place]) for place in places]
        chosen.sort(key=lambda item: -item[0])
        chosen = chosen[:count]
        valid[i] = len(chosen)
        for j, (score, each, box) in enumerate(chosen):
            found_scores[i, j], found_classes[i, j] = score, each
            found_boxes[i, j] = np.clip(box, 0, 1) if clip_boxes else box
    return found_boxes, found_scores, found_classes, valid


combined_non_max_suppression.refuse_gradient()
