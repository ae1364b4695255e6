"""Random ops draw TensorFlow 1.15.5's numbers, bit for bit, in both tiers."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from perdure.arrays import jax_arrays, numpy_arrays
from perdure.arrays.philox import Stream
from perdure.graph import errors
from perdure.graph.dtypes import as_dtype
from perdure.ops import registry
from tests import golden
from tests.ops.helpers import OpFamilyTests
from tests.oracle.random_inputs import logits_of

RECORDS = golden.read(str(Path(golden.FOLDER) / "random.jsonl"))
# These always run on the host.
HOST = {"RandomGamma", "RandomPoissonV2"}


class TestRandom(OpFamilyTests):
    family = "random"


def inputs_of(record):
    """The record's inputs as arrays, in the order of the signature."""
    attrs = record["attrs"]
    number = attrs.get("Tout", attrs.get("dtype"))
    types = {
        "shape": "int32",
        "num_samples": "int32",
        "seed": "int64",
        "rate": "float64",
        "alpha": attrs.get("T"),
        "minval": number,
        "maxval": number,
    }
    inputs = {}
    for name, value in record["inputs"].items():
        if name == "value":
            inputs[name] = np.arange(int(np.prod(value)), dtype=np.int32).reshape(value)
        elif name == "logits":
            inputs[name] = logits_of(value)
        else:
            inputs[name] = np.asarray(value, types[name])
    return inputs


def run(xp, op_type, inputs, attrs, rng, traced=False):
    """What the kernel of `op_type` gives."""
    definition = registry.lookup(op_type)
    rule = definition.kernel_rule
    types = {"dtype", "Tout", "T", "output_dtype"}
    given = {name: as_dtype(value) if name in types else value for name, value in attrs.items()}
    given.setdefault("output_dtype", as_dtype("int64"))
    keywords = {name: rng if name == "rng" else given[name] for name in rule.attrs}
    values = dict(inputs)
    if traced:
        import jax

        # Bounds are constants in nearly every program, and are checked when they are known.
        fixed = definition.static | definition.sizes | {"minval", "maxval"}
        moving = {name: value for name, value in values.items() if name not in fixed}

        def kernel(moving):
            everything = {**values, **moving}
            return rule.function(xp, *(everything[name] for name in rule.arguments), **keywords)

        with jax.enable_x64(True):
            return np.asarray(jax.jit(kernel)(moving))
    return np.asarray(rule.function(xp, *(values[name] for name in rule.arguments), **keywords))


def check(record, xp, traced):
    attrs, stream = record["attrs"], None
    if "seed2" in attrs:
        stream = Stream(attrs["seed"], attrs["seed2"])
    for expected in record["runs"]:
        result = run(xp, record["op"], inputs_of(record), attrs, stream, traced)
        assert result.dtype.name == expected["dtype"] or expected["dtype"].startswith("V")
        assert list(result.shape) == expected["shape"]
        first = result.astype(np.float64).ravel()[:4]
        np.testing.assert_array_equal(first, expected["first"])
        digest = hashlib.sha256(np.ascontiguousarray(result).tobytes()).hexdigest()
        assert digest == expected["sha256"]


@pytest.mark.parametrize("name", RECORDS)
def test_numpy_bits(name):
    """NumPy's tier gives TensorFlow's bits, in the first run and in the second."""
    check(RECORDS[name], numpy_arrays(), traced=False)


@pytest.mark.parametrize("name", [name for name in RECORDS if RECORDS[name]["op"] not in HOST])
def test_jax_bits(name):
    """So does XLA."""
    check(RECORDS[name], jax_arrays(), traced=True)


