"""Cases of tests/cases/cast.py against TensorFlow 1.15.5, in both tiers."""

import json
from pathlib import Path

import pytest

from perdure import options, tf
from tests import golden
from tests.ops.helpers import OpFamilyTests
from tests.oracle.client import casts, outcome

TABLE = Path(__file__).parents[2] / "golden/client/casts.jsonl"


class TestCast(OpFamilyTests):
    family = "cast"


@pytest.mark.parametrize("source", casts.NUMBERS)
def test_compiled_table(source):
    """The edges of a type become in all others what they become with TensorFlow, in a program too."""
    with options(tier="compile", cache=False):
        found = outcome(lambda tf: casts.table(tf, source), tf)
    expected = golden.read(str(TABLE))["from_" + source]["result"]
    assert json.loads(json.dumps(found)) == expected


def test_compiled_refusals():
    """A pair that there is not is refused when the step is compiled, too."""
    with tf.Session() as session, options(tier="compile", cache=False):
        number = tf.placeholder(tf.float32) * 2.0
        for make, words in (
            (lambda: tf.cast(number, tf.string), "Cast float to string is not supported"),
            (
                lambda: tf.cast(tf.constant(["1"]), tf.int32) + tf.cast(number, tf.int32),
                "Cast string to int32 is not supported",
            ),
        ):
            with pytest.raises(tf.errors.UnimplementedError, match=words):
                session.run(make(), {number.op.inputs[0]: [1.0]})
