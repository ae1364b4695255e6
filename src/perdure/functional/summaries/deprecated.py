"""tf.contrib.deprecated: summaries whose tag is an argument of its own, and not the name of the node."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.summaries.tags import collect
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, get_collection, name_scope
from perdure.graph.dtypes import float32
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor
from perdure.platform.deprecation import warn_once

_DEFAULT = [GraphKeys.SUMMARIES]


def _warn(function: str, new: str, further: str = "", has_tag: bool = True) -> None:
    instructions = f"Please switch to tf.summary.{new}."
    if has_tag:
        instructions += (
            f" Note that tf.summary.{new} uses the node name instead of the tag. "
            "This means that TensorFlow will automatically de-duplicate summary names "
            f"based on the scope they are created in.{further}"
        )
    warn_once(function, "tensorflow.python.ops.logging_ops", instructions, after="2016-11-30")


def scalar_summary(
    tags: Any, values: Any, collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """A summary of numbers.

    Args:
        tags: their tags, a tensor of strings.
        values: real numbers, of the same shape.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        name: the name of the node.

    Returns:
        A string, a serialized `Summary`.
    """
    _warn(
        "scalar_summary", "scalar",
        " Also, passing a tensor or list of tags to a scalar summary op is no longer supported.",
    )  # fmt: skip
    with name_scope(name, "ScalarSummary", [tags, values]) as scope:
        made = g.scalar_summary(tags=tags, values=values, name=scope)
        collect(made, collections, _DEFAULT)
    return made


def histogram_summary(
    tag: Any, values: Any, collections: Sequence[str] | None = None, name: str | None = None
) -> Tensor:
    """A summary of how numbers are distributed; see `tf.summary.histogram`.

    Args:
        tag: its tag, a string.
        values: real numbers of any shape.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        name: the name of the node.

    Returns:
        A string, a serialized `Summary`.
    """
    _warn("histogram_summary", "histogram")
    with name_scope(name, "HistogramSummary", [tag, values]) as scope:
        made = g.histogram_summary(tag=tag, values=values, name=scope)
        collect(made, collections, _DEFAULT)
    return made


def image_summary(
    tag: Any,
    tensor: Any,
    max_images: int = 3,
    collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Tensor:
    """A summary of pictures; see `tf.summary.image`.

    Args:
        tag: what their tags begin with, a string.
        tensor: pictures of shape [count, height, width, channels].
        max_images: how many of them are shown at most.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        name: the name of the node.

    Returns:
        A string, a serialized `Summary`.
    """
    _warn("image_summary", "image", " Also, the max_images argument was renamed to max_outputs.")
    with name_scope(name, "ImageSummary", [tag, tensor]) as scope:
        made = g.image_summary(tag=tag, tensor=tensor, max_images=max_images, name=scope)
        collect(made, collections, _DEFAULT)
    return made


def audio_summary(
    tag: Any,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    name: str | None = None,
) -> Tensor:
    """A summary of sounds; see `tf.summary.audio`.

    Args:
        tag: what their tags begin with, a string.
        tensor: sounds of shape [count, frames, channels] or [count, frames], float32 from -1 to 1.
        sample_rate: the frames in a second.
        max_outputs: how many of them can be heard at most.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        name: the name of the node.

    Returns:
        A string, a serialized `Summary`.
    """
    _warn("audio_summary", "audio")
    with name_scope(name, "AudioSummary", [tag, tensor]) as scope:
        sample_rate = convert_to_tensor(sample_rate, dtype=float32, name="sample_rate")
        made = g.audio_summary_v2(
            tag=tag, tensor=tensor, max_outputs=max_outputs, sample_rate=sample_rate, name=scope
        )
        collect(made, collections, _DEFAULT)
    return made


def merge_summary(inputs: Any, collections: Sequence[str] | None = None, name: str | None = None) -> Tensor:
    """A summary with the values of others; see `tf.summary.merge`.

    Args:
        inputs: a list of serialized `Summary` messages.
        collections: the collections it is added to; none if None.
        name: the name of the node.

    Returns:
        A string, a serialized `Summary`.
    """
    _warn("merge_summary", "merge", has_tag=False)
    with name_scope(name, "MergeSummary", inputs):
        made = g.merge_summary(inputs=inputs, name=name)
        collect(made, collections, [])
    return made


def merge_all_summaries(key: str = GraphKeys.SUMMARIES) -> Tensor | None:
    """A summary with the values of all that are in a collection of the default graph; None if there are none.

    Args:
        key: the collection.
    """
    _warn("merge_all_summaries", "merge_all", has_tag=False)
    found = get_collection(key)
    return merge_summary(found) if found else None


def get_summary_op() -> Tensor | None:
    """The summary in the collection `GraphKeys.SUMMARY_OP`; if there is none, one of all summaries is put
    there.

    Returns:
        A string, a serialized `Summary`; None if there are no summaries.
    """
    found = get_collection(GraphKeys.SUMMARY_OP)
    if found:
        return found[0]  # type: ignore[no-any-return]
    made = merge_all_summaries()
    if made is not None:
        add_to_collection(GraphKeys.SUMMARY_OP, made)
    return made
