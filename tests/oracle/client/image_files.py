"""Pixels of picture files, by a checksum, under all options; what files are written of pixels."""

import io
import pkgutil
import zipfile
import zlib

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def files(*endings):
    with zipfile.ZipFile(io.BytesIO(pkgutil.get_data("tests", "golden/images.zip"))) as archive:
        return {name: archive.read(name) for name in sorted(archive.namelist()) if name.endswith(endings)}


def short(value):
    """Type, shape and checksum of pixels."""
    if isinstance(value, np.ndarray):
        return "%s %s %08x" % (value.dtype, value.shape, zlib.crc32(np.ascontiguousarray(value).tobytes()))
    return value


def all_of(tf, tensors, contents, chosen):
    """What each of the tensors is for each of the files."""
    results = {}
    for name, data in chosen.items():
        # TensorFlow's kernel for BMP wants of all files what the first one has.
        with tf.Session() as session:
            results[name] = [
                short(attempt(lambda: session.run(tensor, {contents: data}))) for tensor in tensors
            ]
    return results


def jpeg_options(tf):
    contents = tf.placeholder(tf.string, [])
    options = [
        {}, {"channels": 1}, {"channels": 3}, {"ratio": 2}, {"ratio": 4}, {"ratio": 8},
        {"fancy_upscaling": False}, {"fancy_upscaling": False, "ratio": 2}, {"dct_method": "INTEGER_FAST"},
        {"dct_method": "INTEGER_ACCURATE"}, {"dct_method": "INTEGER_ACCURATE", "ratio": 4, "channels": 1},
    ]  # fmt: skip
    return contents, [tf.image.decode_jpeg(contents, **each) for each in options]


@program
def pixels_of_jpeg(tf):
    contents, tensors = jpeg_options(tf)
    tensors += [
        tf.image.extract_jpeg_shape(contents),
        tf.image.decode_image(contents, channels=3, dtype=tf.float32),
        tf.image.is_jpeg(contents),
    ]
    return all_of(tf, tensors, contents, files(".jpg"))


@program
def parts_of_jpeg(tf):
    """Of colors with all pixels: where they have fewer, TensorFlow interpolates from the part alone."""
    contents = tf.placeholder(tf.string, [])
    tensors = [
        tf.image.decode_and_crop_jpeg(contents, window, **options)
        for window in ([0, 1, 1, 2], [3, 5, 7, 9], [5, 0, 11, 13])
        for options in ({}, {"channels": 1}, {"channels": 3})
    ]
    chosen = {name: data for name, data in files("_0.jpg", "_0_progressive.jpg").items() if "9x3" not in name}
    return all_of(tf, tensors, contents, chosen)


@program
def truncated_jpeg(tf):
    contents = tf.placeholder(tf.string, [])
    tensors = [
        tf.image.decode_jpeg(contents, try_recover_truncated=True, acceptable_fraction=fraction)[:16]
        for fraction in (0.1, 1)
    ]
    chosen = {
        name: data for name, data in files(".jpg").items() if name in ("without_end.jpg", "truncated_0.9.jpg")
    }
    return all_of(tf, tensors, contents, chosen)


@program
def pixels_of_png(tf):
    contents = tf.placeholder(tf.string, [])
    tensors = [
        tf.image.decode_png(contents, channels=channels, dtype=dtype)
        for channels in (0, 1, 3, 4)
        for dtype in (tf.uint8, tf.uint16)
    ]
    tensors.append(tf.image.decode_image(contents, dtype=tf.uint16))
    return all_of(tf, tensors, contents, files(".png"))


@program
def pixels_of_gif_and_bmp(tf):
    contents = tf.placeholder(tf.string, [])
    tensors = [
        tf.image.decode_gif(contents),
        tf.image.decode_bmp(contents),
        tf.image.decode_bmp(contents, channels=1),
        tf.image.decode_bmp(contents, channels=3),
        tf.image.decode_bmp(contents, channels=4),
        tf.image.decode_image(contents),
        tf.image.decode_image(contents, channels=3, dtype=tf.float32, expand_animations=False),
        tf.image.decode_image(contents, channels=1),
    ]
    return all_of(tf, tensors, contents, files(".gif", ".bmp"))


@program
def files_by_other_ops(tf):
    """Ops for JPEG, PNG and GIF decode each other's files."""
    contents = tf.placeholder(tf.string, [])
    tensors = [
        tf.image.decode_jpeg(contents),
        tf.image.decode_jpeg(contents, channels=1),
        tf.image.decode_png(contents),
        tf.image.decode_png(contents, channels=4),
        tf.image.decode_png(contents, dtype=tf.uint16),
        tf.image.decode_gif(contents),
        tf.image.decode_and_crop_jpeg(contents, [1, 2, 3, 4]),
    ]
    names = ("gray_17x16.jpg", "color6_bits16.png", "color2_bits8.png", "one.gif", "three.gif", "bits24.bmp")
    chosen = {name: data for name, data in files("g", "f", "p").items() if name in names}
    chosen.update(
        empty=b"", text=b"hello world, this is no picture", start=b"\xff\xd8\xff", png=b"\x89PNG\r\n\x1a\n"
    )
    return all_of(tf, tensors, contents, chosen)


