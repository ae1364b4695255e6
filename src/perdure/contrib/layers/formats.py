"""The layouts of images: "NHWC", whose channels come last, and "NCHW"."""

from __future__ import annotations


def check_image_format(data_format: str, channels_last: str = "NHWC", channels_first: str = "NCHW") -> None:
    """Check that a layout is one of two.

    Raises:
        ValueError: it is another one.
    """
    if data_format not in (channels_first, channels_last):
        raise ValueError(f"data_format has to be either {channels_first} or {channels_last}.")


def layer_format(data_format: str | None) -> str:
    """What tf.layers calls a layout: "channels_first" or "channels_last", which is the default."""
    return "channels_first" if data_format and data_format.startswith("NC") else "channels_last"
