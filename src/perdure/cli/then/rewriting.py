"""Compiling the program's own files, so that what is written there means what it meant.

Only expressions are wrapped, each in place and with its own line and columns, so tracebacks, breakpoints and
coverage see the file that the user wrote.  With `then` for the module `meanings`:

    np.array(x)       then.call(np.array)(x)
    x.tostring()      then.owner(x, "tostring").tostring()
    float(f(x))       float(then.number(float, f(x)))
    "%d" % x          "%d" % then.formatted("%d", x)
    a[i] = v          a[i] = then.stored(v, a) if a.__class__ is then.ndarray else v
    a + 300           (a if a.__class__ is then.integer else then.wide(a, 300)) + 300

The tests of classes keep loops over Python's own lists and numbers nearly as fast as they were.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from perdure.cli.then.meanings import NAME, has_numbers
from perdure.cli.then.table import How, changes

# What every integer type can hold.
_SMALL = range(0, 128)
_CONVERSIONS = ("float", "int", "complex")
_PROMOTING = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_ARITHMETIC = (*_PROMOTING, ast.FloorDiv, ast.Mod, ast.BitAnd, ast.BitOr, ast.BitXor)
_NUMBERS_OF_MATH = frozenset(
    name
    for name in dir(math)
    if callable(getattr(math, name)) and name not in ("fsum", "prod", "sumprod", "dist")
)


def compile_program(source: str | bytes, path: str) -> CodeType:
    """Compile a file of the program's own.

    Args:
        source: its text.
        path: its name, for tracebacks.

    Raises:
        SyntaxError: as Python's compiler.
    """
    tree = ast.parse(source, path)
    nodes = _expressions_and_statements(tree)
    rewrite = _Rewriter(nodes)
    for node in reversed(nodes):  # what is inside comes first
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(rewrite, node)
    return compile(tree, path, "exec", dont_inherit=True)


def _expressions_and_statements(tree: ast.AST) -> list[ast.AST]:
    """The nodes of a tree, each behind the one it is in."""
    found = [tree]
    for node in found:
        for field in _parts_of(type(node)):  # type: ignore[arg-type]
            value = getattr(node, field)
            if type(value) is list:
                found += [each for each in value if isinstance(each, ast.AST)]
            elif value is not None and not isinstance(value, (str, int)):
                found.append(value)
    return found


@cache
def _parts_of(kind: Any) -> tuple[str, ...]:
    if kind in (ast.Constant, ast.Name):
        return ()
    if kind is ast.MatchValue:  # patterns are names and constants, and stay so
        return ()
    ignored = {"ctx", "op", "ops", "type_comment", "kind", "lineno", "conversion", "type_ignores"}
    ignored |= {ast.MatchClass: {"cls"}, ast.MatchMapping: {"keys"}}.get(kind, set())
    return tuple(field for field in kind._fields if field not in ignored)


@cache
def _called_names() -> frozenset[str]:
    return frozenset(name for change in changes(How.CALL) for name in change.pairs())


@cache
def _attributes() -> frozenset[str]:
    return frozenset(name for change in changes(How.METHOD) for name in change.pairs())


class _Rewriter:
    def __init__(self, nodes: list[ast.AST]) -> None:
        self.from_math = {
            alias.asname or alias.name
            for node in nodes
            if type(node) is ast.ImportFrom and node.module == "math" and node.level == 0
            for alias in node.names
            if alias.name in _NUMBERS_OF_MATH
        }

    def call(self, node: ast.Call) -> None:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
        taker = self._taker_of_numbers(function)
        if taker is not None and not node.keywords:
            node.args = [self._number(taker, argument) for argument in node.args]
        elif name in _called_names():
            node.func = _then("call", function)
        elif name == "map" and node.args and getattr(node.args[0], "id", None) in _CONVERSIONS:
            node.args[0] = _then("conversion", node.args[0])

    def _taker_of_numbers(self, function: ast.expr) -> ast.expr | None:
        """What says whose function it is: `float` and `np.float` themselves, `math` for its functions."""
        if isinstance(function, ast.Name):
            if function.id in self.from_math:
                return _at_start(ast.Attribute(_name(NAME, function), "math", ast.Load()), function)
            return _loaded(function) if function.id in _CONVERSIONS else None
        if not isinstance(function, ast.Attribute) or not isinstance(function.value, ast.Name):
            return None
        if function.value.id == "math":
            takes = function.attr in _NUMBERS_OF_MATH and function.attr not in _called_names()
            return _loaded(function.value) if takes else None
        return _loaded(function) if function.attr in _CONVERSIONS else None

    def _number(self, taker: ast.expr, argument: ast.expr) -> ast.expr:
        if isinstance(argument, (ast.Constant, ast.Starred, ast.JoinedStr)):
            return argument
        number = _then("number", taker, argument, at=argument)
        return _if_array(argument, number, argument) if isinstance(argument, ast.Name) else number

    def attribute(self, node: ast.Attribute) -> None:
        if node.attr in _attributes() and isinstance(node.ctx, ast.Load):
            node.value = _then("owner", node.value, ast.Constant(node.attr))

    def operation(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Mod) and _prints_numbers(node.left):
            node.right = _then("formatted", _constant(node.left), node.right, at=node.right)
        elif isinstance(node.op, _ARITHMETIC):
            left, right = _integer(node.left), _integer(node.right)
            fits = not isinstance(node.op, _PROMOTING)
            if right is not None and left is None:
                node.left = self._wide(node.left, right, fits)
            elif left is not None and right is None:
                node.right = self._wide(node.right, left, fits)

    def _wide(self, operand: ast.expr, number: int, fits: bool) -> ast.expr:
        # Beside a small number only elements change: an index of a loop costs nothing more.
        if isinstance(operand, (ast.Constant, ast.JoinedStr, ast.List, ast.Tuple)):
            return operand
        if number in _SMALL and not isinstance(operand, ast.Subscript):
            return operand
        wide = _then("wide", operand, ast.Constant(number), *([ast.Constant(True)] if fits else []))
        if not isinstance(operand, ast.Name):
            return wide
        test = _compared(
            operand, _at_start(ast.Attribute(_name(NAME, operand), "integer", ast.Load()), operand)
        )
        return ast.copy_location(ast.IfExp(test, _loaded(operand), wide), operand)

    def assignment(self, node: ast.Assign) -> None:
        for target in node.targets:
            node.value = self._stored(target, node.value)

    def _stored(self, target: ast.expr, value: ast.expr) -> ast.expr:
        if isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
            if len(target.elts) == len(value.elts) and not any(
                isinstance(each, ast.Starred) for each in (*target.elts, *value.elts)
            ):
                value.elts = [self._stored(*pair) for pair in zip(target.elts, value.elts, strict=True)]
        elif isinstance(target, ast.Subscript) and _can_be_read_twice(target.value) and _may_be_number(value):
            stored = _then("stored", value, _loaded(target.value), at=value)
            return _if_array(target.value, stored, value)
        return value

    def augmented(self, node: ast.AugAssign) -> None:
        number = _integer(node.value)
        target = node.target.value if isinstance(node.target, ast.Subscript) else node.target
        if number is not None and number not in _SMALL and _can_be_read_twice(target):
            if isinstance(node.op, _ARITHMETIC):
                added = _then("added", node.value, _loaded(target), at=node.value)
                node.value = _if_array(target, added, node.value)


_HANDLERS: dict[type, Callable[[_Rewriter, Any], None]] = {
    ast.Call: _Rewriter.call,
    ast.Attribute: _Rewriter.attribute,
    ast.BinOp: _Rewriter.operation,
    ast.Assign: _Rewriter.assignment,
    ast.AugAssign: _Rewriter.augmented,
}


def _if_array(read: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """`then` if what is read is an array of NumPy's own class, else `otherwise`."""
    kind = _at_start(ast.Attribute(_name(NAME, otherwise), "ndarray", ast.Load()), otherwise)
    test = _compared(read, kind, otherwise)
    return ast.copy_location(ast.IfExp(test, then, otherwise), otherwise)


