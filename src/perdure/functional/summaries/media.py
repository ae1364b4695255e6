"""tf.summary.image and audio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from perdure.functional.summaries.tags import collect, summary_scope
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.dtypes import float32
from perdure.graph.keys import GraphKeys
from perdure.graph.tensor import Tensor


def image(
    name: str | None,
    tensor: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    family: str | None = None,
) -> Tensor:
    """A summary of pictures.

    Floats are scaled, those of each picture by themselves: to [0, 255] if none is negative, else so that zero
    becomes 128.

    Args:
        name: the name of the node; the tags are `name/image/0` and so on, or `name/image` if `max_outputs`
            is 1.
        tensor: pictures of shape [count, height, width, channels] with 1, 3 or 4 channels: uint8 or floats.
        max_outputs: how many of them are shown at most.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        family: what the tags begin with.

    Returns:
        A string, a serialized `Summary` with the pictures in PNG.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = g.image_summary(tag=tag, tensor=tensor, max_images=max_outputs, name=scope)
        collect(made, collections, [GraphKeys.SUMMARIES])
    return made


def audio(
    name: str | None,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Sequence[str] | None = None,
    family: str | None = None,
) -> Tensor:
    """A summary of sounds.

    Args:
        name: the name of the node; the tags are `name/audio/0` and so on, or `name/audio` if `max_outputs`
            is 1.
        tensor: sounds of shape [count, frames, channels] or [count, frames], float32 from -1 to 1.
        sample_rate: the frames in a second, a number.
        max_outputs: how many of them can be heard at most.
        collections: the collections it is added to; `GraphKeys.SUMMARIES` if None.
        family: what the tags begin with.

    Returns:
        A string, a serialized `Summary` with the sounds in WAV of 16 bits.
    """
    with summary_scope(name, family=family, values=[tensor]) as (tag, scope):
        sample_rate = convert_to_tensor(sample_rate, dtype=float32, name="sample_rate")
        made = g.audio_summary_v2(
            tag=tag, tensor=tensor, max_outputs=max_outputs, sample_rate=sample_rate, name=scope
        )
        collect(made, collections, [GraphKeys.SUMMARIES])
    return made
