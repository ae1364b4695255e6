"""`tensorflow.python.framework.test_ops`: ops that do nothing, which TensorFlow's unit tests build graphs of.

Importing the module makes them known; they have no kernels.
"""

from __future__ import annotations

from typing import Any

from perdure.formats.graph.meta_graphs import OpList
from perdure.formats.graph.op_defs import signature_from_proto
from perdure.formats.text import from_text
from perdure.graph import signatures
from perdure.graph.builder import g
from perdure.tf._lists import read_text


def _register() -> None:
    for definition in from_text(read_text("perdure.compat", "test-ops-1.15.txt"), OpList()).op:
        if signatures.find(definition.name) is None:
            signatures.register(signature_from_proto(definition))


_register()


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(f"the module has no {name}")
    return getattr(g, name)
