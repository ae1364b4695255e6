"""Summaries named after the tensors that they show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.functional.control.control import Print
from perdure.functional.math.counting import zero_fraction
from perdure.functional.summaries.media import image
from perdure.functional.summaries.values import histogram, scalar
from perdure.graph.defaults import add_to_collection
from perdure.graph.keys import GraphKeys


def add_histogram_summary(tensor: Any, name: str | None = None, prefix: str | None = None) -> Any:
    """A histogram of a tensor.

    Args:
        tensor: the tensor.
        name: the name of the summary; the tensor's if None.
        prefix: put before it, with a slash.
    """
    return histogram(_name(tensor, name, prefix), tensor)


def add_image_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """Pictures of a tensor.

    Args:
        tensor: batch x height x width x channels.
        name: the name of the summary; the tensor's if None.
        prefix: put before it, with a slash.
        print_summary: whether the tensor is printed when the summary is made.
    """
    title = _name(tensor, name, prefix)
    made = image(name=title, tensor=tensor, collections=[] if print_summary else None)
    return _printed(made, tensor, title) if print_summary else made


def add_scalar_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """The value of a scalar.

    Args:
        tensor: the scalar.
        name: the name of the summary; the tensor's if None.
        prefix: put before it, with a slash.
        print_summary: whether the scalar is printed when the summary is made.
    """
    title = _name(tensor, name, prefix)
    made = scalar(name=title, tensor=tensor, collections=[] if print_summary else None)
    return _printed(made, tensor, title) if print_summary else made


def add_zero_fraction_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """Which part of a tensor is 0.

    Args:
        tensor: the tensor.
        name: the name of the summary; the tensor's if None.
        prefix: put before it, with a slash.
        print_summary: whether the part is printed when the summary is made.
    """
    title = _name(tensor, name, prefix, "Fraction_of_Zero_Values")
    return add_scalar_summary(zero_fraction(tensor), title, print_summary=print_summary)


def add_histogram_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """`add_histogram_summary` of each tensor."""
    return [add_histogram_summary(tensor, prefix=prefix) for tensor in tensors]


def add_image_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """`add_image_summary` of each tensor."""
    return [add_image_summary(tensor, prefix=prefix) for tensor in tensors]


def add_scalar_summaries(
    tensors: Iterable[Any], prefix: str | None = None, print_summary: bool = False
) -> list[Any]:
    """`add_scalar_summary` of each tensor."""
    return [add_scalar_summary(tensor, prefix=prefix, print_summary=print_summary) for tensor in tensors]


def add_zero_fraction_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """`add_zero_fraction_summary` of each tensor."""
    return [add_zero_fraction_summary(tensor, prefix=prefix) for tensor in tensors]


def _name(tensor: Any, name: str | None, prefix: str | None, postfix: str | None = None) -> str:
    parts = [prefix, name or tensor.op.name, postfix]
    return "/".join(part for part in parts if part)


def _printed(summary: Any, tensor: Any, title: str) -> Any:
    printed = Print(summary, [tensor], title)
    add_to_collection(GraphKeys.SUMMARIES, printed)
    return printed
