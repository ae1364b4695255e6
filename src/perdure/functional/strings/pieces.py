"""Parts of strings and what they are: lengths, substrings, splitting, stripping, upper and lower case."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.graph.tensor import Tensor


def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """The length of each string.

    Args:
        input: a tensor of strings.
        name: the name of the node.
        unit: what is counted, "BYTE" or "UTF8_CHAR".

    Returns:
        An int32 tensor of the same shape.
    """
    return g.string_length(input, unit=unit, name=name)


def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """A part of each string.

    Args:
        input: a tensor of strings.
        pos: where parts begin, from the end where negative: integers, broadcast against `input`.
        len: how long they are at most; of the shape of `pos`.
        name: the name of the node.
        unit: what is counted, "BYTE" or "UTF8_CHAR".

    Raises:
        InvalidArgumentError: when run, if a part begins outside of its string.
    """
    return g.substr(input, pos, len, unit=unit, name=name)


def string_strip(input: Any, name: str | None = None) -> Tensor:
    """Strings without the blanks at both ends."""
    return g.string_strip(input, name=name)


def string_lower(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Strings in lower case.

    Args:
        input: a tensor of strings.
        encoding: "utf-8", or "" for the letters of ASCII alone.
        name: the name of the node.
    """
    return g.string_lower(input, encoding=encoding, name=name)


def string_upper(input: Any, encoding: str = "", name: str | None = None) -> Tensor:
    """Strings in upper case.

    Args:
        input: a tensor of strings.
        encoding: "utf-8", or "" for the letters of ASCII alone.
        name: the name of the node.
    """
    return g.string_upper(input, encoding=encoding, name=name)


def string_split(
    source: Any,
    sep: Any = None,
    skip_empty: bool = True,
    delimiter: Any = None,
    result_type: str = "SparseTensor",
    name: str | None = None,
) -> SparseTensor:
    """The pieces of strings between the characters of a set.

    Args:
        source: a vector of n strings.
        sep: a string: each of its bytes separates pieces; " " by default.  With "" all bytes are pieces.
        skip_empty: leave empty pieces out.
        delimiter: the old name of `sep`.
        result_type: "SparseTensor".
        name: the name of the scope.

    Returns:
        A matrix of n rows with the pieces of each string.
    """
    _check_result_type(result_type)
    with name_scope(name, "StringSplit", [source]):
        sep = renamed("sep", sep, "delimiter", delimiter)
        sep = convert_to_tensor(" " if sep is None else sep, dtype=dtypes.string)
        source = convert_to_tensor(source, dtype=dtypes.string)
        indices, values, shape = g.string_split(source, delimiter=sep, skip_empty=skip_empty)
        indices.set_shape([None, 2])
        values.set_shape([None])
        shape.set_shape([2])
        return SparseTensor(indices, values, shape)


def string_split_v2(
    input: Any = None,
    sep: Any = None,
    maxsplit: int = -1,
    result_type: str = "SparseTensor",
    source: Any = None,
    name: str | None = None,
) -> SparseTensor:
    """The pieces of strings between occurrences of a separator.

    Args:
        input: a vector of n strings.
        sep: the separator; any number of blanks if it is None or "".
        maxsplit: how many separators count in each string; all of them if negative.
        result_type: "SparseTensor".
        source: the old name of `input`.
        name: the name of the scope.

    Returns:
        A matrix of n rows with the pieces of each string.
    """
    _check_result_type(result_type)
    input = renamed("input", input, "source", source)
    with name_scope(name, "StringSplit", [input]):
        input = convert_to_tensor(input, dtype=dtypes.string, name="input")
        if input.shape.ndims not in (None, 1):
            raise NotImplementedError(
                f"tf.strings.split of strings of rank {input.shape.ndims} makes a RaggedTensor, which "
                "perdure does not have; split a vector"
            )
        sep = convert_to_tensor("" if sep is None else sep, dtype=dtypes.string)
        indices, values, shape = g.string_split_v2(input, sep=sep, maxsplit=maxsplit)
        indices.set_shape([None, 2])
        values.set_shape([None])
        shape.set_shape([2])
        return SparseTensor(indices, values, shape)


def _check_result_type(result_type: str) -> None:
    if result_type == "RaggedTensor":
        raise NotImplementedError(
            "perdure has no RaggedTensor; result_type='SparseTensor' gives the same pieces"
        )
    if result_type != "SparseTensor":
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")
