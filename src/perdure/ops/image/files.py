"""Picture files: decoding JPEG, PNG, GIF and BMP, encoding JPEG and PNG."""

import numpy as np

from perdure.graph.errors import InternalError
from perdure.graph.shapes import format_shape, with_rank, with_size
from perdure.ops.checks import invalid
from perdure.ops.image import bmp, gif, jpeg, png
from perdure.ops.registry import op

# -- shared by the family ---------------------------------------------------------


def contents_of(contents):
    """The bytes of a file; InvalidArgumentError unless they are a scalar."""
    if np.ndim(contents):
        raise invalid(f"contents must be scalar, got shape {format_shape(np.shape(contents))}")
    value = np.asarray(contents, object).item()
    return value if isinstance(value, bytes) else str(value).encode()


def check_attributes(channels, ratio=1, dct_method=""):
    if channels not in (0, 1, 3, 4):
        raise invalid(f"channels must be 0, 1, 3, or 4, got {channels}")
    if ratio not in (1, 2, 4, 8):
        raise invalid(f"ratio must be 1, 2, 4, or 8, got {ratio}")
    if dct_method not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        raise invalid("dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}")


def decoded(contents, channels, bits=8, window=None, **options):
    """The pixels of a file, whichever of JPEG, PNG and GIF it is: (height, width, channels).

    Args:
        contents: the file.
        channels: how many, or 0.
        bits: 8 or 16.
        window: of JPEG the part that is wanted: row, column, height, width.
        **options: how JPEG is decoded.
    """
    if contents.startswith(jpeg.SIGNATURE):
        if channels not in (0, 1, 3):
            raise invalid(f"channels must be 0, 1, or 3 for JPEG, got {channels}")
        if bits != 8:
            raise invalid("JPEG does not support uint16 output")
        pixels = jpeg.decode(contents, channels, **options)
        return pixels if window is None else cropped(pixels, window, len(contents))
    if contents.startswith(b"\x89PNG\r\n\x1a\n"):
        return png.decode(contents, channels, bits)
    if contents.startswith(gif.SIGNATURE):
        if channels not in (0, 3):
            raise invalid(f"channels must be 0 or 3 for GIF, got {channels}")
        if bits != 8:
            raise invalid("GIF does not support uint16 output")
        frames = gif.decode(contents)
        if len(frames) != 1:
            raise invalid(
                f"Got {len(frames)} frames, but animated gifs can only be decoded by tf.image.decode_gif or "
                "tf.image.decode_image"
            )
        return frames[0]
    if not contents:
        raise invalid("Expected image (JPEG, PNG, or GIF), got empty file")
    start = "".join(chr(c) if 32 <= c < 127 else f"\\{c:03o}" for c in contents[:16])
    raise invalid(f"Expected image (JPEG, PNG, or GIF), got unknown format starting with '{start}'")


def cropped(pixels, window, size):
    """A part of a picture; InvalidArgumentError unless it is in it."""
    row, column, height, width = (int(each) for each in window)
    rows, columns, _ = pixels.shape
    is_inside = 0 <= row and 0 <= column and row + height <= rows and column + width <= columns
    if height <= 0 or width <= 0 or not is_inside:
        raise invalid(f"Invalid JPEG data or crop window, data size {size}")
    return np.ascontiguousarray(pixels[row : row + height, column : column + width])


def picture_shape(contents, channels):
    """The static shape of a decoded picture."""
    with_rank(contents, 0)
    if channels < 0:
        raise ValueError(f"channels must be non-negative, got {channels}")
    return (None, None, channels or None)


# -- DecodeJpeg, DecodeAndCropJpeg ------------------------------------------------

decode_jpeg = op("DecodeJpeg", host=True)
decode_and_crop_jpeg = op("DecodeAndCropJpeg", host=True, static=["crop_window"])


@decode_jpeg.shape
def decode_jpeg_shape(contents, *, channels):
    return picture_shape(contents, channels)


@decode_jpeg.kernel
def decode_jpeg_kernel(
    xp, contents, *, channels, ratio, fancy_upscaling, try_recover_truncated, acceptable_fraction, dct_method
):
    check_attributes(channels, ratio, dct_method)
    return decoded(
        contents_of(contents),
        channels,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        dct_method=dct_method,
    )


@decode_and_crop_jpeg.shape
def decode_and_crop_jpeg_shape(contents, crop_window, shape_of_crop_window, *, channels):
    with_rank(contents, 0)
    with_size(with_rank(shape_of_crop_window, 1)[0], 4)
    height, width = (None, None) if crop_window is None else (int(each) for each in crop_window[2:])
    if channels < 0:
        raise ValueError(f"channels must be non-negative, got {channels}")
    return (height, width, channels or None)


@decode_and_crop_jpeg.kernel
def decode_and_crop_jpeg_kernel(
    xp,
    contents,
    crop_window,
    *,
    channels,
    ratio,
    fancy_upscaling,
    try_recover_truncated,
    acceptable_fraction,
    dct_method,
):
    check_attributes(channels, ratio, dct_method)
    if np.ndim(crop_window) != 1:
        raise invalid(f"crop_window must be 1-D, got shape {format_shape(np.shape(crop_window))}")
    if np.size(crop_window) != 4:
        raise invalid(f"crop_size must have four elements {format_shape(np.shape(crop_window))}")
    return decoded(
        contents_of(contents),
        channels,
        window=crop_window,
        ratio=ratio,
        fancy_upscaling=fancy_upscaling,
        try_recover_truncated=try_recover_truncated,
        dct_method=dct_method,
    )


