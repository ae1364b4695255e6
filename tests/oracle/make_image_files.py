"""Write tests/golden/images.zip, the picture files that tests decode.

Run by a Python that has NumPy, Pillow and simplejpeg, from the root of the repository; the goldens of
tests/oracle/client/image_files.py are made from these files and must be made again.
"""

import io
import os
import struct
import zipfile
import zlib

import numpy as np
import simplejpeg
from PIL import Image

TARGET = os.path.join(os.path.dirname(__file__), "..", "golden", "images.zip")
PASSES = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
RANDOM = np.random.RandomState(0)


def picture(height, width, channels=3):
    """Waves and some noise."""
    y, x = np.mgrid[:height, :width]
    waves = [127 + 100 * np.sin(x / 9 + i) + 20 * np.cos(y / 5 * (i + 1)) for i in range(channels)]
    noise = RANDOM.randn(height, width, channels) * 15
    return np.clip(np.stack(waves, -1) + noise, 0, 255).astype(np.uint8)


def saved(pixels, kind, mode=None, **options):
    file = io.BytesIO()
    squeezed = pixels[..., 0] if pixels.shape[-1] == 1 else pixels
    made = (
        Image.fromarray(squeezed)
        if mode is None
        else Image.merge(mode, [*map(Image.fromarray, np.moveaxis(pixels, 2, 0))])
    )
    made.save(file, kind, **options)
    return file.getvalue()


def jpegs():
    for height, width in ((37, 53), (64, 48), (9, 3), (17, 16)):
        for subsampling in (0, 1, 2):
            for progressive in (False, True):
                options = {"quality": 85, "subsampling": subsampling, "progressive": progressive}
                name = "rgb_%dx%d_%d%s" % (height, width, subsampling, "_progressive" if progressive else "")
                yield name + ".jpg", saved(picture(height, width), "JPEG", **options)
        yield "gray_%dx%d.jpg" % (height, width), saved(picture(height, width, 1), "JPEG", quality=70)
    yield "cmyk.jpg", saved(picture(40, 30, 4), "JPEG", "CMYK", quality=90)
    yield "restart.jpg", saved(picture(45, 67), "JPEG", quality=80, subsampling=2, restart_marker_blocks=3)
    for subsampling in ("440", "411"):
        made = simplejpeg.encode_jpeg(picture(45, 67), 80, colorsubsampling=subsampling)
        yield subsampling + ".jpg", made
    whole = saved(picture(64, 48), "JPEG", quality=85)
    yield "without_end.jpg", whole[:-2]
    for part in (0.2, 0.5, 0.9):
        yield "truncated_%g.jpg" % part, whole[: int(part * len(whole))]


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(color, depth, interlaced, transparent, width=13, height=11):
    """Random bytes under random filters."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    rows = b""
    for row, column, rows_apart, columns_apart in PASSES if interlaced else ((0, 0, 1, 1),):
        length = (-(-(width - column) // columns_apart) * channels * depth + 7) // 8
        for _ in range(-(-(height - row) // rows_apart)):
            rows += bytes([RANDOM.randint(5)]) + RANDOM.bytes(length)
    extra = chunk(b"PLTE", RANDOM.bytes(3 * 2**depth)) if color == 3 else b""
    if transparent:
        shade = struct.pack(">H", RANDOM.randint(2 ** min(depth, 8)))
        extra += chunk(b"tRNS", {0: shade, 2: RANDOM.bytes(6), 3: RANDOM.bytes(2**depth // 2)}[color])
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    data = chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data


def pngs():
    for color, depths in ((0, (1, 2, 4, 8, 16)), (2, (8, 16)), (3, (1, 2, 4, 8)), (4, (8, 16)), (6, (8, 16))):
        for depth in depths:
            for interlaced in (False, True):
                for transparent in (False, True)[: 2 if color in (0, 2, 3) else 1]:
                    words = ["color%d" % color, "bits%d" % depth]
                    words += ["interlaced"] * interlaced + ["transparent"] * transparent
                    yield "_".join(words) + ".png", png(color, depth, interlaced, transparent)


def gif(colors, frames):
    """A file of frames: (left, top, pixels, transparent color or None, own colors or b"")."""
    height, width = frames[0][2].shape
    made = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF0 | 3, 0, 0) + colors
    for left, top, pixels, clear, own in frames:
        flags = 0 if clear is None else 1
        made += b"!\xf9\x04" + struct.pack("<BHB", flags, 5, clear or 0) + b"\0"
        alone = io.BytesIO()
        one = Image.fromarray(pixels, "P")
        one.putpalette(colors)
        one.save(alone, "GIF", interlace=0, optimize=False)
        body = alone.getvalue()
        # Pillow writes a header, a table of colors, perhaps extensions, and then the picture.
        place = body.index(b",", 13 + 3 * (2 << (body[10] & 7)))
        local = body[place + 9] & 0x80
        start = place + 10 + (3 * (2 << (body[place + 9] & 7)) if local else 0)
        size = pixels.shape[1], pixels.shape[0]
        table = 0x80 | 3 if own else 0
        made += b"," + struct.pack("<HHHHB", left, top, *size, table) + own + body[start:-1]
    return made + b";"


def gifs():
    colors, own = RANDOM.bytes(48), RANDOM.bytes(48)
    frames = [RANDOM.randint(0, 16, (9, 12)).astype(np.uint8), RANDOM.randint(0, 16, (4, 5)).astype(np.uint8)]
    yield "one.gif", gif(colors, [(0, 0, frames[0], None, b"")])
    yield "clear.gif", gif(colors, [(0, 0, frames[0], 3, b"")])
    moving = [(0, 0, frames[0], None, b""), (2, 3, frames[1], 5, b""), (7, 5, frames[1], None, own)]
    yield "three.gif", gif(colors, moving)
    yield (
        "part.gif",
        gif(colors, [(0, 0, frames[0], None, b"")]).replace(
            b",\0\0\0\0" + struct.pack("<HH", 12, 9), b",\1\0\0\0" + struct.pack("<HH", 12, 9)
        ),
    )
    three = gif(colors, moving)
    yield "truncated.gif", three[:-30]


def bmp(bits, height, width, down):
    stride = (bits // 8 * width + 3) // 4 * 4
    offset = 54 + (1024 if bits == 8 else 0)
    head = b"BM" + struct.pack("<IHHI", offset + stride * height, 0, 0, offset)
    head += struct.pack("<IiiHHIIiiII", 40, width, -height if down else height, 1, bits, 0, 0, 0, 0, 0, 0)
    return head + b"\0" * (offset - 54) + RANDOM.bytes(stride * height)


def bmps():
    for bits in (8, 16, 24, 32):
        for down in (False, True):
            yield "bits%d%s.bmp" % (bits, "_down" if down else ""), bmp(bits, 5, 7, down)
    yield "truncated.bmp", bmp(24, 5, 7, False)[:-20]


def main():
    with zipfile.ZipFile(TARGET, "w") as archive:
        for files in (jpegs(), pngs(), gifs(), bmps()):
            for name, contents in files:
                archive.writestr(zipfile.ZipInfo(name), contents, zipfile.ZIP_DEFLATED)


if __name__ == "__main__":
    main()
