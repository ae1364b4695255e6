"""`tf.data.Iterator`: where a session is in a dataset."""

from __future__ import annotations

import warnings
from typing import Any

from perdure.data import nest, structure
from perdure.data.copied_functions import copied
from perdure.data.kinds import kind
from perdure.functional.random.random import get_seed, set_random_seed
from perdure.graph import dtypes
from perdure.graph.builder import g
from perdure.graph.conversion import convert_to_tensor
from perdure.graph.defaults import add_to_collection, colocate_with, device, name_scope
from perdure.graph.stacks import get_default_graph
from perdure.graph.tensor import Tensor
from perdure.graph.tensor_shape import TensorShape, as_shape
from perdure.platform import logging
from perdure.platform.deprecation import warn_once
from perdure.tracking.trackable import Trackable

GLOBAL_ITERATORS = "iterators"
GET_NEXT_CALL_WARNING_THRESHOLD = 32
GET_NEXT_CALL_WARNING_MESSAGE = (
    "An unusually high number of `Iterator.get_next()` calls was detected. This often indicates that "
    "`Iterator.get_next()` is being called inside a training loop, which will cause gradual slowdown and "
    "eventual resource exhaustion. If this is the case, restructure your code to call "
    "`next_element = iterator.get_next()` once outside the loop, and use `next_element` as the input to some "
    "computation that is invoked inside the loop."
)


