"""tf.map_fn: a function of each row."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perdure.functional.array.array import shape
from perdure.functional.control.loops import while_loop
from perdure.functional.control.tensor_arrays import TensorArray
from perdure.graph import nest
from perdure.graph.composite import SparseTensor
from perdure.graph.constants import constant
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import name_scope
from perdure.mapping.rows import Structure, cached_variables, check_callable, known_size, stacked


def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """The results of a function of each row, stacked.

    Args:
        fn: from a row (nested as `elems`) to a tensor, or to tensors nested as `dtype`.
        elems: a tensor of shape (n, ...), or a nest of such.
        dtype: the types of the results, nested as they are; needed if they differ from those of `elems`.
        parallel_iterations: how many iterations may run at a time; 10 if None.
        back_prop: whether gradients flow through it.
        swap_memory: whether what its gradient needs may be moved to the host.
        infer_shape: whether all results have the same shape.
        name: the name scope.

    Returns:
        A tensor of shape (n, ...), or a nest of such.

    Raises:
        TypeError: `fn` is not callable, `elems` is a SparseTensor, or a result is nested in another way.
        ValueError: `elems` are scalars, or the number of results is another one.
    """
    check_callable(fn)
    if isinstance(elems, SparseTensor):
        raise TypeError(
            "To perform a map on the values of a sparse tensor use either  SparseTensor(input.indices, "
            "fn(input.values), input.dense_shape) or  SparseTensor(input.indices, map_fn(fn, input.values), "
            "input.dense_shape)"
        )
    rows = Structure(elems)
    tensors = rows.flatten(elems)
    with name_scope(name, "map", tensors), cached_variables():
        tensors = [convert_to_tensor(tensor, name="elem") for tensor in tensors]
        results = rows if dtype is None else Structure(dtype)
        dtype = dtype or rows.pack([tensor.dtype for tensor in tensors])
        if tensors[0].shape.ndims == 0:
            raise ValueError(
                "elems must be a 1+ dimensional Tensor, not a scalar"
                if len(tensors) == 1
                else "elements in elems must be 1+ dimensional Tensors, not scalars"
            )
        size = known_size(tensors[0]) or shape(tensors[0])[0]
        made = [
            TensorArray(dtype=tensor.dtype, size=size, dynamic_size=False, infer_shape=True)
            for tensor in tensors
        ]
        arrays = [array.unstack(tensor) for array, tensor in zip(made, tensors, strict=True)]
        start = constant(0)
        written = [
            TensorArray(dtype=each, size=size, dynamic_size=False, infer_shape=infer_shape)
            for each in results.flatten(dtype)
        ]

        def compute(i: Any, written: Any) -> Any:
            result = fn(rows.pack([array.read(i) for array in arrays]))
            nest.assert_same_structure(dtype or elems, result)
            values = results.flatten(result)
            written = [array.write(i, value) for array, value in zip(written, values, strict=False)]
            return i + 1, written

        _, written = while_loop(
            lambda i, _: i < size,
            compute,
            (start, written),
            parallel_iterations=parallel_iterations or 10,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=size,
        )
        return results.pack(stacked(written, tensors))
