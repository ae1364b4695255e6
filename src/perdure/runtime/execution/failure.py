"""What a user reads when a node fails: the fact, the node, and the line of his program that made it."""

from __future__ import annotations

from typing import Any

from perdure.graph import errors
from perdure.graph.operation import Operation
from perdure.graph.source import source_line
from perdure.ops.registry import lookup

# What a kernel may raise by itself, and the error TensorFlow raises in such a case.
_Raised = type[BaseException] | tuple[type[BaseException], ...]
_TRANSLATED: tuple[tuple[_Raised, type[errors.OpError]], ...] = (
    (MemoryError, errors.ResourceExhaustedError),
    ((ValueError, TypeError, IndexError, ArithmeticError), errors.InvalidArgumentError),
    (NotImplementedError, errors.UnimplementedError),
)


def failure_of(op: Operation | None, error: Exception) -> Exception:
    """The error that a step raises when the kernel of `op` raised `error`.

    Returns:
        An `OpError` that names the node; `error` itself if it names one already or is of no kind that a
        kernel raises on purpose.
    """
    op = getattr(op, "lifted_from", op)
    if isinstance(error, errors.OpError):
        if error.op is not None or op is None:
            return error
        if isinstance(error, errors.FailedPreconditionError) and op.inputs:
            error = _of_resource(op, error)
        return _with_node(type(error), op, error.message, error.error_code)
    for kinds, error_class in _TRANSLATED:
        if isinstance(error, kinds) and op is not None:
            return _with_node(error_class, op, str(error) or type(error).__name__, None)
    return error


_UNINITIALIZED = "Attempting to use uninitialized value "


def _of_resource(op: Operation, error: errors.OpError) -> errors.OpError:
    """TensorFlow's error for a resource variable without a value, which it does not find at all."""
    if op.inputs[0].dtype.name != "resource" or not error.message.startswith(_UNINITIALIZED):
        return error
    name = error.message.removeprefix(_UNINITIALIZED)
    missing = f"Container localhost does not exist. (Could not find resource: localhost/{name})"
    definition = lookup(op.type)
    if definition is None or not definition.reads_values:
        return errors.NotFoundError(None, None, missing)
    return errors.FailedPreconditionError(
        None,
        None,
        f"Error while reading resource variable {name} from Container: localhost. This could mean that the "
        f"variable was uninitialized. Not found: {missing}",
    )


def _with_node(
    error_class: type[errors.OpError], op: Operation, fact: str, code: int | None
) -> errors.OpError:
    line = source_line(op._site)
    where = "" if line is None else f" (defined at {line.filename}:{line.lineno})"
    message = f"{fact}\n\t [[node {op.name}{where} ]]"
    arguments: list[Any] = [_node_def(op), op, message]
    if error_class is errors.OpError:
        arguments.append(code)
    return error_class(*arguments)


def _node_def(op: Operation) -> Any:
    return op.node_def