class Iterator(Trackable):
    """An iterator over datasets with elements of one structure.

    Args:
        iterator_resource: the tensor that stands for it.
        initializer: the operation that lets it begin, or None.
        output_types: the structure of types of elements.
        output_shapes: the structure of their static shapes.
        output_classes: the structure of their classes.

    Raises:
        ValueError: one of the three is missing.
    """

    def __init__(
        self,
        iterator_resource: Any,
        initializer: Any,
        output_types: Any,
        output_shapes: Any,
        output_classes: Any,
    ) -> None:
        self._iterator_resource = iterator_resource
        self._initializer = initializer
        if output_types is None or output_shapes is None or output_classes is None:
            raise ValueError(
                "If `structure` is not specified, all of `output_types`, `output_shapes`, and "
                "`output_classes` must be specified."
            )
        self._element_spec = structure.convert_legacy_structure(output_types, output_shapes, output_classes)
        self._flat_tensor_shapes = structure.get_flat_tensor_shapes(self._element_spec)
        self._flat_tensor_types = structure.get_flat_tensor_types(self._element_spec)
        self._string_handle = g.iterator_to_string_handle(iterator_resource)
        self._get_next_call_count = 0
        add_to_collection(GLOBAL_ITERATORS, iterator_resource)

    @staticmethod
    def from_structure(
        output_types: Any,
        output_shapes: Any = None,
        shared_name: str | None = None,
        output_classes: Any = None,
    ) -> Iterator:
        """An iterator that `make_initializer` lets begin with any dataset of such elements.

        Args:
            output_types: the structure of types of elements.
            output_shapes: the structure of their static shapes; unknown ones when None.
            shared_name: the name under which sessions of a server share it.
            output_classes: the structure of their classes; tensors when None.
        """
        spec, *parts = _described(output_types, output_shapes, output_classes)
        with _on_host():
            made = g.iterator_v2(
                container="", shared_name="" if shared_name is None else shared_name, **_flat(spec)
            )
        return Iterator(made, None, *parts)

    @staticmethod
    def from_string_handle(
        string_handle: Any, output_types: Any, output_shapes: Any = None, output_classes: Any = None
    ) -> Iterator:
        """The iterator that a string, from `string_handle`, stands for in each step.

        Args:
            string_handle: the string, a scalar.
            output_types: the structure of types of elements.
            output_shapes: the structure of their static shapes; unknown ones when None.
            output_classes: the structure of their classes; tensors when None.
        """
        spec, *parts = _described(output_types, output_shapes, output_classes)
        string_handle = convert_to_tensor(string_handle, dtype=dtypes.string)
        with _on_host():
            made = g.iterator_from_string_handle_v2(string_handle, **_flat(spec))
        return Iterator(made, None, *parts)

    @property
    def initializer(self) -> Any:
        """The operation that lets it begin.

        Raises:
            ValueError: it has none.
        """
        if self._initializer is None:
            raise ValueError("Iterator does not have an initializer.")
        return self._initializer

    def make_initializer(self, dataset: Any, name: str | None = None) -> Any:
        """An operation that lets the iterator begin with a dataset.

        Args:
            dataset: the dataset.
            name: of the operation.

        Raises:
            TypeError: it has other elements.
        """
        with name_scope(name, "make_initializer") as scope:
            types = structure.legacy_types(dataset.element_spec)
            shapes = structure.legacy_shapes(dataset.element_spec)
            classes = structure.legacy_classes(dataset.element_spec)
            own_types, own_shapes, own_classes = self._legacy()
            nest.assert_same_structure(own_types, types)
            nest.assert_same_structure(own_shapes, shapes)
            for own, other in zip(nest.flatten(own_classes), nest.flatten(classes), strict=True):
                if own is not other:
                    raise TypeError(
                        f"Expected output classes {own_classes!r} but got dataset with output class "
                        f"{classes!r}."
                    )
            for own, other in zip(nest.flatten(own_types), nest.flatten(types), strict=True):
                if own != other:
                    raise TypeError(
                        f"Expected output types {own_types!r} but got dataset with output types {types!r}."
                    )
            for own, other in zip(nest.flatten(own_shapes), nest.flatten(shapes), strict=True):
                if not own.is_compatible_with(other):
                    raise TypeError(
                        f"Expected output shapes compatible with {own_shapes!r} but got dataset with output "
                        f"shapes {shapes!r}."
                    )
        with colocate_with(self._iterator_resource):
            return g.make_iterator(dataset._variant_tensor, self._iterator_resource, name=scope)

    def get_next(self, name: str | None = None) -> Any:
        """The tensors of the next element.

        Args:
            name: of the operation that takes it.
        """
        self._get_next_call_count += 1
        if self._get_next_call_count > GET_NEXT_CALL_WARNING_THRESHOLD:
            warnings.warn(GET_NEXT_CALL_WARNING_MESSAGE, stacklevel=2)
        tensors = g.iterator_get_next(
            self._iterator_resource,
            output_types=self._flat_tensor_types,
            output_shapes=self._flat_tensor_shapes,
            name=name,
        )
        return structure.from_tensor_list(self._element_spec, list(tensors))

    def string_handle(self, name: str | None = None) -> Any:
        """A string that stands for the iterator, for `from_string_handle`.

        Args:
            name: of the operation that makes it.
        """
        if name is None:
            return self._string_handle
        return g.iterator_to_string_handle(self._iterator_resource, name=name)

    @property
    def element_spec(self) -> Any:
        """The structure of specs of elements."""
        return self._element_spec

    def _legacy(self) -> tuple[Any, Any, Any]:
        spec = self._element_spec
        return structure.legacy_types(spec), structure.legacy_shapes(spec), structure.legacy_classes(spec)

    @property
    def output_classes(self) -> Any:
        """The structure of classes of elements."""
        _warn_of_legacy("output_classes")
        return self._legacy()[2]

    @property
    def output_shapes(self) -> Any:
        """The structure of static shapes of elements."""
        _warn_of_legacy("output_shapes")
        return self._legacy()[1]

    @property
    def output_types(self) -> Any:
        """The structure of types of elements."""
        _warn_of_legacy("output_types")
        return self._legacy()[0]


def _warn_of_legacy(name: str) -> None:
    what = name.removeprefix("output_")
    module = "tensorflow.python.data.ops.iterator_ops"
    warn_once(f"Iterator.{name}", module, f"Use `tf.compat.v1.data.get_output_{what}(iterator)`.")


