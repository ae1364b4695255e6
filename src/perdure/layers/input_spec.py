"""InputSpec: what a layer requires of its inputs."""

from __future__ import annotations

from typing import Any

from perdure.graph.dtypes import as_dtype
from perdure.graph.nest import flatten


class InputSpec:
    """What a layer requires of one input.

    Args:
        dtype: its element type.
        shape: its shape; None for sizes that may vary.
        ndim: its rank.
        max_ndim: its largest rank.
        min_ndim: its smallest rank.
        axes: sizes it must have, by axis.

    Raises:
        ValueError: an axis is out of range.
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[Any, Any] | None = None,
    ) -> None:
        self.dtype = None if dtype is None else as_dtype(dtype).name
        self.shape = shape
        self.ndim = ndim if shape is None else len(shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        try:
            self.axes = {int(axis): axes[axis] for axis in axes or {}}  # type: ignore[index]
        except (ValueError, TypeError):
            raise TypeError("The keys in axes must be integers.") from None
        if self.axes and (self.ndim is not None or self.max_ndim is not None):
            highest = (self.ndim if self.ndim is not None else self.max_ndim or 0) - 1
            if max(self.axes) > highest:
                raise ValueError(
                    f"Axis {max(self.axes)} is greater than the maximum allowed value: {highest}"
                )

    def __repr__(self) -> str:
        known = (
            ("dtype", self.dtype),
            ("shape", self.shape),
            ("ndim", self.ndim),
            ("max_ndim", self.max_ndim),
            ("min_ndim", self.min_ndim),
            ("axes", self.axes or None),
        )
        return f"InputSpec({', '.join(f'{name}={value}' for name, value in known if value)})"

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it again."""
        return {
            "dtype": self.dtype,
            "shape": self.shape,
            "ndim": self.ndim,
            "max_ndim": self.max_ndim,
            "min_ndim": self.min_ndim,
            "axes": self.axes,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """The one that `get_config` described."""
        return cls(**config)


def assert_input_compatibility(input_spec: Any, inputs: Any, layer_name: str) -> None:
    """Refuse inputs that do not fit.

    Args:
        input_spec: an InputSpec, one for each input, or None.
        inputs: a structure of tensors.
        layer_name: what messages call the layer.

    Raises:
        ValueError: why they do not fit.
    """
    if not input_spec:
        return
    tensors, specs = flatten(inputs), flatten(input_spec)
    if len(tensors) != len(specs):
        raise ValueError(
            f"Layer {layer_name} expects {len(specs)} inputs, but it received {len(tensors)} input tensors. "
            f"Inputs received: {tensors}"
        )
    for i, (tensor, spec) in enumerate(zip(tensors, specs, strict=True)):
        if spec is not None:
            _check(tensor, spec, f"Input {i} of layer {layer_name} is incompatible with the layer: ")


def _check(tensor: Any, spec: InputSpec, subject: str) -> None:
    rank = tensor.shape.ndims
    if rank is None:
        if spec.ndim is not None or spec.min_ndim is not None or spec.max_ndim is not None:
            raise ValueError(f"{subject}its rank is undefined, but the layer requires a defined rank.")
        return
    sizes = tensor.shape.as_list()
    shown = f". Full shape received: {sizes}"
    if spec.ndim is not None and rank != spec.ndim:
        raise ValueError(f"{subject}expected ndim={spec.ndim}, found ndim={rank}{shown}")
    if spec.max_ndim is not None and rank > spec.max_ndim:
        raise ValueError(f"{subject}expected max_ndim={spec.max_ndim}, found ndim={rank}")
    if spec.min_ndim is not None and rank < spec.min_ndim:
        raise ValueError(f"{subject}: expected min_ndim={spec.min_ndim}, found ndim={rank}{shown}")
    if spec.dtype is not None and tensor.dtype.base_dtype.name != spec.dtype:
        raise ValueError(f"{subject}expected dtype={spec.dtype}, found dtype={tensor.dtype}")
    for axis, value in spec.axes.items():
        value = getattr(value, "value", value)
        if value is not None and sizes[int(axis)] not in (value, None):
            raise ValueError(
                f"{subject}expected axis {axis} of input shape to have value {value} but received input "
                f"with shape {sizes}"
            )
    if spec.shape is not None:
        for wanted, size in zip(spec.shape, sizes, strict=True):
            if wanted is not None and size is not None and wanted != size:
                raise ValueError(f"{subject}expected shape={spec.shape}, found shape={sizes}")
