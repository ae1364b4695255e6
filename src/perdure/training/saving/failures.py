"""What Savers raise in the place of what their operations do."""

from __future__ import annotations

import os.path
from collections.abc import Iterator
from contextlib import contextmanager

from perdure.filesystem.files import FILES
from perdure.graph.errors import FailedPreconditionError, NotFoundError, OpError


@contextmanager
def parent_required(save_path: str) -> Iterator[None]:
    """Say so if saving fails for want of a folder."""
    try:
        yield
    except (FailedPreconditionError, NotFoundError) as error:
        folder = os.path.dirname(save_path)
        if folder and not FILES.is_directory(folder):
            raise ValueError(f"Parent directory of {save_path} doesn't exist, can't save.") from error
        raise


def explained(error: OpError, reason: str) -> OpError:
    """An error of restoring, of the same class, that says what it most likely comes from."""
    return type(error)(  # type: ignore[call-arg]  # those that are raised know their code
        error.node_def,
        error.op,
        f"Restoring from checkpoint failed. This is most likely due to {reason} from the checkpoint. Please "
        "ensure that you have not altered the graph expected based on the checkpoint. Original error:\n\n"
        f"{error.message}",
    )
