"""tf.summary.FileWriter: makes events of summaries, graphs, session logs and run metadata."""

from __future__ import annotations

import os
import time
import warnings
from typing import Any, Self

from perdure.filesystem.files import FILES
from perdure.formats import messages
from perdure.formats.events.scalars import scalar_tags, summary_event
from perdure.graph.graph import Graph
from perdure.interchange.meta_graph import create_meta_graph_def
from perdure.platform import logging
from perdure.platform.text import as_bytes
from perdure.summaries.event_file_writer import EventFileWriter
from perdure.summaries.plugin_asset import get_all_plugin_assets
from perdure.summaries.session_event_writer import EventFileWriterV2

_PLUGINS_DIR = "plugins"
_LEAST_STEP = -(2**63)
_NUMBER = 4  # the bytes of a number in a summary
_MOST_BEGINNINGS = 4096


class SummaryToEventTransformer:
    """Makes an `Event` of each thing that it is given, and hands it on.

    Args:
        event_writer: takes the events: it has `add_event` and `get_logdir`.
        graph: a graph to begin with, which is handed on as a meta graph, too.
        graph_def: an older name of `graph`.
    """

    def __init__(self, event_writer: Any, graph: Any = None, graph_def: Any = None) -> None:
        self.event_writer = event_writer
        self._session_run_tags: dict[str, bool] = {}
        if graph is not None or graph_def is not None:
            self.add_graph(graph=graph, graph_def=graph_def)
            shown = graph.as_graph_def(add_shapes=True) if isinstance(graph, Graph) else graph
            # As in TensorFlow, its collections are those of the default graph.
            self.add_meta_graph(create_meta_graph_def(graph_def=graph_def or shown))
        self._seen_summary_tags: set[str] = set()
        self._beginnings: set[bytes] = set()

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Add a summary.  The metadata of a tag is written with its first value only, and taken out of
        later ones.

        Args:
            summary: a `Summary`, which may be serialized.
            global_step: the step it belongs to.

        Raises:
            DecodeError: the bytes are no summary.
        """
        if isinstance(summary, bytes):
            if self._add_scalars(summary, global_step):
                return
            summary = messages.Summary.FromString(summary)
        seen = self._seen_summary_tags
        for value in summary.value:
            tag = value.tag
            if tag in seen:
                value.ClearField("metadata")
            else:
                seen.add(tag)
        self._add_event(messages.Event(summary=summary), global_step)

    def _add_scalars(self, summary: bytes, step: Any) -> bool:
        """Add a summary if it has numbers only, without making messages of it; returns whether it has."""
        add = getattr(self.event_writer, "add_serialized_event", None)
        if add is None:
            return False
        # A single number is the end of its summary, whose beginning stays the same from step to step.
        beginning = summary[:-_NUMBER]
        if beginning not in self._beginnings:
            tags = scalar_tags(summary)
            if tags is None:
                return False
            self._seen_summary_tags.update(tags)
            if len(tags) == 1 and len(self._beginnings) < _MOST_BEGINNINGS:
                self._beginnings.add(beginning)
        step = 0 if step is None else int(step)
        if not _LEAST_STEP <= step <= -_LEAST_STEP - 1:
            return False
        add(summary_event(time.time(), step, summary))
        return True

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Add a `SessionLog`.

        Args:
            session_log: what happened to the session.
            global_step: the step it belongs to.
        """
        self._add_event(messages.Event(session_log=session_log), global_step)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Add a graph, and write what plugins want to have written of it.

        Args:
            graph: the graph; a `GraphDef` is deprecated.
            global_step: the step it belongs to.
            graph_def: an older name of `graph`.

        Raises:
            ValueError: both are given.
            TypeError: it is no graph.
        """
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        if isinstance(graph_def, Graph):
            logging.warning(
                "When passing a `Graph` object, please use the `graph` named argument instead of `graph_def`."
            )
        given = graph_def if graph is None else graph
        if isinstance(given, Graph):
            proto = given.as_graph_def(add_shapes=True)
            self._write_plugin_assets(given)
        elif isinstance(given, messages.GraphDef):
            logging.warning(
                "Passing a `GraphDef` to the SummaryWriter is deprecated. "
                "Pass a `Graph` object instead, such as `sess.graph`."
            )
            proto = given
        else:
            raise TypeError("The passed graph must be an instance of `Graph` or the deprecated `GraphDef`")
        self._add_event(messages.Event(graph_def=proto.SerializeToString()), global_step)

    def _write_plugin_assets(self, graph: Graph) -> None:
        for asset in get_all_plugin_assets(graph):
            folder = os.path.join(self.event_writer.get_logdir(), _PLUGINS_DIR, str(asset.plugin_name))
            FILES.make_directories(folder)
            for name, content in asset.assets().items():
                FILES.write(os.path.join(folder, name), as_bytes(content))

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Add a `MetaGraphDef`.

        Args:
            meta_graph_def: the message.
            global_step: the step it belongs to.

        Raises:
            TypeError: it is none.
        """
        if not isinstance(meta_graph_def, messages.MetaGraphDef):
            raise TypeError(f"meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}")
        self._add_event(messages.Event(meta_graph_def=meta_graph_def.SerializeToString()), global_step)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Add what a step has told of itself.

        Args:
            run_metadata: the `RunMetadata`.
            tag: its name, which may be used once.
            global_step: the step it belongs to.

        Raises:
            ValueError: there is one of that name.
        """
        if tag in self._session_run_tags:
            raise ValueError("The provided tag was already used for this event type")
        self._session_run_tags[tag] = True
        tagged = messages.TaggedRunMetadata(tag=tag, run_metadata=run_metadata.SerializeToString())
        self._add_event(messages.Event(tagged_run_metadata=tagged), global_step)

    def _add_event(self, event: Any, step: Any) -> None:
        event.wall_time = time.time()
        if step is not None:
            event.step = int(step)
        self.event_writer.add_event(event)


class FileWriter(SummaryToEventTransformer):
    """Writes summaries, graphs and other events to a file for TensorBoard; `with` closes it, and so do
    dropping it and the end of the program.

    What is added is written some time later (`EventQueue`); what cannot be written makes the next call fail.
    A program that goes on after a crash makes a new writer, and with it a new file in the same folder.

    Args:
        logdir: the folder, which is made if it is not there.
        graph: the graph to show, such as `sess.graph`.
        max_queue: so many events may wait to be written.
        flush_secs: the seconds after which they are written at the latest.
        graph_def: an older name of `graph`.
        filename_suffix: what the file's name ends with.
        session: a session, operations of whose graph write then; the file is shared with all of the session
            who write to the folder in this way, as `tf.contrib.summary` does.

    Raises:
        OpError: the folder cannot be made.
    """

    def __init__(
        self,
        logdir: Any,
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
        filename_suffix: Any = None,
        session: Any = None,
    ) -> None:
        self._closed = False
        event_writer = (
            EventFileWriter(logdir, max_queue, flush_secs, filename_suffix)
            if session is None
            else EventFileWriterV2(session, logdir, max_queue, flush_secs, filename_suffix)
        )
        super().__init__(event_writer, graph, graph_def)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def get_logdir(self) -> str:
        """The folder."""
        return self.event_writer.get_logdir()  # type: ignore[no-any-return]

    def _warn_if_event_writer_is_closed(self) -> None:
        if self._closed:
            warnings.warn(
                "Attempting to use a closed FileWriter. "
                "The operation will be a noop unless the FileWriter is explicitly reopened.",
                stacklevel=3,
            )

    def _add_scalars(self, summary: bytes, step: Any) -> bool:
        return not self._closed and super()._add_scalars(summary, step)

    def _add_event(self, event: Any, step: Any) -> None:
        self._warn_if_event_writer_is_closed()
        super()._add_event(event, step)

    def add_event(self, event: Any) -> None:
        """Add an `Event`; after `close` nothing but a warning happens.

        Raises:
            TypeError: it is none.
            OpError: earlier events could not be written.
        """
        self._warn_if_event_writer_is_closed()
        self.event_writer.add_event(event)

    def flush(self) -> None:
        """Write all events that were added.

        Raises:
            OpError: they cannot be written.
        """
        self._warn_if_event_writer_is_closed()
        self.event_writer.flush()

    def close(self) -> None:
        """Write all events that were added, and close the file; more than once is fine.

        Raises:
            OpError: they cannot be written.
        """
        self._closed = True
        self.event_writer.close()

    def reopen(self) -> None:
        """Take events again after `close`; they go into a new file in the same folder."""
        self.event_writer.reopen()
        self._closed = False
