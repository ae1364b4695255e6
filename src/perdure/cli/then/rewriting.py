"""Compiling the program's own files, so that what is written there means what it meant.

Only expressions are wrapped, each in place and with its own line and columns, so tracebacks, breakpoints and
coverage see the file that the user wrote.  With `then` for the module `meanings`:

    np.array(x)       then.call(np.array)(x)
    x.tostring()      then.owner(x, "tostring").tostring()
    float(f(x))       float(then.number(float, f(x)))
    "%d" % x          "%d" % then.formatted("%d", x)
    a[i] = v          a[i] = then.stored(v, a) if a.__class__ in then.arrays else v
    a + 300           a + 300 if a.__class__ in then.plain else then.beside(a, 300) + then.beside(300, a)
    f(x) + 300        then.wide(f(x), 300) + 300
    a + f(x)          then.operator.add(*then.both(a, f(x)))
    a += f(x)         a += then.added(f(x), a)

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
_OPERATIONS: dict[type, str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.Pow: "pow",
    ast.FloorDiv: "floordiv", ast.Mod: "mod", ast.LShift: "lshift", ast.RShift: "rshift",
    ast.BitAnd: "and_", ast.BitOr: "or_", ast.BitXor: "xor",
}  # fmt: skip
_PROMOTING = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
_NUMBERS_OF_MATH = frozenset(
    name
    for name in dir(math)
    if callable(getattr(math, name)) and name not in ("fsum", "prod", "sumprod", "dist")
)


def compile_program(source: str | bytes, path: str, shows_last: bool = False) -> CodeType:
    """Compile a file of the program's own.

    Args:
        source: its text.
        path: its name, for tracebacks.
        shows_last: whether the value of an expression that is its last statement is shown, as by a notebook.

    Raises:
        SyntaxError: as Python's compiler.
    """
    tree = ast.parse(source, path)
    places = _expressions_and_statements(tree)
    rewrite = _Rewriter([node for node, *_ in places])
    for node, parent, field, index in reversed(places):  # what is inside comes first
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            new = handler(rewrite, node)
            if new is not None and index is None:
                setattr(parent, field, new)
            elif new is not None:
                getattr(parent, field)[index] = new
    if shows_last and tree.body and isinstance(tree.body[-1], ast.Expr):
        tree.body[-1].value = _then("shown", tree.body[-1].value)
    try:
        return compile(tree, path, "exec", dont_inherit=True)
    except RecursionError:  # what is written there has no room for more
        return compile(source, path, "exec", dont_inherit=True)


_Place = tuple[ast.AST, ast.AST, str, int | None]


def _expressions_and_statements(tree: ast.AST) -> list[_Place]:
    """The nodes of a tree, each behind the one it is in, and where it is in that."""
    found: list[_Place] = [(tree, tree, "", None)]
    for node, *_ in found:
        for field in _parts_of(type(node)):  # type: ignore[arg-type]
            value = getattr(node, field)
            if type(value) is list:
                found += [(each, node, field, i) for i, each in enumerate(value) if isinstance(each, ast.AST)]
            elif value is not None and not isinstance(value, (str, int)):
                found.append((value, node, field, None))
    return found


@cache
def _parts_of(kind: Any) -> tuple[str, ...]:
    if kind in (ast.Constant, ast.Name):
        return ()
    if kind is ast.MatchValue:  # patterns are names and constants, and stay so
        return ()
    ignored = {"ctx", "op", "ops", "type_comment", "kind", "lineno", "conversion", "type_ignores"}
    ignored |= {"annotation", "returns"}
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
        # Operations on numbers that are written there: constants, by their identity.
        self.numbers: set[int] = set()
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

    def operation(self, node: ast.BinOp) -> ast.expr | None:
        if isinstance(node.op, ast.Mod) and _is_text(node.left):
            if has_numbers(node.left.value):  # type: ignore[attr-defined]
                node.right = _then("formatted", _constant(node.left), node.right, at=node.right)
            return None
        name = _OPERATIONS.get(type(node.op))
        left, right = node.left, node.right
        if name is None or _is_no_number(left) or _is_no_number(right):
            return None
        written = self._is_number(left) + self._is_number(right)
        if written == 2:
            self.numbers.add(id(node))
            return None
        fits = [] if isinstance(node.op, _PROMOTING) else [ast.Constant(True)]
        names = [each for each in (left, right) if isinstance(each, ast.Name)]
        if written and not names:
            if self._is_number(right):
                node.left = _then("wide", left, right, *fits)
            else:
                node.right = _then("wide", right, left, *fits)
            return None
        if len(names) + written < 2 or any(isinstance(each, ast.BinOp) for each in (left, right)):
            # Functions of `operator` are written in C, so that an error has no frame but the program's.
            of = _at_start(ast.Attribute(_name(NAME, node), "operator", ast.Load()), node)
            called = _at_start(ast.Attribute(of, name, ast.Load()), node)
            both = ast.Starred(_then("both", left, right, *fits, at=node), ast.Load())
            return ast.copy_location(ast.Call(called, [ast.copy_location(both, node)], []), node)
        then = ast.BinOp(
            _then("beside", left, _loaded(right, left), *fits),
            node.op,
            _then("beside", right, _loaded(left, right), *fits),
        )
        ast.copy_location(then, node)
        return ast.copy_location(ast.IfExp(_all_plain(names, node), node, then), node)

    def _is_number(self, node: ast.expr) -> bool:
        """Whether a number is written there, with a sign or in parts."""
        return _is_number(node) or id(node) in self.numbers

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
        target, value = node.target, node.value
        if type(node.op) not in _OPERATIONS or _is_no_number(value):
            return
        array: ast.expr = target
        if isinstance(target, ast.Subscript) and not _can_be_read_twice(target):
            array = target.value
        if not _can_be_read_twice(array):
            return
        added = _then("added", value, _loaded(array), at=value)
        if isinstance(target, ast.Name) and _is_number(value):
            node.value = ast.copy_location(ast.IfExp(_all_plain([target], value), value, added), value)
        else:
            node.value = added


_HANDLERS: dict[type, Callable[[_Rewriter, Any], ast.expr | None]] = {
    ast.Call: _Rewriter.call,
    ast.Attribute: _Rewriter.attribute,
    ast.BinOp: _Rewriter.operation,
    ast.Assign: _Rewriter.assignment,
    ast.AugAssign: _Rewriter.augmented,
}


def _if_array(read: ast.expr, then: ast.expr, otherwise: ast.expr) -> ast.expr:
    """`then` if what is read is an array of a class of NumPy's, else `otherwise`."""
    test = _class_test(read, "arrays", otherwise)
    return ast.copy_location(ast.IfExp(test, then, otherwise), otherwise)