def _compared(read: ast.expr, kind: ast.expr, at: ast.expr | None = None) -> ast.expr:
    """`read.__class__ is kind`, where `at` begins."""
    place = at or read
    asked = _at_start(ast.Attribute(_loaded(read, place), "__class__", ast.Load()), place)
    return _at_start(ast.Compare(asked, [ast.Is()], [kind]), place)


def _name(name: str, at: ast.expr) -> ast.Name:
    return _at_start(ast.Name(name, ast.Load()), at)


def _then(function: str, *arguments: ast.expr, at: ast.expr | None = None) -> ast.expr:
    """A call of a function of `meanings`, which stands where its first argument stood."""
    place = at or arguments[0]
    called = _at_start(
        ast.Attribute(_at_start(ast.Name(NAME, ast.Load()), place), function, ast.Load()), place
    )
    for argument in arguments:
        if not hasattr(argument, "lineno"):
            _at_start(argument, place)
    return ast.copy_location(ast.Call(called, list(arguments), []), place)


def _at_start(node: Any, place: ast.expr) -> Any:
    """A node that stands where `place` begins: attributes belong to the line where they end."""
    node.lineno = node.end_lineno = place.lineno
    node.col_offset = node.end_col_offset = place.col_offset
    return node


def _integer(node: ast.expr) -> int | None:
    """The integer that is written there, with its sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = _integer(node.operand)
        return None if number is None else -number
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None


def _prints_numbers(node: ast.expr) -> bool:
    """Whether it is a text with places for numbers."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and has_numbers(node.value)


def _may_be_number(node: ast.expr) -> bool:
    """Whether an expression may be an integer out of range, or an array."""
    if isinstance(node, ast.Constant):
        return type(node.value) is int and node.value not in _SMALL
    return not isinstance(node, (ast.JoinedStr, ast.Dict, ast.DictComp, ast.Set, ast.SetComp, ast.Lambda))


def _can_be_read_twice(node: ast.AST) -> bool:
    """Whether reading it has no effect: names, attributes, elements of them at names and constants."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, (ast.Constant, ast.Name)):
            return False
        node = node.value
    return isinstance(node, ast.Name)


def _constant(node: ast.expr) -> ast.expr:
    return ast.copy_location(ast.Constant(node.value), node)  # type: ignore[attr-defined]


def _loaded(node: ast.expr, place: ast.expr | None = None) -> Any:
    """A copy of names, attributes and elements that is read, where `place` begins or in the same place."""
    if isinstance(node, ast.Name):
        copy: ast.expr = ast.Name(node.id, ast.Load())
    elif isinstance(node, ast.Attribute):
        copy = ast.Attribute(_loaded(node.value, place), node.attr, ast.Load())
    elif isinstance(node, ast.Subscript):
        copy = ast.Subscript(_loaded(node.value, place), _loaded(node.slice, place), ast.Load())
    elif isinstance(node, ast.Constant):
        copy = ast.Constant(node.value)
    else:  # a call of this module's own, around a part that is read
        return node
    return _at_start(copy, place) if place is not None else ast.copy_location(copy, node)
