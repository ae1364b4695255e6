"""Ops on iterators over datasets: making and initializing them, asking them for elements, their handles."""

import numpy as np

from perdure.graph.errors import InvalidArgumentError, OutOfRangeError
from perdure.ops.control.variants import Optional
from perdure.ops.data.definitions import as_dataset, scalar_shape, text
from perdure.ops.registry import op
from perdure.pipelines.dataset import Context
from perdure.pipelines.states import decoded, encoded
from perdure.resources.iterators import DatasetIterator, IteratorHandles, check_elements

_ITERATOR = {"iterator": DatasetIterator}
_HANDLE = {"resource_handle": DatasetIterator}


def no_output_shape():
    return []


def elements_shape(*, output_types, output_shapes):
    return list(output_shapes) if output_shapes else [None] * len(output_types)


# -- making them ------------------------------------------------------------------------------------


def iterator_kernel(xp, *, obtain, output_types, output_shapes):
    return obtain(dtypes=output_types, shapes=output_shapes)


for _definition in (
    op("Iterator", setup=True, makes=DatasetIterator),
    op("IteratorV2", setup=True, makes=DatasetIterator),
):
    _definition.shape(scalar_shape)
    _definition.kernel(iterator_kernel)
    _definition.not_differentiable("it makes an iterator")

one_shot_iterator = op("OneShotIterator", setup=True, makes=DatasetIterator)
one_shot_iterator.shape(scalar_shape)
one_shot_iterator.not_differentiable("it makes an iterator")


@one_shot_iterator.kernel
def one_shot_iterator_kernel(xp, *, obtain, dataset_factory, output_types, output_shapes):
    def factory(step):
        (made,) = dataset_factory.alone([])
        return as_dataset(made), Context()

    iterator = obtain(dtypes=output_types, shapes=output_shapes)
    if iterator.factory is None and not iterator.initialized:
        iterator.factory = factory
    return iterator


make_iterator = op("MakeIterator", host=True, handles=_ITERATOR)
make_iterator.shape(no_output_shape)
make_iterator.not_differentiable("it initializes an iterator")


@make_iterator.kernel
def make_iterator_kernel(xp, dataset, iterator):
    iterator.initialize(as_dataset(dataset), Context())
    return ()


# -- elements ---------------------------------------------------------------------------------------


def get_next_kernel(xp, iterator, *, output_types, output_shapes, step):
    check_elements(output_types, output_shapes, iterator.dtypes, iterator.shapes)
    step.hand_over()  # functions of the dataset run in steps of their own
    return iterator.next(step)


for _definition in (
    op("IteratorGetNext", host=True, handles=_ITERATOR, waits=True),
    op("IteratorGetNextSync", host=True, handles=_ITERATOR, waits=True),
):
    _definition.shape(elements_shape)
    _definition.kernel(get_next_kernel)
    _definition.not_differentiable("it takes an element from an iterator")

get_next_as_optional = op("IteratorGetNextAsOptional", host=True, handles=_ITERATOR, waits=True)
get_next_as_optional.shape(scalar_shape)
get_next_as_optional.not_differentiable("it takes an element from an iterator")


@get_next_as_optional.kernel
def get_next_as_optional_kernel(xp, iterator, *, output_types, output_shapes, step):
    try:
        check_elements(output_types, output_shapes, iterator.dtypes, iterator.shapes)
        step.hand_over()
        return Optional(iterator.next(step))
    except OutOfRangeError:
        return Optional(None)


# -- states -----------------------------------------------------------------------------------------

serialize_iterator = op("SerializeIterator", host=True, handles=_HANDLE, waits=True)
serialize_iterator.shape(scalar_shape)
serialize_iterator.not_differentiable("it says where an iterator is")


@serialize_iterator.kernel
def serialize_iterator_kernel(xp, resource_handle, *, step):
    step.hand_over()
    return encoded(resource_handle.save(step))


deserialize_iterator = op("DeserializeIterator", host=True, handles=_HANDLE, waits=True)
deserialize_iterator.shape(no_output_shape)
deserialize_iterator.not_differentiable("it says where an iterator is to go on")


@deserialize_iterator.kernel
def deserialize_iterator_kernel(xp, resource_handle, serialized, *, step):
    step.hand_over()
    if isinstance(serialized, np.ndarray):
        serialized = serialized.item()
    resource_handle.restore(decoded(serialized), step, Context())
    return ()


# -- handles ----------------------------------------------------------------------------------------

iterator_to_string_handle = op("IteratorToStringHandle", host=True, handles=_HANDLE, makes=IteratorHandles)
iterator_to_string_handle.shape(scalar_shape)
iterator_to_string_handle.not_differentiable("it names an iterator")


@iterator_to_string_handle.kernel
def iterator_to_string_handle_kernel(xp, resource_handle, *, obtain):
    return obtain().of(resource_handle)


def iterator_from_string_handle_kernel(xp, string_handle, *, obtain, output_types, output_shapes):
    if getattr(string_handle, "ndim", 0):
        raise InvalidArgumentError(None, None, "string_handle must be a scalar")
    iterator = obtain().find(text(string_handle))
    if output_types:
        check_elements(
            output_types, output_shapes or [None] * len(output_types), iterator.dtypes, iterator.shapes
        )
    return iterator


for _definition in (
    op("IteratorFromStringHandle", host=True, makes=IteratorHandles),
    op("IteratorFromStringHandleV2", host=True, makes=IteratorHandles),
):
    _definition.shape(scalar_shape)
    _definition.kernel(iterator_from_string_handle_kernel)
    _definition.not_differentiable("it finds an iterator by its name")


def iterator_get_device_kernel(xp, resource, *, device):
    return device.encode()


for _definition in (
    op("IteratorGetDevice", host=True, handles={"resource": DatasetIterator}),
    op("ExperimentalIteratorGetDevice", host=True, handles={"resource": DatasetIterator}),
):
    _definition.shape(scalar_shape)
    _definition.kernel(iterator_get_device_kernel)
    _definition.not_differentiable("it names a device")
