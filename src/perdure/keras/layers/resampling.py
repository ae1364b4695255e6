"""UpSampling, ZeroPadding and Cropping over one, two and three axes."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.functional.array.padding import pad
from perdure.graph.tensor_shape import TensorShape
from perdure.keras.backend.arrays import repeat_elements, resize_volumes
from perdure.keras.backend.images import resize_images
from perdure.keras.engine.layer import Layer
from perdure.keras.utils.convolution import normalize_data_format, normalize_tuple
from perdure.layers.input_spec import InputSpec


def _each(sizes: list[Any], first: int, change: Any) -> TensorShape:
    """A shape with the known ones of its spatial sizes changed."""
    found = list(sizes)
    for i in range(len(sizes) - 2):
        size = sizes[first + i]
        found[first + i] = None if size is None else change(i, size)
    return TensorShape(found)


class _Spatial(Layer):
    """A layer over the spatial axes.

    Args:
        data_format: "channels_last" or "channels_first".
        **kwargs: see `Layer`.
    """

    rank: ClassVar[int]

    def __init__(self, data_format: str | None = "channels_last", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = normalize_data_format(data_format)
        self.input_spec = InputSpec(ndim=self.rank + 2)

    @property
    def _first(self) -> int:
        return 2 if self.data_format == "channels_first" else 1

    def _pairs(self, value: Any, name: str, of_one: str) -> Any:
        """Amounts before and behind each axis."""
        if self.rank == 1:
            return normalize_tuple(value, 2, name)
        if isinstance(value, int):
            return ((value, value),) * self.rank
        if not hasattr(value, "__len__"):
            raise ValueError(
                f"`{name}` should be either an int, a tuple of {self.rank} ints ({of_one}), or a tuple of "
                f"{self.rank} tuples of 2 ints. Found: {value}"
            )
        if len(value) != self.rank:
            count = "two" if self.rank == 2 else "3"
            raise ValueError(f"`{name}` should have {count} elements. Found: {value}")
        order = ("1st", "2nd", "3rd")
        return tuple(normalize_tuple(item, 2, f"{order[i]} entry of {name}") for i, item in enumerate(value))


class UpSampling1D(_Spatial):
    """Each time step repeated.

    Args:
        size: how often.
        **kwargs: see `Layer`.
    """

    rank = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size = int(size)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _each(TensorShape(input_shape).as_list(), 1, lambda _, s: s * self.size)

    def call(self, inputs: Any) -> Any:
        return repeat_elements(inputs, self.size, axis=1)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size}


class UpSampling2D(_Spatial):
    """Images made larger.

    Args:
        size: how often a row and a column is repeated.
        data_format: "channels_last" or "channels_first".
        interpolation: "nearest" or "bilinear".
        **kwargs: see `Layer`.

    Raises:
        ValueError: an unknown interpolation.
    """

    rank = 2

    def __init__(
        self,
        size: Any = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(data_format, **kwargs)
        self.size = normalize_tuple(size, 2, "size")
        if interpolation not in ("nearest", "bilinear"):
            raise ValueError('`interpolation` argument should be one of `"nearest"` or `"bilinear"`.')
        self.interpolation = interpolation

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        return _each(sizes, self._first, lambda i, s: s * self.size[i])

    def call(self, inputs: Any) -> Any:
        return resize_images(
            inputs, self.size[0], self.size[1], self.data_format, interpolation=self.interpolation
        )

    def get_config(self) -> dict[str, Any]:
        config = {"size": self.size, "data_format": self.data_format}
        return {**super().get_config(), **config, "interpolation": self.interpolation}


class UpSampling3D(_Spatial):
    """Volumes made larger by repeating elements.

    Args:
        size: how often, for each axis.
        data_format: "channels_last" or "channels_first".
        **kwargs: see `Layer`.
    """

    rank = 3

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.size = normalize_tuple(size, 3, "size")

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        return _each(sizes, self._first, lambda i, s: s * self.size[i])

    def call(self, inputs: Any) -> Any:
        return resize_volumes(inputs, self.size[0], self.size[1], self.size[2], self.data_format)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "size": self.size, "data_format": self.data_format}


class _ZeroPadding(_Spatial):
    """Zeros around the spatial axes.

    Args:
        padding: how many before and behind each axis: pairs, or one number for both, or for all.
        data_format: "channels_last" or "channels_first".
        **kwargs: see `Layer`.
    """

    def _set_up(self, padding: Any) -> None:
        of_one = ", ".join(f"symmetric_dim{i + 1}_pad" for i in range(self.rank))
        self.padding = self._pairs(padding, "padding", of_one)

    @property
    def _amounts(self) -> Any:
        return (self.padding,) if self.rank == 1 else self.padding

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        return _each(sizes, self._first, lambda i, s: s + sum(self._amounts[i]))

    def call(self, inputs: Any) -> Any:
        amounts = [[0, 0] for _ in range(self.rank + 2)]
        amounts[self._first : self._first + self.rank] = [list(pair) for pair in self._amounts]
        return pad(inputs, amounts)

    def get_config(self) -> dict[str, Any]:
        own = {"padding": self.padding}
        if self.rank > 1:
            own["data_format"] = self.data_format
        return {**super().get_config(), **own}


class ZeroPadding1D(_ZeroPadding):
    """Zeros before and behind the time steps; see `_ZeroPadding`."""

    rank = 1

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_up(padding)


class ZeroPadding2D(_ZeroPadding):
    """Zeros around images; see `_ZeroPadding`."""

    rank = 2

    def __init__(self, padding: Any = (1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self._set_up(padding)


class ZeroPadding3D(_ZeroPadding):
    """Zeros around volumes; see `_ZeroPadding`."""

    rank = 3

    def __init__(self, padding: Any = (1, 1, 1), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self._set_up(padding)


class _Cropping(_Spatial):
    """What is left without some elements at the ends of the spatial axes.

    Args:
        cropping: how many before and behind each axis: pairs, or one number for both, or for all.
        data_format: "channels_last" or "channels_first".
        **kwargs: see `Layer`.
    """

    def _set_up(self, cropping: Any) -> None:
        of_one = ", ".join(f"symmetric_dim{i + 1}_crop" for i in range(self.rank))
        self.cropping = self._pairs(cropping, "cropping", of_one)

    @property
    def _amounts(self) -> Any:
        return (self.cropping,) if self.rank == 1 else self.cropping

    def compute_output_shape(self, input_shape: Any) -> Any:
        sizes = TensorShape(input_shape).as_list()
        return _each(sizes, self._first, lambda i, s: s - sum(self._amounts[i]))

    def call(self, inputs: Any) -> Any:
        slices = [slice(None) for _ in range(self.rank + 2)]
        for i, (before, behind) in enumerate(self._amounts):
            slices[self._first + i] = slice(before, -behind if behind else None)
        return inputs[tuple(slices)]

    def get_config(self) -> dict[str, Any]:
        own = {"cropping": self.cropping}
        if self.rank > 1:
            own["data_format"] = self.data_format
        return {**super().get_config(), **own}


class Cropping1D(_Cropping):
    """Time steps without the first and the last ones; see `_Cropping`."""

    rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._set_up(cropping)


class Cropping2D(_Cropping):
    """Images without their edges; see `_Cropping`."""

    rank = 2

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        self._set_up(cropping)


class Cropping3D(_Cropping):
    """Volumes without their edges; see `_Cropping`."""

    rank = 3

    def __init__(
        self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        self._set_up(cropping)