def _described(output_types: Any, output_shapes: Any, output_classes: Any) -> tuple[Any, Any, Any, Any]:
    """The structure of specs, and of types, shapes and classes, that arguments mean."""
    types = nest.map_structure(dtypes.as_dtype, output_types)
    if output_shapes is None:
        shapes = nest.map_structure(lambda _: TensorShape(None), types)
    else:
        shapes = nest.map_structure_up_to(types, as_shape, output_shapes)
    if output_classes is None:
        output_classes = nest.map_structure(lambda _: Tensor, types)
    nest.assert_same_structure(types, shapes)
    spec = structure.convert_legacy_structure(types, shapes, output_classes)
    return spec, types, shapes, output_classes


def _flat(spec: Any) -> dict[str, Any]:
    return {
        "output_types": structure.get_flat_tensor_types(spec),
        "output_shapes": structure.get_flat_tensor_shapes(spec),
    }


def _on_host() -> Any:
    """A scope for nodes that belong to the host, unless the program has said where."""
    return device(None) if get_default_graph().scopes.devices else device("/cpu:0")


@kind
def initializable_iterator(dataset: Any, shared_name: str | None) -> Iterator:
    """An iterator with an initializer; see `Dataset.make_initializable_iterator`."""
    check_graph(dataset)
    dataset = dataset._apply_options()
    made = g.iterator_v2(
        container="", shared_name="" if shared_name is None else shared_name, **dataset._flat_structure
    )
    with colocate_with(made):
        initializer = g.make_iterator(dataset._variant_tensor, made)
    return Iterator(made, initializer, *_legacy_of(dataset))


def _legacy_of(dataset: Any) -> tuple[Any, Any, Any]:
    spec = dataset.element_spec
    return structure.legacy_types(spec), structure.legacy_shapes(spec), structure.legacy_classes(spec)


def check_graph(dataset: Any) -> None:
    """Warn of datasets that are in another graph than the default one."""
    graph = get_default_graph()
    left, seen = [dataset], []
    while left:
        each = left.pop(0)
        seen.append(each)
        if each._graph is not graph:
            logging.warning(
                "The graph (%s) of the iterator is different from the graph (%s) the dataset: %s was created "
                "in. If you are using the Estimator API, make sure that no part of the dataset returned by "
                "the `input_fn` function is defined outside the `input_fn` function. Please ensure that all "
                "datasets in the pipeline are created in the same graph as the iterator. NOTE: This warning "
                "will become an error in future versions of TensorFlow.",
                graph, each._graph, each._variant_tensor,
            )  # fmt: skip
        left += [other for other in each._inputs() if not any(other is known for known in seen)]


@kind
def one_shot_iterator(dataset: Any) -> Iterator:
    """An iterator that needs no initialization; see `Dataset.make_one_shot_iterator`."""
    check_graph(dataset)
    allowed = _variant_operations(dataset)
    seed, op_seed = get_seed(None)

    def make_dataset() -> Any:
        if seed is not None:
            assert op_seed is not None
            # What has no seed of its own must not draw the numbers of others of other graphs.
            set_random_seed((seed + 87654321 * op_seed) % (2**63 - 1))
        return dataset._apply_options()._variant_tensor

    try:
        factory = copied("_make_dataset", make_dataset, allowed, "Factory function for a dataset.")
    except ValueError as error:
        if "Cannot capture a stateful node" not in str(error):
            raise
        raise ValueError(
            "Failed to create a one-shot iterator for a dataset. `Dataset.make_one_shot_iterator()` does not "
            "support datasets that capture stateful objects, such as a `Variable` or `LookupTable`. In these "
            f"cases, use `Dataset.make_initializable_iterator()`. (Original error: {error})"
        ) from None
    factory.add_to_graph(get_default_graph())
    made = g.one_shot_iterator(dataset_factory=factory, **dataset._flat_structure)
    return Iterator(made, None, *_legacy_of(dataset))


def _variant_operations(dataset: Any) -> list[Any]:
    """The operations that a dataset and its inputs are made by."""
    found: dict[Any, None] = {}
    left = [dataset._variant_tensor]
    while left:
        op = left.pop().op
        if op not in found:
            found[op] = None
            left += [tensor for tensor in op.inputs if tensor.dtype == dtypes.variant]
    return list(found)
