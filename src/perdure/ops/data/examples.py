"""The op that makes a dataset of the features of serialized Examples."""

import numpy as np

from perdure.ops.checks import invalid
from perdure.ops.data.definitions import as_dataset, dataset_op, integer
from perdure.ops.parsing.examples import parse_example_kernel
from perdure.pipelines.batching import sparse_parts
from perdure.pipelines.calling import Captured, MapDataset


class Parsing:
    """What parses a batch, in the place of a planned function.

    Args:
        parse: from a vector of strings to the components of an element.
    """

    is_light = True
    stateful = None

    def __init__(self, parse):
        self._parse = parse

    def renewed(self):
        return self

    def alone(self, arguments):
        return self._parse(*arguments)


def parse_example_dataset_kernel(
    xp,
    input_dataset,
    num_parallel_calls,
    dense_defaults,
    *,
    sparse_keys,
    dense_keys,
    sparse_types,
    Tdense,  # noqa: N803
    dense_shapes,
    output_types,
    output_shapes,
):
    if integer(num_parallel_calls, "num_parallel_calls") <= 0:
        raise invalid("num_parallel_calls must be greater than zero.")
    keys = [*dense_keys, *sparse_keys]
    order = sorted(
        range(len(keys)), key=keys.__getitem__
    )  # of the components, which are those of a dictionary

    def parse(records):
        indices, values, shapes, dense = parse_example_kernel(
            xp,
            records,
            np.empty(0, object),
            np.array([key.encode() for key in sparse_keys], object),
            np.array([key.encode() for key in dense_keys], object),
            dense_defaults,
            sparse_types=sparse_types,
            Tdense=Tdense,
            dense_shapes=dense_shapes,
        )
        sparse = [sparse_parts(parts) for parts in zip(indices, values, shapes, strict=True)]
        found = [*dense, *sparse]
        return [found[i] for i in order]

    source = as_dataset(input_dataset)
    return MapDataset(output_types, output_shapes, source, Captured(Parsing(parse)), True)


for _definition in (
    dataset_op("ParseExampleDataset"),
    dataset_op("ExperimentalParseExampleDataset"),
):
    _definition.kernel(parse_example_dataset_kernel)