REFUSED = [
    ("RandomUniform", {"shape": [[2]]}, {"dtype": "float32"}, "shape must be a vector"),
    ("RandomUniform", {"shape": [2, -1]}, {"dtype": "float32"}, "Dimension 1 must be >= 0"),
    (
        "RandomUniformInt",
        {"shape": [2], "minval": 3, "maxval": 3},
        {"Tout": "int32"},
        "Need minval < maxval, got 3 >= 3",
    ),
    (
        "RandomUniformInt",
        {"shape": [2], "minval": [3], "maxval": 4},
        {"Tout": "int32"},
        r"minval must be 0-D, got shape \[1\]",
    ),
    (
        "StatelessRandomNormal",
        {"shape": [2], "seed": [1, 2, 3]},
        {"dtype": "float32"},
        r"seed must have shape \[2\], not \[3\]",
    ),
    (
        "StatelessRandomUniformInt",
        {"shape": [2], "seed": [1, 2], "minval": 5, "maxval": 3},
        {"dtype": "int32"},
        "Need minval < maxval, got 5 >= 3",
    ),
]


@pytest.mark.parametrize(("op_type", "values", "attrs", "message"), REFUSED)
def test_refused(op_type, values, attrs, message):
    """Values that an op cannot take are refused in TensorFlow's words."""
    inputs = inputs_of({"inputs": values, "attrs": attrs})
    with pytest.raises(errors.InvalidArgumentError, match=message):
        run(numpy_arrays(), op_type, inputs, attrs, Stream(1, 2))


@pytest.mark.parametrize(
    ("logits", "samples", "message"),
    [
        (np.zeros(3, "f4"), 2, r"logits should be a matrix, got shape \[3\]"),
        (np.zeros((3, 2), "f4"), -1, "num_samples should be nonnegative, got -1"),
        (np.zeros((3, 2), "f4"), [2], r"num_samples should be a scalar, got shape \[1\]"),
        (np.zeros((3, 0), "f4"), 2, "num_classes should be positive, got 0"),
    ],
)
def test_refused_logits(logits, samples, message):
    """Logits that are no matrix, or nothing to choose from."""
    inputs = {"logits": logits, "num_samples": np.asarray(samples, np.int32)}
    with pytest.raises(errors.InvalidArgumentError, match=message):
        run(numpy_arrays(), "Multinomial", inputs, {}, Stream(1, 2))


def test_gamma_without_alphas():
    """No alpha at all is refused unless no number is asked for."""
    inputs = {"shape": np.array([2], np.int32), "alpha": np.zeros(0, np.float32)}
    with pytest.raises(errors.InvalidArgumentError, match="non-zero element count, got: 0"):
        run(numpy_arrays(), "RandomGamma", inputs, {"T": "float32"}, Stream(1, 2))


@pytest.mark.parametrize(
    ("op_type", "arguments", "expected"),
    [
        ("RandomUniform", ((2, None),), (2, None)),
        ("RandomStandardNormal", (None,), None),
        ("RandomUniformInt", ((3,), (), ()), (3,)),
        ("RandomShuffle", ((3, None),), (3, None)),
        ("Multinomial", ((4, 5), np.int32(3)), (4, 3)),
        ("Multinomial", (None, None), (None, None)),
        ("StatelessRandomNormal", ((2, 3), (2,)), (2, 3)),
        ("StatelessMultinomial", ((4, None), np.int32(3), None), (4, 3)),
        ("RandomGamma", ((2,), (3, None)), (2, 3, None)),
        ("RandomPoissonV2", (None, (3,)), None),
    ],
)
def test_static_shape(op_type, arguments, expected):
    """The shape follows from the sizes asked for, as far as they are known."""
    assert registry.lookup(op_type).shape_rule.function(*arguments) == expected


def test_static_shape_refused():
    """A negative size, and a seed that is not two numbers."""
    with pytest.raises(ValueError, match="Dimensions must be >= 0"):
        registry.lookup("RandomUniform").shape_rule.function((2, -1))
    with pytest.raises(ValueError, match="must be 2"):
        registry.lookup("StatelessRandomUniform").shape_rule.function((2,), (3,))