@program
def refused_files(tf):
    data = files("gray_17x16.jpg")["gray_17x16.jpg"]
    tried = [
        lambda: tf.image.decode_jpeg(data, ratio=3),
        lambda: tf.image.decode_jpeg(data, channels=2),
        lambda: tf.image.decode_jpeg(data, channels=4),
        lambda: tf.image.decode_jpeg(data, channels=-1),
        lambda: tf.image.decode_jpeg(data, dct_method="slow"),
        lambda: tf.image.decode_jpeg([data]),
        lambda: tf.image.decode_png(data, dtype=tf.int32),
        lambda: tf.image.decode_png(data, channels=2),
        lambda: tf.image.decode_bmp(b"BM"),
        lambda: tf.image.decode_bmp(b"BM" * 30),
        lambda: tf.image.decode_gif(b"GIF89a"),
        lambda: tf.image.decode_image(b"no picture"),
        lambda: tf.image.decode_image(data, channels=2),
        lambda: tf.image.decode_image(data, channels=4),
        lambda: tf.image.extract_jpeg_shape(b"no picture"),
        lambda: tf.image.decode_and_crop_jpeg(data, [1, 2, 3]),
        lambda: tf.image.decode_and_crop_jpeg(data, [1, 2, 0, 3]),
        lambda: tf.image.decode_and_crop_jpeg(data, [-1, 2, 3, 3]),
        lambda: tf.image.decode_and_crop_jpeg(data, [15, 2, 3, 3]),
    ]
    with tf.Session() as session:
        return [short(attempt(lambda: session.run(each()))) for each in tried]


def waves():
    y, x = np.mgrid[:37, :53]
    return np.stack([np.uint8(127 + 100 * np.sin(x / 9.0 + y / 5.0 + i)) for i in range(4)], -1)


@program
def written_jpeg(tf):
    image = waves()
    options = [
        {}, {"quality": 50}, {"quality": 0}, {"quality": 100}, {"chroma_downsampling": False},
        {"progressive": True}, {"optimize_size": True}, {"format": "rgb"}, {"format": "grayscale"},
        {"density_unit": "cm", "x_density": 100, "y_density": 50}, {"xmp_metadata": "about it"},
        {"quality": 101}, {"quality": -1}, {"format": "other"}, {"density_unit": "m"},
    ]  # fmt: skip
    results = []
    with tf.Session() as session:
        for pixels in (image[..., :3], image[..., :1]):
            for each in options:
                results.append(attempt(lambda: zlib.crc32(session.run(tf.image.encode_jpeg(pixels, **each)))))
        for pixels in (image, image[..., :2], image[0], np.zeros((0, 2, 3), "u1"), np.zeros((2, 2, 3), "f4")):
            results.append(attempt(lambda: session.run(tf.image.encode_jpeg(pixels))))
        for quality in (70, 101, [1]):
            colors = tf.constant(image[..., :3])
            results.append(short(attempt(lambda: session.run(tf.image.adjust_jpeg_quality(colors, quality)))))
        floats = tf.constant(image[..., :3] / np.float32(255), tf.float32)
        results.append(short(session.run(tf.image.adjust_jpeg_quality(floats, 30))))
        results.append(short(session.run(tf.image.random_jpeg_quality(floats, 30, 90, seed=4))))
    return results


@program
def written_png(tf):
    """What is written is read again as it was."""
    image, results = waves(), []
    with tf.Session() as session:
        for channels in (1, 2, 3, 4):
            for pixels in (image[..., :channels], image[..., :channels].astype("u2") * 201):
                for compression in (-1, 0, 9):
                    written = tf.image.encode_png(pixels, compression=compression)
                    read = [
                        tf.image.decode_png(written, dtype=pixels.dtype),
                        tf.image.decode_png(written, channels=3),
                    ]
                    results += [short(each) for each in session.run(read)]
        for pixels in (np.zeros((2, 2, 5), "u1"), image[0]):
            results.append(attempt(lambda: session.run(tf.image.encode_png(pixels))))
        results.append(attempt(lambda: session.run(tf.image.encode_png(image, compression=10))))
    return results


@program
def shapes_of_files(tf):
    contents = tf.placeholder(tf.string, [])
    made = [
        tf.image.decode_jpeg(contents),
        tf.image.decode_jpeg(contents, channels=3),
        tf.image.decode_png(contents, channels=4),
        tf.image.decode_gif(contents),
        tf.image.decode_bmp(contents),
        tf.image.decode_image(contents),
        tf.image.decode_image(contents, channels=3, expand_animations=False),
        tf.image.decode_and_crop_jpeg(contents, [1, 2, 3, 4]),
        tf.image.decode_and_crop_jpeg(contents, tf.placeholder(tf.int32, [4]), channels=1),
        tf.image.extract_jpeg_shape(contents),
        tf.image.is_jpeg(contents),
        tf.image.encode_png(tf.placeholder(tf.uint8, [None, None, 3])),
    ]
    return [str(each.shape) for each in made]
