"""Sparse tensors put together and taken apart."""

from __future__ import annotations

from typing import Any

from perdure.functional.arguments import renamed
from perdure.functional.array.array import reshape
from perdure.functional.array.joining import concat
from perdure.functional.math.reductions import reduce_max
from perdure.functional.sparse.reshaping import as_sparse_tensor
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant_value
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope


def sparse_concat(
    axis: Any,
    sp_inputs: Any,
    name: str | None = None,
    expand_nonconcat_dim: bool = False,
    concat_dim: Any = None,
    expand_nonconcat_dims: bool | None = None,
) -> SparseTensor:
    """Several sparse tensors behind each other along a dimension, with the entries in order.

    Args:
        axis: the dimension.
        sp_inputs: a list of SparseTensors.
        name: the name of the node.
        expand_nonconcat_dim: whether other sizes may differ, and become the largest of them.
        concat_dim: an older name of `axis`.
        expand_nonconcat_dims: another name of `expand_nonconcat_dim`.

    Raises:
        TypeError: an input is not sparse.
    """
    expand = expand_nonconcat_dim if expand_nonconcat_dims is None else expand_nonconcat_dims
    axis = renamed("axis", axis, "concat_dim", concat_dim)
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    inputs = [as_sparse_tensor(each) for each in sp_inputs]
    if len(inputs) == 1:
        return inputs[0]
    shapes = [each.dense_shape for each in inputs]
    if expand:
        most = reduce_max(concat([reshape(shape, [1, -1]) for shape in shapes], 0), 0)
        shapes = [
            concat(
                [
                    most[:axis],
                    shape[-1:] if axis == -1 else shape[axis : axis + 1],
                    [] if axis == -1 else most[axis + 1 :],
                ],
                0,
            )
            for shape in shapes
        ]
    indices, values, shape = g.sparse_concat(
        [each.indices for each in inputs],
        [each.values for each in inputs],
        shapes,
        concat_dim=axis,
        name=name,
    )
    known = [constant_value(each) for each in shapes]
    if all(each is not None for each in known):
        whole = known[0].copy()
        whole[axis] = sum(each[axis] for each in known)
        shape = convert_to_tensor(whole)
    return SparseTensor(indices, values, shape)


class KeywordRequired:
    """Stands for an argument that has to be given by its name."""

    def __repr__(self) -> str:
        return "KeywordRequired()"


def sparse_split(
    keyword_required: Any = KeywordRequired(),  # noqa: B008
    sp_input: Any = None,
    num_split: Any = None,
    axis: Any = None,
    name: str | None = None,
    split_dim: Any = None,
) -> list[SparseTensor]:
    """A sparse tensor cut along a dimension; the first parts are larger if it does not come out even.

    Args:
        keyword_required: nothing: all arguments are given by name.
        sp_input: a SparseTensor.
        num_split: into how many parts.
        axis: the dimension.
        name: the name of the node.
        split_dim: an older name of `axis`.

    Raises:
        TypeError: `sp_input` is not sparse.
        ValueError: an argument is missing, or given without its name.
    """
    if not isinstance(keyword_required, KeywordRequired):
        raise ValueError("Keyword arguments are required for this function.")
    for what, given in (("sp_input", sp_input), ("num_split", num_split), ("axis", axis)):
        if given is None:
            raise ValueError(f"{what} is required")
    axis = renamed("axis", axis, "split_dim", split_dim)
    sp_input = as_sparse_tensor(sp_input)
    indices, values, shapes = g.sparse_split(
        axis, sp_input.indices, sp_input.values, sp_input.dense_shape, num_split=num_split, name=name
    )
    return [SparseTensor(*parts) for parts in zip(indices, values, shapes, strict=True)]


def sparse_slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """A part of a sparse tensor.

    Args:
        sp_input: a SparseTensor.
        start: where it begins, an index.
        size: its sizes; what is beyond the tensor does not count.
        name: the name of the node.

    Raises:
        TypeError: `sp_input` is not sparse.
    """
    sp_input = as_sparse_tensor(sp_input)
    start = convert_to_tensor(start, dtypes.int64)
    size = convert_to_tensor(size, dtypes.int64)
    with name_scope(name, "SparseSlice", [sp_input]) as scope:
        return SparseTensor(
            *g.sparse_slice(sp_input.indices, sp_input.values, sp_input.dense_shape, start, size, name=scope)
        )
