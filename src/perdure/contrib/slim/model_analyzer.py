"""How large a model is: its operations and variables, listed and counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from perdure.graph.graph import Graph


def tensor_description(var: Any) -> str:
    """Type and shape of a tensor or variable: "(float32 2x3)".

    Args:
        var: the tensor or variable.
    """
    return f"({var.dtype.name} {'x'.join(str(size) for size in var.get_shape())})"


def analyze_ops(graph: Graph, print_info: bool = False) -> int:
    """How many values the outputs of all operations have, where that is known.

    Args:
        graph: the graph.
        print_info: whether each is printed.
    """
    if print_info:
        _print_title("Operations: name -> (type shapes) [size]")
    total = 0
    for op in graph.get_operations():
        size = sum(output.get_shape().num_elements() or 0 for output in op.outputs)
        if print_info:
            shapes = [tensor_description(output) for output in op.outputs if output.get_shape()]
            print(op.name, "\t->", ", ".join(shapes), f"[{size}]")
        total += size
    return total


def analyze_vars(variables: Iterable[Any], print_info: bool = False) -> tuple[int, int]:
    """How many values variables have, and how many bytes.

    Args:
        variables: the variables.
        print_info: whether each is printed.
    """
    if print_info:
        _print_title("Variables: name (type shape) [size]")
    total = total_bytes = 0
    for var in variables:
        size = var.get_shape().num_elements() or 0
        total += size
        total_bytes += size * var.dtype.size
        if print_info:
            print(var.name, tensor_description(var), f"[{size}, bytes: {size * var.dtype.size}]")
    if print_info:
        print(f"Total size of variables: {total}")
        print(f"Total bytes of variables: {total_bytes}")
    return total, total_bytes


def _print_title(title: str) -> None:
    print("---------", title, "---------", sep="\n")
