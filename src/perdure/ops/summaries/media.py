"""ImageSummary and AudioSummary: pictures as PNG, sound as WAV."""

import struct

import numpy as np

from perdure.graph.dtypes import as_dtype
from perdure.graph.shapes import format_shape
from perdure.ops.checks import invalid
from perdure.ops.image import png
from perdure.ops.registry import op
from perdure.ops.summaries.values import new_summary, scalar_tag

# -- shared by the family ------------------------------------------------------------------------


def tags(tag, kind, most):
    """The tags of up to `most` pictures or sounds."""
    return [f"{tag}/{kind}"] if most == 1 else [f"{tag}/{kind}/{i}" for i in range(most)]


# -- ImageSummary --------------------------------------------------------------------------------

image_summary = op("ImageSummary", host=True)

_CHANNELS = (1, 3, 4)


@image_summary.shape
def image_summary_shape():
    return ()


@image_summary.kernel
def image_summary_kernel(xp, tag, tensor, *, max_images, bad_color):
    tag = scalar_tag(tag, "Tags", "a scalar")
    return np.array(image_summary_of(tag, tensor, max_images, bad_color), object)


def image_summary_of(tag, tensor, max_images, bad_color):
    """The bytes of the summary of up to `max_images` pictures."""
    images = np.asarray(tensor)
    if images.ndim != 4 or images.shape[3] not in _CHANNELS:
        shape = format_shape(images.shape)
        raise invalid(f"Tensor must be 4-D with last dim 1, 3, or 4, not {shape}")
    if 0 in images.shape[1:]:
        sizes = ", ".join(map(str, images.shape))
        raise invalid(f"input tensor must have non-zero dims. Found: [{sizes}].")
    _, height, width, channels = images.shape
    bad_color = np.asarray(bad_color)
    if bad_color.dtype != np.uint8:
        raise invalid(f"bad_color must be uint8, got {as_dtype(bad_color.dtype).name}")
    if bad_color.size < channels:
        raise invalid(
            f"expected depth <= bad_color.size, got depth = {channels}, bad_color.size = {bad_color.size}"
        )
    summary = new_summary()
    for each, image in zip(tags(tag, "image", max_images), images, strict=False):
        picture = summary.value.add(tag=each).image
        picture.height, picture.width, picture.colorspace = height, width, channels
        pixels = image if image.dtype == np.uint8 else normalized(image, bad_color.ravel()[:channels])
        picture.encoded_image_string = png.encode(pixels)
    return summary.SerializeToString()


def normalized(image, bad_color):
    """A picture of floats as bytes (`NormalizeFloatImage` in tensorflow/core/kernels/summary_image_op.cc).

    The largest number becomes 255 if none is negative; else zero becomes 128 and the largest magnitude 127
    from there.  Pixels with a number that is not finite get `bad_color`.
    """
    is_finite = np.isfinite(image).all(axis=-1)
    numbers = image[is_finite].astype(np.float32)
    least, most = (numbers.min(), numbers.max()) if numbers.size else (np.float32(0), np.float32(0))
    offset, span = (128, 127) if least < 0 else (0, 255)
    largest = max(abs(least), abs(most))
    scale = np.float32(0) if largest < 1e-6 else np.float32(span) / largest
    pixels = np.empty(image.shape, np.uint8)
    with np.errstate(over="ignore"):
        scaled = image[is_finite] * scale.astype(image.dtype) + np.asarray(offset, image.dtype)
    pixels[is_finite] = scaled.astype(np.int64)
    pixels[~is_finite] = bad_color
    return pixels


image_summary.not_differentiable("it makes a message")

# -- AudioSummary, AudioSummaryV2 ----------------------------------------------------------------

audio_summary = op("AudioSummary", host=True)
audio_summary_v2 = op("AudioSummaryV2", host=True)


@audio_summary.shape
@audio_summary_v2.shape
def audio_summary_shape():
    return ()


@audio_summary.kernel
def audio_summary_kernel(xp, tag, tensor, *, sample_rate, max_outputs):
    return np.array(sounds(scalar_tag(tag, "Tag", "a scalar"), tensor, sample_rate, max_outputs), object)


@audio_summary_v2.kernel
def audio_summary_v2_kernel(xp, tag, tensor, sample_rate, *, max_outputs):
    rate = np.asarray(sample_rate)
    if rate.size != 1:
        raise invalid(f"sample_rate must be a scalar, got shape: {format_shape(rate.shape)}")
    return np.array(sounds(scalar_tag(tag, "Tag", "a scalar"), tensor, rate.item(), max_outputs), object)


def sounds(tag, tensor, rate, most):
    """The bytes of the summary of up to `most` sounds: [sounds, frames] or [sounds, frames, channels]."""
    samples = np.asarray(tensor)
    if samples.ndim not in (2, 3):
        raise invalid(f"Tensor must be 3-D or 2-D, got: {format_shape(samples.shape)}")
    if not rate > 0:
        raise invalid("sample_rate must be > 0")
    if samples.ndim == 2:
        samples = samples[:, :, np.newaxis]
    summary = new_summary()
    for each, sound in zip(tags(tag, "audio", most), samples, strict=False):
        audio = summary.value.add(tag=each).audio
        audio.sample_rate = rate
        audio.length_frames, audio.num_channels = sound.shape
        audio.encoded_audio_string = wav(sound, rate)
        audio.content_type = "audio/wav"
    return summary.SerializeToString()


def wav(sound, rate):
    """A sound of numbers from -1 to 1 as WAV with 16 bits (`EncodeAudioAsS16LEWav`).

    Halves are rounded away from zero, and what is out of range is cut off.
    """
    frames, channels = sound.shape
    if not sound.size:
        raise invalid("audio is null")
    if rate >= 2**32:
        raise invalid(f"sample_rate must be in (0, 2^32), got: {rate:.0f}")
    scaled = sound.astype(np.float64) * 2**15
    rounded = np.copysign(np.floor(np.abs(scaled) + 0.5), scaled)
    data = np.nan_to_num(rounded, nan=0.0).clip(-(2**15), 2**15 - 1).astype("<i2").tobytes()
    rate, per_frame = max(int(rate + 0.5), 1), 2 * channels
    form = struct.pack("<IHHIIHH", 16, 1, channels, rate, rate * per_frame, per_frame, 16)
    return (
        b"RIFF"
        + struct.pack("<I", 36 + len(data))
        + b"WAVEfmt "
        + form
        + (b"data" + struct.pack("<I", len(data)) + data)
    )


audio_summary.not_differentiable("it makes a message")
audio_summary_v2.not_differentiable("it makes a message")
