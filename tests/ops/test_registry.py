"""The registry, and what must hold for every op in it."""

import pytest

from perdure.graph.signatures import find
from perdure.ops import registry
from perdure.ops.registry import OpDefinition, all_definitions, lookup


def definition(op_type: str, **options) -> OpDefinition:
    """A definition that is not entered into the registry."""
    return OpDefinition(op_type, **options)


@pytest.mark.parametrize("op_type", sorted(all_definitions()))
def test_every_op_is_complete(op_type):
    """Each op has a signature, shape function and kernel, and a gradient or the reason why it has none."""
    found = lookup(op_type)
    assert find(op_type) is not None
    assert found.shape_rule is not None, "no shape function"
    assert found.kernel_rule is not None, "no kernel"
    answers = [found.gradient_rule, found.no_gradient_reason, found.gradient_refusal]
    assert sum(answer is not None for answer in answers) == 1, "a gradient or a reason"


def test_unknown_op_has_no_definition():
    """Ops of the table without a kernel, and names that are no ops, have none."""
    assert lookup("Abort") is None
    assert lookup("NoSuchOp") is None


def test_rule_with_an_unknown_input_is_refused():
    """A kernel that asks for an input the op does not have is named with the op's inputs."""
    wrong = definition("MatMul")
    wrong.kernel(lambda xp, a, c: None)
    with pytest.raises(TypeError, match=r"kernel <lambda> of MatMul: parameter 'c' is none of"):
        wrong.check()


def test_rule_with_an_unknown_attribute_is_refused():
    """A shape function that asks for an attribute the op does not have is named."""
    wrong = definition("MatMul")

    @wrong.shape
    def wrong_shape(a, b, *, adjoint):
        return None

    with pytest.raises(TypeError, match="keyword 'adjoint' is none of"):
        wrong.check()


def test_option_that_names_no_input_is_refused():
    """`static`, `updates` and the like must name inputs."""
    with pytest.raises(TypeError, match="it has no input 'axis'"):
        definition("MatMul", static=["axis"]).check()


def test_op_is_defined_once():
    """A second definition of an op is an error, not a replacement."""
    lookup("MatMul")
    with pytest.raises(ValueError, match=r"op\('MatMul'\) is defined twice"):
        registry.op("MatMul")


def test_definition_without_signature_says_so():
    """An op type that TensorFlow 1.15 lacks cannot be defined."""
    with pytest.raises(LookupError, match="no op of type 'Convolve'"):
        definition("Convolve").check()
