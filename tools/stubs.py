"""Write src/perdure/tf/*.pyi: the face as editors and type checkers see it.

    python tools/stubs.py            # writes the stubs
    python tools/stubs.py --check    # fails if one is out of date

The face fills itself as it is used, which no type checker can follow.  A stub imports each name from the
module that defines it, so that its signature is the one written there; what a factory makes is written out.
"""

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType

import perdure.tf
from perdure.graph import signatures
from perdure.tf._lazy import Namespace

FACE = Path(perdure.tf.__file__).parent
HEAD = '# Written by tools/stubs.py; the names and where they come from are those of "{name}".\n'


def stubs() -> dict[Path, str]:
    """The text of each stub, by its path."""
    made = {path: stub_of(path) for path in sorted(FACE.rglob("*.py")) if _is_face(path)}
    made[FACE / "raw_ops.pyi"] = raw_ops_stub()
    made[FACE / "compat" / "v1.pyi"] = HEAD.format(name="perdure.tf") + "from perdure.tf import *\n"
    return {path.with_suffix(".pyi"): text for path, text in made.items()}


def _is_face(path: Path) -> bool:
    return not path.name.startswith("_") or path.name == "__init__.py" and path.parent.name != "compat"


def stub_of(path: Path) -> str:
    """The stub of one module of the face."""
    name = _module_name(path)
    finder = getattr(import_module(name), "__getattr__", None)
    contents = getattr(finder, "__self__", None)
    lines: list[str] = []
    if isinstance(contents, Namespace):
        for public, (module, original) in sorted(contents.origins.items()):
            lines.append(_line(public, module, original))
        lines += [f"from {name} import {child} as {child}" for child in sorted(contents.submodules)]
    lines += _written_out(path, {line.split(" as ")[-1] for line in lines})
    lines = "\n".join(lines).splitlines()
    imports = sorted({line for line in lines if line.startswith(("from", "import"))})
    others = [line for line in lines if not line.startswith(("from", "import"))]
    if any("_Any" in line for line in others):
        imports.insert(0, "from typing import Any as _Any\n")
    return "\n".join([HEAD.format(name=name), *imports, *others, ""])


def _module_name(path: Path) -> str:
    parts = path.relative_to(FACE).with_suffix("").parts
    return ".".join(("perdure", "tf", *(part for part in parts if part != "__init__")))


def _line(public: str, module: str, original: str) -> str:
    value = getattr(import_module(module), original)
    if isinstance(value, FunctionType) and value.__name__ not in _written_in(value.__module__):
        return _function(public, inspect.signature(value))
    if public == original:
        return f"from {module} import {original} as {public}"
    # Checkers take an import under another name for the stub's own; an assignment is public.
    return f"import {module}\n{public} = {module}.{original}"


@cache
def _written_in(module: str) -> frozenset[str]:
    """The functions that stand in a module as such; others were made by a factory."""
    source = inspect.getsource(import_module(module))
    return frozenset(node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef))


def _function(name: str, signature: inspect.Signature) -> str:
    shown = []
    for parameter in signature.parameters.values():
        text = parameter.replace(annotation=parameter.empty, default=parameter.empty)
        plain = type(parameter.default) in (type(None), bool, int, float, str)
        default = repr(parameter.default) if plain else "..."
        optional = "" if parameter.default is parameter.empty else f" = {default}"
        shown.append(f"{text}: _Any{optional}")
    first_keyword = next(
        (i for i, p in enumerate(signature.parameters.values()) if p.kind is p.KEYWORD_ONLY), None
    )
    if first_keyword is not None and not any(
        p.kind is p.VAR_POSITIONAL for p in signature.parameters.values()
    ):
        shown.insert(first_keyword, "*")
    return f"def {name}({', '.join(shown)}) -> _Any: ..."


def _written_out(path: Path, known: set[str]) -> Iterator[str]:
    """What a module of the face defines itself: functions, and constants of builtin types."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield _function(
                node.name, inspect.signature(getattr(import_module(_module_name(path)), node.name))
            )
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target = node.targets[0].id
            if target not in known:
                value = getattr(import_module(_module_name(path)), target)
                yield f"{target}: {type(value).__name__ if type(value) in (str, int) else '_Any'}"
        elif isinstance(node, ast.ImportFrom) and node.module and not node.module.endswith("_lazy"):
            if node.module != "__future__":
                for alias in node.names:
                    if not (alias.asname or alias.name).startswith("_"):
                        yield f"from {node.module} import {alias.name} as {alias.asname or alias.name}"


def raw_ops_stub() -> str:
    """tf.raw_ops: a function of keywords for each op of the table."""
    lines = [HEAD.format(name="perdure.tf.raw_ops"), "from typing import Any as _Any\n"]
    for op_type in sorted(signatures.all_types()):
        signature = signatures.find(op_type)
        assert signature is not None
        attrs = [attr for attr in signature.attrs if attr.name not in signature.inferred_attrs]
        needed = [argument.name for argument in signature.inputs]
        needed += [attr.name for attr in attrs if attr.default is signatures.REQUIRED]
        optional = [attr.name for attr in attrs if attr.default is not signatures.REQUIRED]
        shown = [f"{name}: _Any" for name in needed] + [f"{name}: _Any = ..." for name in (*optional, "name")]
        lines.append(f"def {op_type}(*, {', '.join(shown)}) -> _Any: ...")
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the stubs, or check them."""
    made = stubs()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    stale += [path for path in FACE.rglob("*.pyi") if path not in made]
    if "--check" in sys.argv:
        if stale:
            sys.exit(f"out of date: {', '.join(path.name for path in stale)}; run python tools/stubs.py")
        return
    for path in stale:
        if path in made:
            path.write_text(made[path])
        else:
            path.unlink()


if __name__ == "__main__":
    main()
