"""Where iterators are, in checkpoints."""

from __future__ import annotations

from typing import Any

from perdure.data.iterators import GLOBAL_ITERATORS
from perdure.graph.builder import g
from perdure.graph.defaults import colocate_with, get_collection
from perdure.training.saving.management import latest_checkpoint
from perdure.training.saving.saveables import SaveableObject, SaveSpec
from perdure.training.saving.saver import Saver
from perdure.training.saving_hooks import CheckpointSaverHook
from perdure.training.session_run_hook import SessionRunHook


class IteratorSaveable(SaveableObject):
    """Where an iterator is, as a `tf.train.Saver` takes it.

    Args:
        iterator_resource: the tensor that stands for the iterator.
        name: its name in checkpoints; what it is called in the graph when None.
        ending: of the name of the tensor.
    """

    def __init__(self, iterator_resource: Any, name: str | None = None, ending: str = "-state") -> None:
        serialized = g.serialize_iterator(iterator_resource)
        name = iterator_resource.name if name is None else name
        super().__init__(iterator_resource, [SaveSpec(serialized, "", name + ending)], name)

    def restore(self, restored_tensors: list[Any], restored_shapes: list[Any] | None) -> Any:
        """The operation that lets it go on where it was."""
        with colocate_with(self.op):
            return g.deserialize_iterator(self.op, restored_tensors[0])


def make_saveable_from_iterator(iterator: Any) -> IteratorSaveable:
    """Where an iterator is, for a `tf.train.Saver`.

    Args:
        iterator: the iterator.
    """
    return IteratorSaveable(iterator._iterator_resource)


class _SaverOfIterators(Saver):
    """A saver with a list of checkpoints of its own.

    Args:
        saveables: what it saves.
        latest_filename: the name of the list.
    """

    def __init__(self, saveables: Any, latest_filename: str) -> None:
        super().__init__(saveables)
        self._latest_filename = latest_filename

    def save(
        self,
        sess: Any,
        save_path: Any,
        global_step: Any = None,
        latest_filename: Any = None,
        *more: Any,
        **given: Any,
    ) -> Any:
        """See `Saver.save`."""
        latest = latest_filename or self._latest_filename
        return super().save(sess, save_path, global_step, latest, *more, **given)


class CheckpointInputPipelineHook(SessionRunHook):
    """Saves and restores where the iterators of a graph are, beside an Estimator's checkpoints.

    Args:
        estimator: the Estimator, whose configuration says how often.
    """

    def __init__(self, estimator: Any) -> None:
        prefix = "input"
        config = estimator._config
        if config.num_worker_replicas > 1:
            prefix += f"_{config.task_type}_{config.task_id}"
        self._checkpoint_saver_hook: Any = CheckpointSaverHook(
            estimator.model_dir,
            save_secs=config.save_checkpoints_secs,
            save_steps=config.save_checkpoints_steps,
            checkpoint_basename=prefix + ".ckpt",
        )
        self._latest_filename = "checkpoint_" + prefix
        self._first_run = True

    def begin(self) -> None:
        """Find the iterators of the graph."""
        hook = self._checkpoint_saver_hook
        if hook._saver is None and hook._scaffold is None:
            saveables = [IteratorSaveable(each) for each in get_collection(GLOBAL_ITERATORS)]
            hook._saver = _SaverOfIterators(saveables, self._latest_filename)
        hook.begin()

    def _restore_or_save(self, session: Any) -> None:
        hook = self._checkpoint_saver_hook
        latest = latest_checkpoint(hook._checkpoint_dir, latest_filename=self._latest_filename)
        if latest:
            hook._get_saver().restore(session, latest)
        else:
            step = session.run(hook._global_step_tensor)
            hook._save(session, step)
            hook._timer.update_last_triggered_step(step)

    def before_run(self, run_context: Any) -> Any:
        """Restore what was saved, before the first step."""
        if self._first_run:
            self._restore_or_save(run_context.session)
            self._first_run = False
        return self._checkpoint_saver_hook.before_run(run_context)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Save if it is time."""
        self._checkpoint_saver_hook.after_run(run_context, run_values)

    def end(self, session: Any) -> None:
        """Save for the last time."""
        self._checkpoint_saver_hook.end(session)
