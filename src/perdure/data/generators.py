"""Datasets of what Python generators of the program yield."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from perdure.data import nest, structure
from perdure.data.dataset import DatasetV2
from perdure.data.functions import StructuredFunctionWrapper
from perdure.data.kinds import kind
from perdure.data.parents import DatasetSource
from perdure.functional.control.host_functions import numpy_function
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_n_to_tensor
from perdure.graph.tensor_shape import TensorShape, as_shape


class _GeneratorState:
    """The generators that are under way, by the numbers that the graph has for them.

    Args:
        generator: makes another one.
    """

    def __init__(self, generator: Callable[..., Any]) -> None:
        self._generator = generator
        self._lock = threading.Lock()
        self._next_id = 0
        self._args: dict[int, tuple[Any, ...]] = {}
        self._iterators: dict[int, Iterator[Any]] = {}

    def get_next_id(self, *args: Any) -> Any:
        """A number for a generator that is called with some arguments when it is first asked."""
        with self._lock:
            number = self._next_id
            self._next_id += 1
        self._args[number] = args
        return np.array(number, np.int64)

    def get_iterator(self, number: Any) -> Iterator[Any]:
        """The generator of a number."""
        number = int(number)
        found = self._iterators.get(number)
        if found is None:
            found = self._iterators[number] = iter(self._generator(*self._args.pop(number)))
        return found

    def iterator_completed(self, number: Any) -> None:
        """Let the generator of a number go."""
        self._args.pop(int(number), None)
        self._iterators.pop(int(number), None)


@kind
def from_generator(
    generator: Callable[..., Any], output_types: Any, output_shapes: Any = None, args: Any = None
) -> Any:
    """What a generator yields; see `Dataset.from_generator`."""
    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    if output_shapes is None:
        output_shapes = nest.map_structure(lambda _: TensorShape(None), output_types)
    else:
        output_shapes = nest.map_structure_up_to(output_types, as_shape, output_shapes)
    arguments = () if args is None else tuple(convert_n_to_tensor(args, name="args"))
    types = [dtypes.as_dtype(dtype) for dtype in nest.flatten(output_types)]
    shapes = nest.flatten(output_shapes)
    state = _GeneratorState(generator)

    def get_iterator_id_fn(unused_dummy: Any) -> Any:
        return numpy_function(state.get_next_id, arguments, dtypes.int64)

    def generator_next_fn(iterator_id_t: Any) -> Any:
        def generator_py_func(iterator_id: Any) -> list[Any]:
            values = next(state.get_iterator(iterator_id))
            return _checked(values, output_types, types, shapes)

        tensors = numpy_function(generator_py_func, [iterator_id_t], types)
        for tensor, shape in zip(tensors, shapes, strict=True):
            tensor.set_shape(shape)
        return nest.pack_sequence_as(output_types, list(tensors))

    def finalize_fn(iterator_id_t: Any) -> Any:
        def finalize_py_func(iterator_id: Any) -> Any:
            state.iterator_completed(iterator_id)
            return np.array(0, np.int64)

        return numpy_function(finalize_py_func, [iterator_id_t], dtypes.int64)

    def flat_map_fn(dummy_arg: Any) -> Any:
        return _GeneratorDataset(dummy_arg, get_iterator_id_fn, generator_next_fn, finalize_fn)

    return DatasetV2.from_tensors(0).flat_map(flat_map_fn)


def _checked(values: Any, output_types: Any, types: list[Any], shapes: list[Any]) -> list[Any]:
    """What a generator yielded as arrays of the types that were announced.

    Raises:
        TypeError: it has another structure, or is of other types.
        ValueError: it has another shape.
    """
    try:
        leaves = nest.flatten_up_to(output_types, values)
    except (TypeError, ValueError):
        raise TypeError(
            "`generator` yielded an element that did not match the expected structure. The expected "
            f"structure was {output_types}, but the yielded element was {values}."
        ) from None
    arrays = []
    for leaf, dtype in zip(leaves, types, strict=True):
        try:
            arrays.append(_as_array(leaf, dtype))
        except (TypeError, ValueError):
            raise TypeError(
                "`generator` yielded an element that could not be converted to the expected type. The "
                f"expected type was {dtype.name}, but the yielded element was {leaf}."
            ) from None
    for array, dtype, shape in zip(arrays, types, shapes, strict=True):
        if array.dtype != dtype.as_numpy_dtype:
            raise TypeError(
                f"`generator` yielded an element of type {array.dtype} where an element of type "
                f"{dtype.as_numpy_dtype} was expected."
            )
        if not shape.is_compatible_with(array.shape):
            raise ValueError(
                f"`generator` yielded an element of shape {array.shape} where an element of shape {shape} "
                "was expected."
            )
    return arrays


def _as_array(value: Any, dtype: Any) -> Any:
    array = np.asarray(value, dtype=dtype.as_numpy_dtype, order="C")
    if array.dtype == object:
        # A new array, since a function of numpy's would make a scalar a bare string.
        strings = np.empty(array.shape, object)
        strings.reshape(-1)[:] = [
            text.encode() if isinstance(text, str) else text for text in array.reshape(-1).tolist()
        ]
        return strings
    return array


class _GeneratorDataset(DatasetSource):
    """What functions of the graph give one after another.

    Args:
        init_args: the element that the first function is applied to.
        init_func: makes the state.
        next_func: makes an element of the state.
        finalize_func: is called with the state at the end.
    """

    def __init__(
        self,
        init_args: Any,
        init_func: Callable[..., Any],
        next_func: Callable[..., Any],
        finalize_func: Callable[..., Any],
    ) -> None:
        name = "Dataset.from_generator()"
        spec = structure.type_spec_from_value(init_args)
        self._init_func = StructuredFunctionWrapper(init_func, name, input_structure=spec)
        state = self._init_func.output_structure
        self._next_func = StructuredFunctionWrapper(next_func, name, input_structure=state)
        self._finalize_func = StructuredFunctionWrapper(finalize_func, name, input_structure=state)
        init, following, last = (
            self._init_func.function,
            self._next_func.function,
            self._finalize_func.function,
        )
        super().__init__(
            g.generator_dataset(
                structure.to_tensor_list(spec, init_args) + list(init.captured_inputs),
                following.captured_inputs,
                last.captured_inputs,
                init_func=init.attribute,
                next_func=following.attribute,
                finalize_func=last.attribute,
                **self._flat_structure,
            )
        )

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._next_func.output_structure