def _all_plain(names: list[ast.Name], place: ast.expr) -> ast.expr:
    """Whether what has these names is of classes of Python's own."""
    tests = [_class_test(name, "plain", place) for name in names]
    return tests[0] if len(tests) == 1 else _at_start(ast.BoolOp(ast.And(), tests), place)


def _class_test(read: ast.expr, known: str, place: ast.expr) -> ast.expr:
    """`read.__class__ in then.known`, where `place` begins."""
    asked = _at_start(ast.Attribute(_loaded(read, place), "__class__", ast.Load()), place)
    of = _at_start(ast.Attribute(_name(NAME, place), known, ast.Load()), place)
    return _at_start(ast.Compare(asked, [ast.In()], [of]), place)


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


def _is_number(node: ast.expr) -> bool:
    """Whether a number is written there, with or without a sign."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return _is_number(node.operand)
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)


def _is_no_number(node: ast.expr) -> bool:
    """Whether it is a text, a list or another thing that is no operand of arithmetic."""
    if isinstance(node, ast.Constant):
        return not _is_number(node)
    return isinstance(node, (ast.JoinedStr, ast.List, ast.Tuple, ast.ListComp, ast.Dict, ast.Set, ast.Lambda))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


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
    elif isinstance(node, ast.UnaryOp):
        copy = ast.UnaryOp(node.op, _loaded(node.operand, place))
    else:  # a call of this module's own, around a part that is read
        return node
    return _at_start(copy, place) if place is not None else ast.copy_location(copy, node)
