"""Each op is compared with TensorFlow somewhere, and where is seen rather than said.

An op has cases (tests/cases), or it is among the ops that a golden of another kind was made with: goldens of
draws, scenarios and client programs list what TensorFlow had in the graph.
"""

import pkgutil
from importlib import import_module
from pathlib import Path

from perdure.ops.registry import all_definitions
from tests import cases, golden

GOLDEN = Path(golden.FOLDER)

# They stand in bodies of functions, which those lists leave out, or in models that TensorFlow 2 wrote: see
# tests/oracle/client/tensor_lists.py and tests/saved_model.
CALLS_OF_FUNCTIONS = {
    "FakeParam", "StatelessWhile",
}  # fmt: skip
OF_OLD_GRAPHS = "TensorFlow 1.15 makes none, and runs those of graphs that are as old as it"
INCOMPARABLE = {
    "FixedLengthRecordReader": OF_OLD_GRAPHS,
    "IdentityReader": OF_OLD_GRAPHS,
    "TFRecordReader": OF_OLD_GRAPHS,
    "TextLineReader": OF_OLD_GRAPHS,
    "WholeFileReader": OF_OLD_GRAPHS,
    **dict.fromkeys(
        (
            "CudnnRNN",
            "CudnnRNNBackprop",
            "CudnnRNNBackpropV2",
            "CudnnRNNBackpropV3",
            "CudnnRNNCanonicalToParams",
            "CudnnRNNCanonicalToParamsV2",
            "CudnnRNNParamsSize",
            "CudnnRNNParamsToCanonical",
            "CudnnRNNParamsToCanonicalV2",
            "CudnnRNNV2",
            "CudnnRNNV3",
        ),
        "TensorFlow has no kernel without a GPU; tests/contrib/cudnn_rnn compares with cells",
    ),
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


def test_every_op_is_compared_with_tensorflow():
    """Each op has cases, or is part of what another golden was made with; nothing is excused needlessly."""
    missing = set(all_definitions()) - with_cases() - in_goldens()
    assert missing == CALLS_OF_FUNCTIONS | set(INCOMPARABLE)
