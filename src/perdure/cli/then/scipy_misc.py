"""The functions for images that `scipy.misc` had, by Pillow, and the mathematics that has moved since."""

from __future__ import annotations

from typing import Any

import numpy as np

_WRONG_MODE = "Mode is unknown or incompatible with input array shape."
_FILTERS = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "cubic": 3}


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError(
            "scipy.misc's functions for images need Pillow: pip install 'perdure[image]'"
        ) from error
    return Image


def bytescale(
    data: Any, cmin: float | None = None, cmax: float | None = None, high: int = 255, low: int = 0
) -> np.ndarray:
    """Numbers scaled to the bytes from `low` to `high`; bytes are left alone.

    Args:
        data: the numbers.
        cmin, cmax: what becomes `low` and `high`, by default the smallest and largest.
        high, low: the range of the result.

    Raises:
        ValueError: a range is empty or exceeds that of a byte.
    """
    data = np.asarray(data)
    if data.dtype == np.uint8:
        return data
    if not 0 <= low <= high <= 255:
        if high > 255:
            raise ValueError("`high` should be less than or equal to 255.")
        if low < 0:
            raise ValueError("`low` should be greater than or equal to 0.")
        raise ValueError("`high` should be greater than or equal to `low`.")
    smallest = data.min() if cmin is None else cmin
    largest = data.max() if cmax is None else cmax
    extent = largest - smallest
    if extent < 0:
        raise ValueError("`cmax` should be larger than `cmin`.")
    scale = float(high - low) / (1 if extent == 0 else extent)
    scaled = (data - smallest) * scale + low
    return (np.clip(scaled, low, high) + 0.5).astype(np.uint8)


def toimage(
    arr: Any,
    high: int = 255,
    low: int = 0,
    cmin: float | None = None,
    cmax: float | None = None,
    pal: Any = None,
    mode: str | None = None,
    channel_axis: int | None = None,
) -> Any:
    """An array as an image of Pillow: grey from two axes, colours from three.

    Args:
        arr: the array.
        high, low, cmin, cmax: as in `bytescale`.
        pal: a palette of up to 256 colours.
        mode: Pillow's name of the kind of image.
        channel_axis: which of three axes is that of the colours.

    Raises:
        ValueError: the array has another shape or complex numbers, or does not suit the mode.
    """
    data = np.asarray(arr)
    if np.iscomplexobj(data):
        raise ValueError("Cannot convert a complex-valued array.")
    if data.ndim not in (2, 3) or (data.ndim == 3 and not {3, 4} & {*data.shape}):
        raise ValueError("'arr' does not have a suitable array shape for any mode.")
    if data.ndim == 2:
        return _grey_image(data, high, low, cmin, cmax, pal, mode)
    axis = channel_axis
    if axis is None:
        axis = next((i for size in (3, 4) for i in range(3) if data.shape[i] == size), None)
    if axis is None or data.shape[axis] not in (3, 4):
        raise ValueError(
            "Could not find channel dimension." if axis is None else "Channel axis dimension is not valid."
        )
    levels = np.moveaxis(bytescale(data, cmin, cmax, high, low), axis, 2)
    mode = mode or ("RGB" if levels.shape[2] == 3 else "RGBA")
    if mode not in ("RGB", "RGBA", "YCbCr", "CMYK") or len(mode.replace("YCbCr", "YCC")) != levels.shape[2]:
        raise ValueError(_WRONG_MODE)
    return _pillow().frombytes(mode, levels.shape[1::-1], levels.tobytes())


def _grey_image(
    data: np.ndarray, high: int, low: int, cmin: Any, cmax: Any, pal: Any, mode: str | None
) -> Any:
    image = _pillow()
    size = data.shape[::-1]
    if mode == "F":
        return image.frombytes("F", size, data.astype(np.float32).tobytes())
    if mode in (None, "L", "P"):
        made = image.frombytes("L", size, bytescale(data, cmin, cmax, high, low).tobytes())
        if pal is not None:
            made.putpalette(np.asarray(pal, np.uint8).tobytes())
        elif mode == "P":
            made.putpalette(np.repeat(np.arange(256, dtype=np.uint8), 3).tobytes())
        return made
    if mode == "1":
        return image.frombytes("L", size, np.where(data > high, 255, 0).astype(np.uint8).tobytes()).convert(
            "1"
        )
    if mode == "I":
        smallest = data.min() if cmin is None else cmin
        largest = data.max() if cmax is None else cmax
        scaled = (data * 1.0 - smallest) * (high - low) / (largest - smallest) + low
        return image.frombytes("I", size, scaled.astype(np.int32).tobytes())
    raise ValueError(_WRONG_MODE)


def fromimage(im: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """An image of Pillow as an array.

    Args:
        im: the image.
        flatten: whether to make it grey, in float32.
        mode: the kind of image to make it first.
    """
    if not isinstance(im, _pillow().Image):
        raise TypeError("Input is not a PIL image.")
    if mode is not None and mode != im.mode:
        im = im.convert(mode)
    elif mode is None and im.mode == "P":
        im = im.convert("RGBA" if "transparency" in im.info else "RGB")
    if flatten:
        im = im.convert("F")
    elif im.mode == "1":
        im = im.convert("L")  # one bit for each pixel is no type of NumPy
    return np.array(im)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> np.ndarray:
    """Read an image from a file.

    Args:
        name: its name, or the file itself.
        flatten, mode: as in `fromimage`.
    """
    with _pillow().open(name) as image:
        return fromimage(image, flatten, mode)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Write an array to a file as an image, scaled to bytes.

    Args:
        name: its name, or the file itself.
        arr: the array.
        format: the format's name, by default by the end of the file's.
    """
    toimage(arr, channel_axis=2 if np.ndim(arr) == 3 else None).save(
        name, *([] if format is None else [format])
    )


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> np.ndarray:
    """Change the size of an image, which is scaled to bytes first.

    Args:
        arr: the image as an array.
        size: percent as an integer, a factor as a float, or height and width.
        interp: nearest, lanczos, bilinear, bicubic or cubic.
        mode: as in `toimage`.
    """
    image = toimage(arr, mode=mode)
    if np.issubdtype(type(size), np.signedinteger):
        size = tuple((np.array(image.size) * (size / 100.0)).astype(int))
    elif np.issubdtype(type(size), np.floating):
        size = tuple((np.array(image.size) * size).astype(int))
    else:
        size = size[1], size[0]
    return fromimage(image.resize(tuple(map(int, size)), resample=_FILTERS[interp]))


def imrotate(arr: Any, angle: float, interp: str = "bilinear") -> np.ndarray:
    """Turn an image by degrees against the clock, within its size.

    Args:
        arr: the image as an array.
        angle: the degrees.
        interp: as in `imresize`; Pillow turns by nearest, bilinear and bicubic.
    """
    return fromimage(toimage(np.asarray(arr)).rotate(angle, resample=_FILTERS[interp]))


def imshow(arr: Any) -> None:
    """Show an array in the system's viewer of images."""
    toimage(arr).show()


def comb(N: Any, k: Any, exact: bool = False, repetition: bool = False) -> Any:
    """The number of combinations, now in `scipy.special`."""
    from scipy import special

    return special.comb(N, k, exact=exact, repetition=repetition)


def factorial(n: Any, exact: bool = False) -> Any:
    """The factorial, now in `scipy.special`."""
    from scipy import special

    return special.factorial(n, exact=exact)


def logsumexp(*args: Any, **kwargs: Any) -> Any:
    """The logarithm of a sum of exponentials, now in `scipy.special`."""
    from scipy import special

    return special.logsumexp(*args, **kwargs)
