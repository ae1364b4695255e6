"""`tf.einsum`, built as TensorFlow 1.15 builds it: transposes, reshapes and one matmul for each input."""

from __future__ import annotations

import re
import string
from typing import Any

from perdure.functional.array import array
from perdure.functional.array.rearranging import transpose
from perdure.functional.math.binary import multiply
from perdure.functional.math.products import matmul, trace
from perdure.functional.math.reductions import reduce_sum
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape
from perdure.platform import logging


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """Sums of products of elements, by Einstein's summation convention.

    Args:
        equation: the axes of the inputs and of the output by letters, such as "ij,jk->ik"; without "->"
            the output has the letters that occur once, sorted.  "..." stands for leading batch axes.
        *inputs: tensors of known rank, one for each part of the equation.
        **kwargs: only `name`, the name of the scope.

    Raises:
        TypeError: another keyword is given.
        ValueError: the equation is malformed, repeats a letter within one input, or does not fit the inputs.
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError("invalid keyword arguments for this function: " + ", ".join(sorted(kwargs)))
    with name_scope(name, "einsum", [equation, inputs]):
        labels, output_labels = resolve_equation(equation, [tensor.get_shape() for tensor in inputs])
        every_label = set("".join(labels) + output_labels)
        for part in labels:
            if any(part.count(label) > 1 for label in part):
                if len(labels) == 1 and part == part[::-1] and len(part) == 2 and "->" not in equation:
                    return trace(inputs[0])
                raise ValueError(f"Subscript not supported: an axis appears more than once: {part}")
        for label in every_label:
            if label not in output_labels and sum(label in part for part in labels) > 2:
                logging.warn(
                    "Falling back to exponential-space implementation of einsum() because index "
                    '"%s" is summed over more than two inputs.',
                    label,
                )
                return _product_of_all(inputs, labels, output_labels, every_label)
        result, result_labels = inputs[0], labels[0]
        for tensor, part in zip(inputs[1:], labels[1:], strict=True):
            summed = set(result_labels) & set(part) - set(output_labels)
            result, result_labels = _contract(result, result_labels, tensor, part, summed)
        if set(result_labels) - set(output_labels):
            axes = [axis for axis, label in enumerate(result_labels) if label not in output_labels]
            result = reduce_sum(result, axis=axes)
            result_labels = "".join(label for label in result_labels if label in output_labels)
        if sorted(result_labels) != sorted(output_labels):
            raise ValueError(f"Invalid equation: {equation}")
        return _transpose(result, [result_labels.index(label) for label in output_labels])


def resolve_equation(equation: str, shapes: list[TensorShape]) -> tuple[list[str], str]:
    """The letters of each input and of the output, with "..." replaced by letters of its own.

    Raises:
        ValueError: the equation is malformed or does not fit the number or ranks of the inputs.
    """
    equation = equation.replace(" ", "")
    match = re.match("^([a-zA-Z,.]+)(->[a-zA-Z.]*)?$", equation)
    if not match:
        raise ValueError(f"Indices have incorrect format: {equation}")
    labels = match.group(1).split(",")
    output = match.group(2)[2:] if match.group(2) else None
    if len(shapes) != len(labels):
        raise ValueError(f'Got {len(shapes)} arguments for equation "{equation}", expecting {len(labels)}')
    batch = ""
    if "..." in equation:
        unused = "".join(letter for letter in string.ascii_letters if letter not in "".join(labels))
        parts = [_without_ellipsis(part, shape, unused) for part, shape in zip(labels, shapes, strict=True)]
        batch = max((letters for _, letters in parts), key=len)
        labels = [letters for letters, _ in parts]
        output = None if output is None else output.replace("...", batch)
    if any("." in part for part in (*labels, output or "")):
        raise ValueError('period "." found outside of ellipsis')
    if output is None:
        everything = "".join(labels)
        once = sorted(letter for letter in set(everything) - set(batch) if everything.count(letter) == 1)
        output = batch + "".join(once)
    return labels, output


def _without_ellipsis(part: str, shape: TensorShape, unused: str) -> tuple[str, str]:
    """`part` with letters for its ellipsis (the last unused ones, so that batch axes align), and those."""
    if "..." not in part:
        return part, ""
    pieces = part.split("...")
    if len(pieces) != 2:
        raise ValueError("Unable to resolve ellipsis. Excess number found.")
    if shape.ndims is None:
        raise ValueError("Unable to statically infer ellipsis axes.")
    count = shape.ndims - len("".join(pieces))
    if count < 0:
        raise ValueError("Ellipses lengths do not match.")
    if len(unused) < count:
        raise ValueError("Unable to resolve ellipsis, too many distinct labels.")
    letters = unused[-count:] if count else ""
    return part.replace("...", letters), letters


def _contract(a: Tensor, a_labels: str, b: Tensor, b_labels: str, summed: set[str]) -> tuple[Tensor, str]:
    """Multiply two tensors and sum over the labels in `summed`, which both have."""
    for position, (tensor, labels) in enumerate(((a, a_labels), (b, b_labels))):
        if len(labels) != len(tensor.get_shape()):
            raise ValueError(
                f"Tensor t{position} of rank {len(tensor.get_shape())} does not match einsum "
                f"reduction of length {len(labels)}"
            )
    # Order the axes: those that both keep, then for `a` its own and the summed ones, for `b` the
    # summed ones and its own; then the middle and the last group are the sides of matrices.
    kept = (set(a_labels) & set(b_labels)) - summed
    a_own, b_own = set(a_labels) - kept - summed, set(b_labels) - kept - summed
    a_order = sorted(a_labels, key=lambda label: (label not in kept, label in summed, label))
    b_order = sorted(b_labels, key=lambda label: (label not in kept, label not in summed, label))
    a = _transpose(a, [a_labels.find(label) for label in a_order])
    b = _transpose(b, [b_labels.find(label) for label in b_order])
    if not summed:
        for _ in b_own:
            a = array.expand_dims(a, -1)
        for _ in a_own:
            b = array.expand_dims(b, len(kept))
        return multiply(a, b), "".join(a_order + b_order[len(kept) :])
    a_shape = _sizes(a)
    a_rows = _product(a_shape[len(kept) : -len(summed)])
    inner = _product(a_shape[-len(summed) :])
    a = _reshape(a, [*a_shape[: len(kept)], a_rows, inner])
    b_shape = _sizes(b)
    b_columns = _product(b_shape[len(kept) + len(summed) :])
    b = _reshape(b, [*b_shape[: len(kept)], inner, b_columns])
    product = matmul(a, b)
    a_part, b_part = len(kept) + len(a_own), len(b_order) - len(b_own)
    product = _reshape(product, a_shape[:a_part] + b_shape[b_part:])
    return product, "".join(a_order[:a_part] + b_order[b_part:])


def _transpose(tensor: Tensor, order: list[int]) -> Tensor:
    return tensor if order == list(range(len(order))) else transpose(tensor, perm=order)


def _reshape(tensor: Tensor, shape: list[Any]) -> Tensor:
    """Reshape unless the static shape says that nothing changes."""
    now = tensor.get_shape().as_list()
    if len(now) == len(shape) and all(
        not isinstance(want, Tensor) and have == want for have, want in zip(now, shape, strict=True)
    ):
        return tensor
    return array.reshape(tensor, tuple(shape))


def _sizes(tensor: Tensor) -> list[Any]:
    """The sizes of `tensor`: numbers where they are known, else nodes."""
    sizes: list[Any] = tensor.get_shape().as_list()
    if None in sizes:
        dynamic = array.shape(tensor)
        sizes = [dynamic[axis] if size is None else size for axis, size in enumerate(sizes)]
    return sizes


def _product(sizes: list[Any]) -> Any:
    result: Any = 1
    for size in sizes:
        result = result * size
    return result


def _product_of_all(inputs: Any, labels: list[str], output: str, every_label: set[str]) -> Tensor:
    """The product of all inputs spread over all axes, then one sum; needs the memory for all axes."""
    missing = set(output) - set("".join(labels))
    if missing:
        raise ValueError(f"Unknown output axes: {missing}")
    order = [label for label in sorted(every_label) if label not in output] + list(output)
    spread = []
    sizes: dict[str, int] = {}
    for position, (tensor, part) in enumerate(zip(inputs, labels, strict=True)):
        if tensor.get_shape().ndims != len(part):
            raise ValueError(
                f"Input {position} with axes {part} has incorrect number of dimensions "
                f"(expected {len(part)}, got {tensor.get_shape().ndims})"
            )
        tensor = _transpose(tensor, [part.find(label) for label in sorted(part, key=order.index)])
        known = dict(zip(sorted(part, key=order.index), tensor.get_shape().as_list(), strict=True))
        for label, size in known.items():
            if size is not None and size > 1 and sizes.setdefault(label, size) != size:
                raise ValueError(f"Dimension mismatch on axis: {label}")
        spread.append((tensor, [1 if label not in part else known[label] or -1 for label in order]))
    factors = [array.reshape(tensor, shape) for tensor, shape in spread]
    product: Any = 1
    for factor in factors:
        product = product * factor
    return reduce_sum(product, [axis for axis, label in enumerate(order) if label not in output])
