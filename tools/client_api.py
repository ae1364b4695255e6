"""Write docs/client-api.md: what of TensorFlow 1.15's client API is there, and what the rest says.

    python tools/client_api.py            # writes the page
    python tools/client_api.py --check    # fails if it is out of date

The names are those of TensorFlow 1.15.5 that perdure carries; whether perdure has them, where they are,
and what they say if it has not, is asked of perdure itself.
"""

import sys
import types
import warnings
from pathlib import Path

from perdure import tf
from perdure.tf._missing import tensorflow_names

PAGE = Path(__file__).parent.parent / "docs" / "client-api.md"

# The client's names in `tf` itself; the other groups are whole namespaces.
SESSIONS = (
    "Session InteractiveSession get_default_session ConfigProto GPUOptions GraphOptions "
    "OptimizerOptions RunOptions RunMetadata OpError get_session_handle get_session_tensor "
    "delete_session_tensor global_variables_initializer local_variables_initializer "
    "variables_initializer report_uninitialized_variables is_variable_initialized "
    "assert_variables_initialized tables_initializer"
)
GRAPHS = (
    "Graph Operation Tensor GraphKeys get_default_graph reset_default_graph device control_dependencies "
    "colocate_with container name_scope init_scope add_to_collection add_to_collections get_collection "
    "get_collection_ref set_random_seed get_seed convert_to_tensor placeholder "
    "placeholder_with_default sparse_placeholder import_graph_def DeviceSpec"
)
QUEUES = (
    "FIFOQueue PaddingFIFOQueue PriorityQueue QueueBase RandomShuffleQueue ConditionalAccumulator "
    "ConditionalAccumulatorBase SparseConditionalAccumulator"
)
CONTROL = (
    "cond case switch_case while_loop group tuple no_op Assert Print print py_func numpy_function "
    "py_function verify_tensor_all_finite add_check_numerics_ops check_numerics ensure_shape function "
    "enable_eager_execution"
)
GROUPS = {
    "Sessions": ("", SESSIONS),
    "Graphs and defaults": ("", GRAPHS),
    "Queues and accumulators": ("", QUEUES),
    "Control flow, checks and functions of the host": ("", CONTROL),
    "tf.train": ("train", ""),
    "tf.train.experimental": ("train.experimental", ""),
    "tf.errors": ("errors", ""),
    "tf.debugging": ("debugging", ""),
    "tf.test": ("test", ""),
}

# What is there by name but refuses some or all of its uses: a use that is refused.
REFUSALS = (
    'tf.Session("grpc://localhost:2222")',
    'tf.Session(config=tf.ConfigProto(cluster_def=tf.train.ClusterDef(job=[{"name": "worker"}])))',
    'tf.Session().run("c:0", options=tf.RunOptions(debug_options={"debug_tensor_watch_opts": [{}]}))',
    'tf.train.Server({"worker": ["localhost:0", "other:2222"]}, task_index=0)',
    "tf.test.create_local_cluster(1, 1)",
    "tf.enable_eager_execution()",
)

INTRODUCTION = """\
# The client API, name by name

<!-- Written by tools/client_api.py; a test compares. -->

What TensorFlow 1.15 exports for running programs, and where perdure has it. A name that is not there
yet raises the error in its row when it is used (`hasattr` says no). What each one promises is on
[the page of the session](session.md), which also has every field of `ConfigProto` and `RunOptions`.
"""


def value_of(name: str) -> object:
    """What `tf.<name>` is."""
    value: object = tf
    for part in name.split("."):
        value = getattr(value, part)
    return value


def home_of(value: object) -> str:
    """The file of perdure that defines a value."""
    module = value.__name__ if isinstance(value, types.ModuleType) else getattr(value, "__module__", None)
    if isinstance(value, (int, str)) or module is None or not str(module).startswith("perdure"):
        return "a message" if hasattr(value, "DESCRIPTOR") else "a constant"
    return f"`{module.removeprefix('perdure.').replace('.', '/')}.py`"


def row_of(name: str) -> str:
    """The row of the table for `tf.<name>`."""
    try:
        value = value_of(name)
    except AttributeError as error:
        return f"| `tf.{name}` | no: {type(error).__name__} | {cell(str(error))} |"
    if any(use.startswith(f"tf.{name}(") and is_whole(use) for use in REFUSALS):
        return f"| `tf.{name}` | no: see below | {home_of(value)} |"
    return f"| `tf.{name}` | yes | {home_of(value)} |"


def is_whole(use: str) -> bool:
    """Whether a refused use stands for all uses: its name can be used in no other way."""
    return not use.startswith(("tf.Session", "tf.train.Server"))


def cell(text: str) -> str:
    """Text that may stand in a table."""
    return text.replace("|", "\\|").replace("\n", " ")


def refusal_row(use: str) -> str:
    """The row of a use that is refused.

    Raises:
        AssertionError: it is not refused any more, so it should leave the list.
    """
    with tf.Graph().as_default(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        tf.Variable(tf.constant(1, name="c"))
        row = None
        try:
            eval(use, {"tf": tf})
        except Exception as error:
            row = f"| `{use}` | {type(error).__name__} | {cell(str(error).splitlines()[0])} |"
    if row is None:
        raise AssertionError(f"{use} is not refused: take it out of REFUSALS")
    return row


def page() -> str:
    """The text of the page."""
    parts = [INTRODUCTION]
    for title, (namespace, names) in GROUPS.items():
        chosen = names.split() or sorted(tensorflow_names()[namespace])
        unknown = set(chosen) - tensorflow_names()[namespace]
        assert not unknown, f"TensorFlow has no {unknown}"
        rows = [row_of(f"{namespace}.{name}" if namespace else name) for name in chosen]
        there = sum(" | yes | " in row for row in rows)
        parts.append(
            f"\n## {title}: {there} of {len(rows)}\n\n| name | there | where, or what it says |\n"
            "| --- | --- | --- |\n" + "\n".join(rows) + "\n"
        )
    parts.append(
        "\n## Uses that are refused\n\n| use | error | what it says |\n| --- | --- | --- |\n"
        + "\n".join(map(refusal_row, REFUSALS))
        + "\n"
    )
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or compare it."""
    text = page()
    if arguments == ["--check"]:
        return 0 if PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
