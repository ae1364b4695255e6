"""What picture files are held to that come from anywhere, and what is said if a library is missing."""

import struct
import sys
import threading
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

from perdure.graph.errors import InvalidArgumentError, UnimplementedError
from perdure.ops.image import bmp, files, gif, jpeg, png
from tests import golden

pytest.importorskip("PIL")
pytest.importorskip("simplejpeg")

ARCHIVE = zipfile.ZipFile(Path(golden.FOLDER) / "images.zip")
SAMPLES = [
    "rgb_37x53_2.jpg",
    "rgb_17x16_1_progressive.jpg",
    "color3_bits4_interlaced.png",
    "color6_bits16.png",
    "three.gif",
    "bits24.bmp",
]


def decode(contents):
    """The pixels of a file of any kind."""
    if contents.startswith(b"BM"):
        return bmp.decode(contents, 0)
    return files.decoded(contents, 0)


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge_png(depth):
    """A file that says to be 30,000 by 30,000."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, depth, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    return png.SIGNATURE + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def huge_gif():
    small = bytearray(ARCHIVE.read("one.gif"))
    small[6:10] = struct.pack("<HH", 65_000, 65_000)
    return bytes(small)


def huge_jpeg():
    small = bytearray(ARCHIVE.read("rgb_37x53_2.jpg"))
    place = small.index(b"\xff\xc0") + 5
    small[place : place + 4] = struct.pack(">HH", 65_000, 65_000)
    return bytes(small)


def huge_bmp():
    small = bytearray(ARCHIVE.read("bits24.bmp"))
    small[18:26] = struct.pack("<ii", 30_000, 30_000)
    return bytes(small)


@pytest.mark.parametrize(
    "contents",
    [huge_png(8), huge_png(16), huge_gif(), huge_jpeg(), huge_bmp()],
    ids="png8 png16 gif jpeg bmp".split(),
)
def test_a_bomb_is_refused(contents):
    """Before memory for its pixels is asked for."""
    with pytest.raises(InvalidArgumentError, match="too large|Incomplete"):
        decode(contents)


def test_more_pixels_than_a_png_says_are_left_alone():
    """Of what is packed only as much as the header says is unpacked."""
    header = struct.pack(">IIBBBBB", 2, 2, 16, 0, 0, 0, 0)
    data = zlib.compress(bytes(50_000_000))
    contents = png.SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    assert png.decode(contents, 0, 16).shape == (2, 2, 1)


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_files_are_pixels_or_errors(name):
    """Nothing else comes of them."""
    whole = ARCHIVE.read(name)
    random = np.random.RandomState(3)
    for _ in range(150):
        damaged = bytearray(whole[: random.randint(4, len(whole) + 1)] if random.rand() < 0.3 else whole)
        for _ in range(random.randint(1, 4)):
            damaged[random.randint(len(damaged))] = random.randint(256)
        try:
            pixels = decode(bytes(damaged))
        except InvalidArgumentError:
            continue
        assert pixels.dtype == np.uint8 and pixels.ndim == 3


@pytest.mark.parametrize(
    "name, missing", [("rgb_37x53_2.jpg", "simplejpeg"), ("three.gif", "PIL"), ("color3_bits4.png", "PIL")]
)
def test_a_missing_library_is_named(name, missing, monkeypatch):
    """By the extra that brings it."""
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setitem(sys.modules, missing + ".Image", None)
    with pytest.raises(UnimplementedError, match=r"pip install 'perdure\[image\]'"):
        decode(ARCHIVE.read(name)) if missing != "PIL" or "gif" not in name else gif.decode(
            ARCHIVE.read(name)
        )


def test_threads_decode_at_once():
    """And get the same pixels."""
    contents = ARCHIVE.read("rgb_64x48_2.jpg")
    expected, found = jpeg.decode(contents), []
    threads = [threading.Thread(target=lambda: found.append(jpeg.decode(contents))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and all(np.array_equal(each, expected) for each in found)
