"""Reading Examples byte by byte; oracle/client/parsing.py compares what comes of it with TensorFlow's."""

import random

import numpy as np
import pytest

from perdure.formats.examples.columns import BadExample, BadFeature, columns_of
from perdure.formats.examples.wire import Malformed, features_of, values_of, varints
from perdure.formats.messages import Example


def example(**features):
    """A serialized Example of lists of floats, integers or bytes."""
    made = Example()
    for key, values in features.items():
        feature = made.features.feature[key]
        kind = {float: "float_list", int: "int64_list", bytes: "bytes_list"}[type(values[0])]
        getattr(feature, kind).value.extend(values)
    return made.SerializeToString(deterministic=True)


def test_a_message_is_read_as_it_was_written():
    """Lists of all kinds and lengths."""
    numbers = [0, 1, -1, 127, 128, 2**63 - 1, -(2**63)] * 9
    data = example(f=[0.5, -1.0], i=numbers, few=[5], b=[b"", b"x" * 200])
    found = {key: values_of(data, *place)[1] for key, place in features_of(data).items()}
    assert list(found[b"f"]) == [0.5, -1.0]
    assert found[b"i"].tolist() == numbers and found[b"few"].tolist() == [5]
    assert found[b"b"] == [b"", b"x" * 200]


@pytest.mark.parametrize("bad", [b"\x80", b"\x01\x80", b"\x80" * 10 + b"\x01"])
def test_numbers_that_do_not_end_are_malformed(bad):
    """A number of variable length has ten bytes at most, and a last one."""
    with pytest.raises(Malformed):
        varints(np.frombuffer(bad, np.uint8))


def test_whatever_is_changed_or_cut_has_its_error_and_nothing_else():
    """Each byte changed, and each beginning of a message: values, or one of two errors."""
    generator = random.Random(5)
    data = example(f=[0.5, -1.0], i=[1, 300], b=[b"abc"])
    wanted = {b"f": "float32", b"i": "int64", b"b": "string"}
    outcomes = set()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] = generator.randrange(256)
        for each in (bytes(changed), data[:place]):
            try:
                columns_of([each], wanted)
                outcomes.add("read")
            except (BadExample, BadFeature) as error:
                outcomes.add(type(error).__name__)
    assert outcomes == {"read", "BadExample", "BadFeature"}
