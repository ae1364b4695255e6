"""Non-maximum suppression: `tf.image.non_max_suppression` and its variants."""

from __future__ import annotations

from typing import Any

from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor

_ANY_SCORE = float("-inf")


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _ANY_SCORE,
    name: str | None = None,
) -> Tensor:
    """Which boxes are kept when those that overlap one of a higher score are dropped; int32, highest first.

    Args:
        boxes: float32 (count, 4), two opposite corners each.
        scores: float32 (count,).
        max_output_size: how many are kept at most, an int32 scalar.
        iou_threshold: the overlap (common area / covered area) beyond which a box is dropped.
        score_threshold: what scores must exceed.
        name: a scope for the nodes.
    """
    with name_scope(name, "non_max_suppression"):
        iou_threshold = convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, name="score_threshold")
        return g.non_max_suppression_v3(boxes, scores, max_output_size, iou_threshold, score_threshold)


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _ANY_SCORE,
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """`non_max_suppression`, with the scores of what is kept.

    Args:
        boxes, scores, max_output_size, iou_threshold, score_threshold, name: see there.
        soft_nms_sigma: how far overlaps lower scores before they drop a box; not at all if 0.
    """
    with name_scope(name, "non_max_suppression_with_scores"):
        iou_threshold = convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, name="score_threshold")
        soft_nms_sigma = convert_to_tensor(soft_nms_sigma, name="soft_nms_sigma")
        selected, kept, _ = g.non_max_suppression_v5(
            boxes,
            scores,
            max_output_size,
            iou_threshold,
            score_threshold,
            soft_nms_sigma,
            pad_to_max_output_size=False,
        )
        return selected, kept


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _ANY_SCORE,
    pad_to_max_output_size: bool = False,
    name: str | None = None,
) -> Any:
    """`non_max_suppression`, with the number of boxes that are kept.

    Args:
        boxes, scores, max_output_size, iou_threshold, score_threshold, name: see there.
        pad_to_max_output_size: whether zeros follow, so that there are always as many.
    """
    with name_scope(name, "non_max_suppression_padded"):
        iou_threshold = convert_to_tensor(iou_threshold, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, name="score_threshold")
        return g.non_max_suppression_v4(
            boxes, scores, max_output_size, iou_threshold, score_threshold, pad_to_max_output_size
        )


def non_max_suppression_with_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = _ANY_SCORE,
    name: str | None = None,
) -> Tensor:
    """`non_max_suppression` of what overlaps as a matrix (count, count) says."""
    with name_scope(name, "non_max_suppression_overlaps"):
        overlap_threshold = convert_to_tensor(overlap_threshold, name="overlap_threshold")
        return g.non_max_suppression_with_overlaps(
            overlaps, scores, max_output_size, overlap_threshold, score_threshold
        )


def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = _ANY_SCORE,
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> Any:
    """`non_max_suppression` of each class of each entry of a batch.

    Args:
        boxes: (batch, count, 1 or classes, 4).
        scores: (batch, count, classes).
        max_output_size_per_class, max_total_size: how many are kept at most.
        iou_threshold, score_threshold: see `non_max_suppression`.
        pad_per_class: whether no more than `max_output_size_per_class` times the classes are returned.
        clip_boxes: whether boxes are cut off at 0 and 1.
        name: a scope for the nodes.

    Returns:
        `nmsed_boxes` (batch, most, 4), `nmsed_scores` and `nmsed_classes` (batch, most), zeros behind
        the last one, and `valid_detections` (batch,).
    """
    with name_scope(name, "combined_non_max_suppression"):
        iou_threshold = convert_to_tensor(iou_threshold, dtype=dtypes.float32, name="iou_threshold")
        score_threshold = convert_to_tensor(score_threshold, dtype=dtypes.float32, name="score_threshold")
        return g.combined_non_max_suppression(
            boxes,
            scores,
            max_output_size_per_class,
            max_total_size,
            iou_threshold,
            score_threshold,
            pad_per_class,
            clip_boxes,
        )
