"""Write src/perdure/ops/families.txt: the module that defines each op, so that a program loads what it uses.

python tools/families.py
"""

from pathlib import Path

from perdure import ops
from perdure.ops.registry import all_definitions

TABLE = Path(ops.__file__).with_name("families.txt")


def families() -> dict[str, str]:
    """The module of each op, below `perdure.ops`: where its kernel is."""
    found = {}
    for op_type, definition in sorted(all_definitions().items()):
        assert definition.kernel_rule is not None, op_type
        found[op_type] = definition.kernel_rule.function.__module__.removeprefix(f"{ops.__name__}.")
    return found


if __name__ == "__main__":
    TABLE.write_text("".join(f"{op_type} {module}\n" for op_type, module in families().items()))