decode_jpeg.refuse_gradient()
decode_and_crop_jpeg.refuse_gradient()

# -- DecodePng, DecodeGif, DecodeBmp ----------------------------------------------

decode_png = op("DecodePng", host=True)
decode_gif = op("DecodeGif", host=True)
decode_bmp = op("DecodeBmp", host=True)


@decode_png.shape
@decode_bmp.shape
def decode_png_shape(contents, *, channels):
    return picture_shape(contents, channels)


@decode_png.kernel
def decode_png_kernel(xp, contents, *, channels, dtype):
    check_attributes(channels)
    return decoded(contents_of(contents), channels, dtype.size * 8)


@decode_gif.shape
def decode_gif_shape(contents):
    with_rank(contents, 0)
    return (None, None, None, 3)


@decode_gif.kernel
def decode_gif_kernel(xp, contents):
    contents = contents_of(contents)
    if contents.startswith(gif.SIGNATURE):
        return gif.decode(contents)
    return decoded(contents, 3)[None]


@decode_bmp.kernel
def decode_bmp_kernel(xp, contents, *, channels):
    if channels not in (0, 1, 3, 4):
        raise invalid(f"channels must be 0, 1, 3 or 4, got {channels}")
    return bmp.decode(contents_of(contents), channels)


decode_png.refuse_gradient()
decode_gif.refuse_gradient()
decode_bmp.refuse_gradient()

# -- ExtractJpegShape -------------------------------------------------------------

extract_jpeg_shape = op("ExtractJpegShape", host=True)


@extract_jpeg_shape.shape
def extract_jpeg_shape_shape(contents):
    with_rank(contents, 0)
    return (3,)


@extract_jpeg_shape.kernel
def extract_jpeg_shape_kernel(xp, contents, *, output_type):
    contents = contents_of(contents)
    found = jpeg.header(contents) if contents.startswith(b"\xff\xd8") else None
    if found is None:
        raise invalid(f"Invalid JPEG data, size {len(contents)}")
    return np.array(found, output_type.as_numpy_dtype)


extract_jpeg_shape.refuse_gradient()

# -- EncodeJpeg, EncodeJpegVariableQuality, EncodePng -----------------------------

encode_jpeg = op("EncodeJpeg", host=True)
encode_jpeg_variable_quality = op("EncodeJpegVariableQuality", host=True)
encode_png = op("EncodePng", host=True)


@encode_jpeg.shape
def encode_jpeg_shape(image):
    with_rank(image, 3)
    return ()


def check_quality(quality):
    if not 0 <= quality <= 100:
        raise invalid(f"quality must be in [0,100], got {quality}")


def bare(shape):
    """A shape without spaces, as TensorFlow's errors have it."""
    return "[" + ",".join(map(str, shape)) + "]"


def jpeg_pixels(image, format=""):
    """The pixels to be encoded, if they can be."""
    if image.ndim != 3:
        raise invalid(f"image must be 3-dimensional{format_shape(image.shape)}")
    channels = image.shape[2]
    if not format and channels not in (1, 3):
        raise invalid(f"image must have 1 or 3 channels, got {bare(image.shape)}")
    wanted = {"grayscale": 1, "rgb": 3}.get(format, channels)
    if channels != wanted:
        raise invalid(f"format {format} expects {wanted} channels, got {bare(image.shape)}")
    if image.size == 0:
        raise InternalError(None, None, "JPEG encoding failed")
    return np.ascontiguousarray(image)


@encode_jpeg.kernel
def encode_jpeg_kernel(
    xp,
    image,
    *,
    format,
    quality,
    progressive,
    optimize_size,
    chroma_downsampling,
    density_unit,
    x_density,
    y_density,
    xmp_metadata,
):
    check_quality(quality)
    metadata = xmp_metadata if isinstance(xmp_metadata, bytes) else xmp_metadata.encode()
    made = jpeg.encode(
        jpeg_pixels(image, format),
        quality,
        progressive,
        optimize_size,
        chroma_downsampling,
        ({"in": 1, "cm": 2}[density_unit], x_density, y_density),
        metadata,
    )
    return np.array(made, object)


@encode_jpeg_variable_quality.shape
def encode_jpeg_variable_quality_shape(images):
    with_rank(images, 3)
    return ()


@encode_jpeg_variable_quality.kernel
def encode_jpeg_variable_quality_kernel(xp, images, quality):
    pixels = jpeg_pixels(images)
    if np.ndim(quality):
        raise invalid(f"quality must be scalar: {format_shape(np.shape(quality))}")
    return np.array(jpeg.encode(pixels, int(quality)), object)


@encode_png.shape
def encode_png_shape(image):
    with_rank(image, 3)
    return ()


@encode_png.kernel
def encode_png_kernel(xp, image, *, compression):
    if not -1 <= compression <= 9:
        raise invalid(f"compression should be in [-1,9], got {compression}")
    if image.ndim != 3:
        raise invalid(f"image must be 3-dimensional{format_shape(image.shape)}")
    if image.shape[2] not in (1, 2, 3, 4):
        raise invalid(f"image must have 1, 2, 3, or 4 channels, got {image.shape[2]}")
    if image.size == 0:
        raise invalid("image must not be empty")
    return np.array(png.encode(np.asarray(image), compression), object)


encode_jpeg.refuse_gradient()
encode_jpeg_variable_quality.refuse_gradient()
encode_png.refuse_gradient()
