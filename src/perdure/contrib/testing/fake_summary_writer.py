"""A summary writer that keeps in memory what it is given, for tests of what writes summaries."""

from __future__ import annotations

from typing import Any, ClassVar

from perdure.summaries import writer, writer_cache


class FakeSummaryWriter:
    """Takes what a `tf.summary.FileWriter` takes and remembers it.

    Args:
        logdir: the folder a real writer would write to.
        graph: the graph it would write.

    Attributes:
        summaries: lists of `Summary` messages by global step.
    """

    _replaced_summary_writer: ClassVar[Any] = None

    def __init__(self, logdir: str, graph: Any = None) -> None:
        self.summaries: dict[Any, list[Any]] = {}
        self._logdir = logdir
        self._graph = graph
        self._graphs: list[Any] = []
        self._meta_graphs: list[Any] = []
        self._session_logs: list[Any] = []
        self._run_metadata: dict[str, Any] = {}

    @classmethod
    def install(cls) -> None:
        """Take the place of the real writer, also in `tf.summary.FileWriterCache`.

        Raises:
            ValueError: it is done already.
        """
        if cls._replaced_summary_writer is not None:
            raise ValueError("FakeSummaryWriter already installed.")
        cls._replaced_summary_writer = writer.FileWriter
        for module in (writer, writer_cache):
            module.FileWriter = FakeSummaryWriter  # type: ignore[misc,assignment,attr-defined]

    @classmethod
    def uninstall(cls) -> None:
        """Give the real writer its place back.

        Raises:
            ValueError: it was not replaced.
        """
        if cls._replaced_summary_writer is None:
            raise ValueError("FakeSummaryWriter not installed.")
        for module in (writer, writer_cache):
            module.FileWriter = cls._replaced_summary_writer  # type: ignore[misc,attr-defined]
        cls._replaced_summary_writer = None

    def assert_summaries(
        self,
        test_case: Any,
        expected_logdir: str | None = None,
        expected_graph: Any = None,
        expected_summaries: dict[Any, dict[str, float]] | None = None,
        expected_added_graphs: list[Any] | None = None,
        expected_added_meta_graphs: list[Any] | None = None,
        expected_session_logs: list[Any] | None = None,
    ) -> None:
        """Check what was written.

        Args:
            test_case: a test case, whose assertions are used.
            expected_logdir: the folder.
            expected_graph: the graph it was made with.
            expected_summaries: by step the simple values by tag; speeds are left out.
            expected_added_graphs: the graphs that were added.
            expected_added_meta_graphs: the `MetaGraphDef`s that were added.
            expected_session_logs: the `SessionLog`s that were added.
        """
        if expected_logdir is not None:
            test_case.assertEqual(expected_logdir, self._logdir)
        if expected_graph is not None:
            test_case.assertIs(expected_graph, self._graph)
        for step, expected in (expected_summaries or {}).items():
            test_case.assertIn(step, self.summaries)
            values = [value for summary in self.summaries[step] for value in summary.value]
            # How many steps a second were made is different each time.
            found = {value.tag: value.simple_value for value in values if value.tag != "global_step/sec"}
            test_case.assertEqual(expected, found)
        for wanted, added in (
            (expected_added_graphs, self._graphs),
            (expected_added_meta_graphs, self._meta_graphs),
            (expected_session_logs, self._session_logs),
        ):
            if wanted is not None:
                test_case.assertEqual(wanted, added)

    def add_summary(self, summ: Any, current_global_step: Any) -> None:
        """Remember a `Summary`, which may be serialized, of a step."""
        if isinstance(summ, bytes):
            from perdure.formats.messages import Summary

            summ = Summary.FromString(summ)
        self.summaries.setdefault(current_global_step, []).append(summ)

    def add_graph(self, graph: Any, global_step: int | None = None, graph_def: Any = None) -> None:
        """Remember a graph.

        Raises:
            ValueError: the step is negative, or the graph is given as a `GraphDef`.
        """
        _check_step(global_step)
        if graph_def is not None:
            raise ValueError(f"Unexpected graph_def {graph_def}.")
        self._graphs.append(graph)

    def add_meta_graph(self, meta_graph_def: Any, global_step: int | None = None) -> None:
        """Remember a `MetaGraphDef`.

        Raises:
            ValueError: the step is negative.
        """
        _check_step(global_step)
        self._meta_graphs.append(meta_graph_def)

    def add_session_log(self, session_log: Any, global_step: int | None = None) -> None:
        """Remember a `SessionLog`."""
        self._session_logs.append(session_log)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: int | None = None) -> None:
        """Remember the `RunMetadata` of a tag.

        Raises:
            ValueError: the step is negative.
        """
        _check_step(global_step)
        self._run_metadata[tag] = run_metadata

    def flush(self) -> None:
        """Nothing is held back."""

    def reopen(self) -> None:
        """It is always open."""

    def close(self) -> None:
        """It is always open."""


def _check_step(step: int | None) -> None:
    if step is not None and step < 0:
        raise ValueError(f"Invalid global_step {step}.")
