"""Each op is compared with TensorFlow somewhere, and where is seen rather than said.

An op has cases (tests/cases), or it is among the ops that a golden of another kind was made with: goldens of
draws, scenarios and client programs list what TensorFlow had in the graph.
"""

import pkgutil
from importlib import import_module
from pathlib import Path

import pytest

from perdure import tf
from perdure.graph.graph import Graph
from perdure.ops.registry import all_definitions
from perdure.runtime.planning.effects import functions_of
from tests import cases, golden
from tests.oracle.client import attempt, control_flow

GOLDEN = Path(golden.FOLDER)

# TensorFlow makes many nodes for a conditional or loop where perdure makes one of these.
NODES_OF_CONTROL_FLOW = {
    "FakeParam", "If", "PartitionedCall", "StatefulPartitionedCall", "StatelessIf", "StatelessWhile", "While",
}  # fmt: skip
INCOMPARABLE = {
    "TileGrad": "its kernel in TensorFlow 1.15 asks for an attr that the op has not",
}


def with_cases() -> set[str]:
    """The ops that tests/cases tries."""
    modules = [import_module(f"tests.cases.{module.name}") for module in pkgutil.iter_modules(cases.__path__)]
    return {case.op for module in modules for case in module.CASES}


def in_goldens() -> set[str]:
    """The ops of all other goldens."""
    found = set()
    for path in [*GOLDEN.glob("*.jsonl"), *GOLDEN.glob("client/*.jsonl"), *GOLDEN.glob("scenarios/*.jsonl")]:
        for record in golden.read(str(path)).values():
            found.update(record.get("ops", [record.get("op")]))
    return found


def types_of(graph) -> set[str]:
    """The op types of a graph and of its functions."""
    found = set()
    for op in graph.get_operations():
        found.add(op.type)
        for function in functions_of(op):
            found |= types_of(function.graph)
    return found


def test_every_op_is_compared_with_tensorflow():
    """Each op has cases, or is part of what another golden was made with; nothing is excused needlessly."""
    missing = set(all_definitions()) - with_cases() - in_goldens()
    assert missing == NODES_OF_CONTROL_FLOW | set(INCOMPARABLE)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_control_flow_is_compared_with_tensorflow():
    """The programs of tests/oracle/client/control_flow.py run every op that only perdure makes."""
    found = set()
    for program in control_flow.PROGRAMS:
        with Graph().as_default() as graph:
            attempt(lambda program=program: program(tf))
        found |= types_of(graph)
    assert NODES_OF_CONTROL_FLOW - found == set()
