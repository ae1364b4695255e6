"""What a golden was made from, as a digest: it changes when the program does, and not with its layout.

A function is its syntax tree without docstrings, what it closes over, its defaults, and the functions,
classes and data of the tests that it names, with theirs.  Python 3.7, which makes goldens, and today's
Python, which compares, give the same digest.
"""

import ast
import functools
import hashlib
import inspect
import types

import numpy as np

# What later versions of Python add to the nodes, and what says nothing.
SKIPPED = ("ctx", "kind", "type_comment", "type_ignores", "type_params", "posonlyargs")


def of_function(function):
    """The digest of a function, or of another callable that the tests made."""
    return _digest(_value(function, set()))


def of_file(path):
    """The digest of a program that is a file of its own."""
    return _digest(_tree(_parsed(path)))


def _digest(form):
    return hashlib.sha256(repr(form).encode("utf-8")).hexdigest()[:16]


# -- syntax trees -----------------------------------------------------------------


@functools.lru_cache(None)
def _parsed(path):
    with open(path, "rb") as file:
        return ast.parse(file.read())


def _tree(node):
    """A syntax tree as nested lists, the same for every version of Python."""
    if isinstance(node, list):
        return [_tree(item) for item in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    name = type(node).__name__
    if name in ("Constant", "NameConstant"):
        return ["Constant", repr(node.value)]
    if name == "Num":
        return ["Constant", repr(node.n)]
    if name in ("Str", "Bytes"):
        return ["Constant", repr(node.s)]
    if name == "Ellipsis":
        return ["Constant", repr(Ellipsis)]
    if name == "Index":
        return _tree(node.value)
    if name == "ExtSlice":
        return ["Tuple", ["elts", _tree(node.dims)]]
    fields = [(field, value) for field, value in ast.iter_fields(node) if field not in SKIPPED]
    if name in ("Module", "FunctionDef", "ClassDef"):
        fields = [(field, _without_docstring(value) if field == "body" else value) for field, value in fields]
    return [name] + [[field, _tree(value)] for field, value in fields]


def _without_docstring(body):
    first = body[0] if body else None
    is_text = isinstance(first, ast.Expr) and _tree(first.value)[0] == "Constant"
    return body[1:] if is_text else body


@functools.lru_cache(None)
def _definitions(path):
    """The functions of a file by the line they start at, those with decorators by that of the first."""
    found = {}
    for node in ast.walk(_parsed(path)):
        if isinstance(node, (ast.Lambda, ast.FunctionDef)):
            # Up to Python 3.7 a decorated function starts with its decorators, for the parser too.
            lines = [node.lineno] + [item.lineno for item in getattr(node, "decorator_list", [])]
            found.setdefault(min(lines), []).append(node)
    return found


@functools.lru_cache(None)
def _definition(code):
    """Syntax tree and names of the definition of a code object; of all lambdas that start on its line."""
    wanted = ast.Lambda if code.co_name == "<lambda>" else ast.FunctionDef
    nodes = []
    for node in _definitions(code.co_filename)[code.co_firstlineno]:
        if isinstance(node, wanted):
            # Decorators that matter gave another function, which has this one in a cell.
            body = [node.body] if wanted is ast.Lambda else _without_docstring(node.body)
            nodes += body + [node.args]
    assert nodes, "no definition of %s" % code.co_name
    return [_tree(node) for node in nodes], _names(nodes)


def _names(nodes):
    return {leaf.id for node in nodes for leaf in ast.walk(node) if isinstance(leaf, ast.Name)}


# -- values -----------------------------------------------------------------------


def _value(value, seen):
    """A value that a function uses as nested lists; what is no data of the tests is its name."""
    if isinstance(value, (list, tuple)):
        return [type(value).__name__] + [_value(item, seen) for item in value]
    if isinstance(value, (set, frozenset)):
        return ["set"] + sorted(repr(_value(item, seen)) for item in value)
    if isinstance(value, dict):
        return ["dict"] + sorted([repr(_value(key, seen)), _value(value[key], seen)] for key in value)
    if isinstance(value, (np.ndarray, np.generic)):
        return [str(value.dtype), list(np.shape(value)), _rounded(np.asarray(value))]
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes)):
        return repr(value)
    if isinstance(value, functools.partial):
        return ["partial"] + [_value(part, seen) for part in (value.func, value.args, value.keywords)]
    if _is_ours(value):
        # A function that reaches itself is described once.
        if id(value) in seen:
            return value.__qualname__
        seen.add(id(value))
        return _function(value, seen) if isinstance(value, types.FunctionType) else _class(value, seen)
    return getattr(value, "__name__", type(value).__name__)


def _is_ours(value):
    module = getattr(value, "__module__", None) or ""
    return isinstance(value, (types.FunctionType, type)) and module.startswith("tests.")


def _function(function, seen):
    tree, names = _definition(function.__code__)
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    parts = [cells, function.__defaults__, function.__kwdefaults__]
    return [tree, _value(parts, seen), _globals(names, function.__globals__, seen)]


def _class(value, seen):
    if hasattr(value, "_fields"):
        return [value.__name__, list(value._fields)]
    node = ast.parse(inspect.cleandoc("\n" + inspect.getsource(value)))
    return [_tree(node), _globals(_names([node]), vars(inspect.getmodule(value)), seen)]


def _globals(used, names, seen):
    return [[name, _value(names[name], seen)] for name in sorted(used & set(names))]


def _rounded(array):
    # NumPy's own functions differ in the last bit by version.
    if array.dtype.kind in "fc":
        return ["%.5g" % part for item in array.ravel().tolist() for part in _parts(item)]
    return repr(array.tolist())


def _parts(number):
    return (number.real, number.imag) if isinstance(number, complex) else (number,)
