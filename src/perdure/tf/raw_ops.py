"""tf.raw_ops: one function for each op of the table, taking keywords only.

tf.raw_ops.MatMul(a=x, b=y, transpose_b=True)
"""

from collections.abc import Callable
from typing import Any

from perdure.graph import signatures
from perdure.graph.builder import raw_constructor


def __getattr__(name: str) -> Callable[..., Any]:
    if name.startswith("__") or signatures.find(name) is None:
        from perdure.tf._missing import as_asked, missing_name

        raise as_asked(name, missing_name("raw_ops", name))
    construct = raw_constructor(name)

    def raw_op(**inputs_and_attributes: Any) -> Any:
        return construct(**inputs_and_attributes)

    raw_op.__name__ = raw_op.__qualname__ = name
    raw_op.__doc__ = construct.__doc__
    globals()[name] = raw_op
    return raw_op


def __dir__() -> list[str]:
    return list(signatures.all_types())
