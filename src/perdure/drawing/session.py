"""A session as HTML for notebooks: its state, and what it owns."""

from __future__ import annotations

from collections.abc import Sequence

from perdure.drawing.markup import STYLE, counted, details, escaped, size, table


def session_html(
    kind: str,
    state: str,
    made_at: str,
    operations: int,
    variables: Sequence[tuple[str, str, str, int]],
    objects: Sequence[tuple[str, str, str]],
    steps: Sequence[tuple[str, str, int, int, int]],
) -> str:
    """A session as HTML.

    Args:
        kind: the name of its class.
        state: whether it is open.
        made_at: the file and line that made it.
        operations: how many operations its graph has.
        variables: name, type, shape and bytes of each.
        objects: kind, name and state of queues and the like.
        steps: fetches, feeds, numbers of clusters, host operations and programs of each planned step.
    """
    nbytes = sum(row[3] for row in variables)
    programs = sum(row[4] for row in steps)
    parts = [
        f"<b>{escaped(kind)}</b>, {escaped(state)} <span class='muted'>· made at {escaped(made_at)} · "
        f"graph of {counted(operations, 'operation')}</span><br>"
        f"{counted(len(variables), 'variable')}, {size(nbytes)} · "
        f"{counted(len(objects), 'other resource')} · {counted(len(steps), 'planned step')} · "
        f"{counted(programs, 'compiled program')}"
    ]
    if variables:
        largest = sorted(variables, key=lambda row: -row[3])
        parts.append(details("Variables", table(("name", "type", "shape", "bytes"), largest), True))
    if objects:
        parts.append(details("Queues and other resources", table(("kind", "name", "state"), objects), True))
    if steps:
        headers = ("fetches", "feeds", "clusters", "host operations", "compiled programs")
        parts.append(details("Planned steps", table(headers, steps)))
    return f"<div class='perdure'>{STYLE}{''.join(parts)}</div>"
