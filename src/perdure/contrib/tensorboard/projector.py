"""tf.contrib.tensorboard.plugins.projector: which embeddings TensorBoard shows as points in space."""

from __future__ import annotations

import os
from typing import Any

from perdure.filesystem.functions import write_string_to_file
from perdure.formats.messages import EmbeddingInfo, ProjectorConfig, SpriteMetadata

__all__ = ["EmbeddingInfo", "ProjectorConfig", "SpriteMetadata", "visualize_embeddings"]

# The name that the plugin looks for.
_FILE = "projector_config.pbtxt"


def visualize_embeddings(summary_writer: Any, config: Any) -> None:
    """Write what the projector is to show beside the events of a writer.

    Args:
        summary_writer: a writer of summaries, whose folder gets the file `projector_config.pbtxt`.
        config: a `ProjectorConfig`; without a checkpoint's path, the newest one of the folder is shown.

    Raises:
        ValueError: the writer has no folder.
    """
    from perdure.formats.text import to_text

    folder = summary_writer.get_logdir()
    if folder is None:
        raise ValueError("Summary writer must have a logdir")
    write_string_to_file(os.path.join(folder, _FILE), to_text(config))
