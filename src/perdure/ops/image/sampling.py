"""Where the pixels of a resized picture are taken from, axis by axis.

Every resize is separable: an axis of the result is a weighted sum of few places of an axis of the input.
Which places and weights follows from the sizes alone, so they are computed with NumPy in both tiers, in
float32 as TensorFlow's kernels do (tensorflow/core/kernels/image_resizer_state.h, resize_*_op.cc).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from perdure.graph.shapes import format_shape, with_rank, with_size
from perdure.ops.checks import invalid

_CUBIC_STEPS = 1024
_ONE, _HALF = np.float32(1), np.float32(0.5)


class Taps(NamedTuple):
    """What each place of a resized axis is made of.

    Attributes:
        places: int64 (size, taps), places of the input's axis.
        weights: float32 (size, taps).
    """

    places: np.ndarray
    weights: np.ndarray


# -- sizes ------------------------------------------------------------------------


def resized_shape(images, size, shape_of_size):
    """The static shape of `images` (batch, height, width, channels) resized to `size`."""
    batch, _, _, channels = with_rank(images, 4)
    (count,) = with_rank(shape_of_size, 1)
    with_size(count, 2)
    height, width = (None, None) if size is None else (int(each) for each in size)
    return (batch, height, width, channels)


def checked_size(images, size):
    """The height and width to which a kernel resizes.

    Raises:
        InvalidArgumentError: there is nothing to resize, or nothing to resize to.
    """
    if np.ndim(images) != 4:
        raise invalid(f"input must be 4-dimensional{format_shape(np.shape(images))}")
    if np.ndim(size) != 1:
        raise invalid(f"shape_t must be 1-dimensional{format_shape(np.shape(size))}")
    if np.size(size) != 2:
        raise invalid(f"shape_t must have two elements{format_shape(np.shape(size))}")
    height, width = (int(each) for each in size)
    if height <= 0 or width <= 0:
        raise invalid("output dimensions must be positive")
    _, in_height, in_width, channels = np.shape(images)
    if channels <= 0:
        raise invalid("image must have at least one channel")
    if in_height <= 0 or in_width <= 0:
        raise invalid("input image must be of non-zero size")
    return height, width


# -- places and weights -----------------------------------------------------------


def scale_of(in_size, out_size, align_corners):
    """How far two neighbours of the result are apart in the input."""
    if align_corners and out_size > 1:
        return np.float32(in_size - 1) / np.float32(out_size - 1)
    return np.float32(in_size) / np.float32(out_size)


def positions(in_size, out_size, align_corners, half_pixel_centers):
    """For each place of the result the position in the input, float32."""
    scale = scale_of(in_size, out_size, align_corners)
    at = np.arange(out_size, dtype=np.float32)
    if half_pixel_centers:
        return (at + _HALF) * scale - _HALF
    return at * scale


def linear(in_size, out_size, align_corners, half_pixel_centers):
    """The two neighbours of each position, and how far it is from the first: (lower, upper, share)."""
    at = positions(in_size, out_size, align_corners, half_pixel_centers)
    below = np.floor(at)
    lower = np.maximum(below.astype(np.int64), 0)
    upper = np.minimum(np.ceil(at).astype(np.int64), in_size - 1)
    return lower, upper, at - below


def linear_taps(*args):
    """`linear` as taps."""
    lower, upper, share = linear(*args)
    return Taps(np.stack([lower, upper], 1), np.stack([_ONE - share, share], 1))


def nearest(in_size, out_size, align_corners, half_pixel_centers):
    """The place of the input that is nearest to each position."""
    scale = scale_of(in_size, out_size, align_corners)
    at = np.arange(out_size, dtype=np.float32)
    at = (at + _HALF) * scale if half_pixel_centers else at * scale
    # Halves go away from zero, as with C's roundf.
    place = np.floor(at + _HALF) if align_corners else np.floor(at)
    return np.clip(place.astype(np.int64), 0, in_size - 1)


def _cubic_table(a):
    """Keys' cubic convolution at steps from 0 to 1 and from 1 to 2, float32."""
    a = np.float32(a)
    x = np.arange(_CUBIC_STEPS + 1, dtype=np.float32) / np.float32(_CUBIC_STEPS)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    x = x + _ONE
    far = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return near.astype(np.float32), far.astype(np.float32)


def cubic_taps(in_size, out_size, align_corners, half_pixel_centers):
    """Four neighbours and their weights.

    Pixels at the border count again for those outside of it; with `half_pixel_centers` those outside count
    nothing.
    """
    at = positions(in_size, out_size, align_corners, half_pixel_centers)
    below = np.floor(at)
    step = np.rint((at - below) * np.float32(_CUBIC_STEPS)).astype(np.int64)
    near, far = _cubic_table(-0.5 if half_pixel_centers else -0.75)
    weights = np.stack([far[step], near[step], near[_CUBIC_STEPS - step], far[_CUBIC_STEPS - step]], 1)
    places = below.astype(np.int64)[:, None] + np.arange(-1, 3)
    inside = np.clip(places, 0, in_size - 1)
    if half_pixel_centers:
        weights = np.where(inside == places, weights, np.float32(0))
        weights = weights / weights.sum(1, keepdims=True, dtype=np.float32)
    return Taps(inside, weights)


def area_taps(in_size, out_size, align_corners):
    """The places that an interval of the input covers, each with the length of its part."""
    scale = scale_of(in_size, out_size, align_corners)
    start = np.arange(out_size, dtype=np.float32) * scale
    end = (np.arange(out_size, dtype=np.float32) + _ONE) * scale
    first, last = np.floor(start).astype(np.int64), np.ceil(end).astype(np.int64)
    places = first[:, None] + np.arange(max(int((last - first).max()), 1))
    lengths = np.minimum(places + 1, end[:, None]) - np.maximum(places, start[:, None])
    lengths = np.where(places < last[:, None], np.clip(lengths, 0, 1), 0)
    with np.errstate(invalid="ignore"):  # one pixel with its corners aligned covers nothing
        weights = (lengths / scale).astype(np.float32)
    return Taps(np.clip(places, 0, in_size - 1), weights)


# -- sums -------------------------------------------------------------------------


def between(xp, array, axis, lower, upper, share):
    """Pictures between their places `lower` and `upper` along axis 1 or 2."""
    first, second = xp.take_clipped(array, lower, axis), xp.take_clipped(array, upper, axis)
    # Columns and channels as one: NumPy's loops over three channels would be short ones.
    batch, height, width, channels = first.shape
    flat = (batch, height, width * channels)
    weights = share[:, None] if axis == 1 else np.repeat(share, channels)
    first, second = xp.reshape(first, flat), xp.reshape(second, flat)
    return xp.reshape(first + (second - first) * weights, (batch, height, width, channels))


def matrix_of(taps, in_size, dtype=np.float32):
    """The matrix (size, in_size) by which an axis is multiplied."""
    matrix = np.zeros((len(taps.places), in_size), np.float64)
    np.add.at(matrix, (np.arange(len(taps.places))[:, None], taps.places), taps.weights)
    return matrix.astype(dtype)


def along(xp, array, axis, matrix):
    """An axis of `array` multiplied by a matrix."""
    return xp.moveaxis(xp.tensordot(matrix, array, ([1], [axis])), 0, axis)


def tapped(xp, array, axis, taps):
    """The weighted sums of `taps` along an axis."""
    shape = [1] * array.ndim
    shape[axis] = len(taps.places)
    total = 0
    for places, weights in zip(taps.places.T, taps.weights.T, strict=True):
        total = total + xp.take_clipped(array, places, axis) * weights.reshape(shape)
    return total
