"""The registry, and what must hold for every op in it."""

import subprocess
import sys

import pytest

from perdure.graph.signatures import find
from perdure.ops import registry
from perdure.ops.registry import OpDefinition, all_definitions, lookup
from tools import families


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


def test_the_table_of_families_is_whole():
    """A line for each op, written by the tool; an op that it lacks would cost loading all families."""
    assert registry._families() == families.families(), "run python tools/families.py"


def test_a_program_loads_the_families_it_uses(tmp_path):
    """And no others: half of what a small program imported were families."""
    program = tmp_path / "small.py"
    program.write_text(
        "import sys\n"
        "from perdure import tf\n"
        "with tf.Session() as session:\n"
        "    print(session.run(tf.constant(2.0) * 3.0))\n"
        "print('perdure.ops.math.binary' in sys.modules, 'perdure.ops.nn.conv' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["6.0", "True", "False"]


def test_a_definition_is_found_by_threads_while_its_family_loads(tmp_path):
    """Whoever asks first loads it; others wait until its rules are there."""
    program = tmp_path / "threads.py"
    program.write_text(
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from perdure.ops.registry import lookup\n"
        "types = ['Conv2D', 'Conv2DBackpropInput', 'Conv2DBackpropFilter'] * 4\n"
        "with ThreadPoolExecutor(len(types)) as pool:\n"
        "    found = list(pool.map(lookup, types))\n"
        "print(all(each.kernel_rule is not None for each in found))\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"


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
