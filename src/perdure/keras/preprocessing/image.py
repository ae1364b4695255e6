"""Pictures that are loaded, changed and put into batches: the package keras_preprocessing."""

from __future__ import annotations

from typing import Any

from perdure.keras.config import floatx, image_data_format
from perdure.keras.preprocessing.package import preprocessing_module
from perdure.keras.utils.sequences import Sequence

# A class of any kind, for the type checker.
_AnyBase: Any = object
_image: Any = preprocessing_module("image")
random_rotation = _image.random_rotation
random_shift = _image.random_shift
random_shear = _image.random_shear
random_zoom = _image.random_zoom
apply_channel_shift = _image.apply_channel_shift
random_channel_shift = _image.random_channel_shift
apply_brightness_shift = _image.apply_brightness_shift
random_brightness = _image.random_brightness
apply_affine_transform = _image.apply_affine_transform
load_img = _image.load_img


def array_to_img(x: Any, data_format: str | None = None, scale: bool = True, dtype: Any = None) -> Any:
    """A picture of PIL from an array.

    Args:
        x: the array.
        data_format: "channels_first" or "channels_last".
        scale: whether values are moved to 0 ... 255.
        dtype: the type to compute in.
    """
    return _image.array_to_img(
        x, data_format=data_format or image_data_format(), scale=scale, dtype=dtype or floatx()
    )


def img_to_array(img: Any, data_format: str | None = None, dtype: Any = None) -> Any:
    """An array from a picture of PIL.

    Args:
        img: the picture.
        data_format: "channels_first" or "channels_last".
        dtype: the type of the array.
    """
    return _image.img_to_array(img, data_format=data_format or image_data_format(), dtype=dtype or floatx())


def save_img(
    path: Any,
    x: Any,
    data_format: str | None = None,
    file_format: str | None = None,
    scale: bool = True,
    **kwargs: Any,
) -> None:
    """Write an array as a picture.

    Args:
        path: the file.
        x: the array.
        data_format: "channels_first" or "channels_last".
        file_format: the format, if the name does not say.
        scale: whether values are moved to 0 ... 255.
        **kwargs: those of PIL.
    """
    _image.save_img(
        path,
        x,
        data_format=data_format or image_data_format(),
        file_format=file_format,
        scale=scale,
        **kwargs,
    )


class Iterator(_image.Iterator, Sequence):  # type: ignore[misc]
    """Batches of pictures; see keras_preprocessing."""


class _WithDefaults(_AnyBase):  # type: ignore[misc]
    """A class of keras_preprocessing with Keras' data format and type where none is given."""

    def __init__(self, *args: Any, data_format: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(
            *args, data_format=data_format or image_data_format(), dtype=dtype or floatx(), **kwargs
        )


class DirectoryIterator(_WithDefaults, _image.DirectoryIterator, Iterator):  # type: ignore[misc]
    """Batches of the pictures of a folder; see keras_preprocessing."""


class NumpyArrayIterator(_WithDefaults, _image.NumpyArrayIterator, Iterator):  # type: ignore[misc]
    """Batches of the pictures of an array; see keras_preprocessing."""


class ImageDataGenerator(_WithDefaults, _image.ImageDataGenerator):  # type: ignore[misc]
    """Pictures that are changed at random; see keras_preprocessing."""
