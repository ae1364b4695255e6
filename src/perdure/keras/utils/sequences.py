"""Sequence, and reading batches ahead in threads or processes."""

from __future__ import annotations

import multiprocessing
import queue
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any


class Sequence:
    """Batches by number: what can be read in parallel without reading any twice.

    A subclass defines `__getitem__` and `__len__`, and may change the order in `on_epoch_end`.
    """

    def __getitem__(self, index: int) -> Any:
        """A batch: inputs and targets, and weights if there are some."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many batches there are."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """Called behind each epoch."""

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            yield self[index]


def iter_sequence_infinite(seq: Any) -> Iterator[Any]:
    """The batches of a sequence, again and again."""
    while True:
        yield from seq


def _item(sequence: Any, index: int) -> Any:
    return sequence[index]


class SequenceEnqueuer:
    """Reads batches ahead, into a queue.

    Args:
        sequence: where they come from.
        use_multiprocessing: whether processes read, or threads.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False) -> None:
        self.sequence = sequence
        self.use_multiprocessing = use_multiprocessing
        self.workers = 0
        self.queue: Any = None
        self.run_thread: threading.Thread | None = None
        self._stopped = threading.Event()

    def start(self, workers: int = 1, max_queue_size: int = 10) -> None:
        """Begin to read.

        Args:
            workers: how many read at the same time.
            max_queue_size: how many batches are read ahead.
        """
        self.workers = workers
        self.queue = queue.Queue(max_queue_size)
        self._stopped.clear()
        self.run_thread = threading.Thread(target=self._run, daemon=True)
        self.run_thread.start()

    def is_running(self) -> bool:
        """Whether it reads."""
        return self.run_thread is not None and not self._stopped.is_set()

    def stop(self, timeout: float | None = None) -> None:
        """End reading.

        Args:
            timeout: how many seconds to wait for what is being read.
        """
        self._stopped.set()
        while not self.queue.empty():
            self.queue.get_nowait()
        if self.run_thread is not None:
            self.run_thread.join(timeout)
            self.run_thread = None

    def _executor(self) -> Executor:
        if self.use_multiprocessing:
            # Forking a process in which XLA's threads run could leave locks behind.
            return ProcessPoolExecutor(self.workers, mp_context=multiprocessing.get_context("spawn"))
        return ThreadPoolExecutor(self.workers)

    def _put(self, item: Any) -> bool:
        """Put an item into the queue; says whether reading goes on."""
        while not self._stopped.is_set():
            try:
                self.queue.put(item, timeout=0.05)
                return True
            except queue.Full:
                continue
        return False

    def _run(self) -> None:
        raise NotImplementedError

    def get(self) -> Iterator[Any]:
        """The batches, in order; an error while reading one is raised in its place."""
        while self.is_running():
            item = self.queue.get()
            if item is None:
                return
            try:
                value = item.result() if isinstance(item, Future) else item()
            except BaseException:
                self.stop()
                raise
            if value is not None:
                yield value


class OrderedEnqueuer(SequenceEnqueuer):
    """Reads the batches of a `Sequence` ahead, epoch by epoch.

    Args:
        sequence: the sequence.
        use_multiprocessing: whether processes read, or threads.
        shuffle: whether the order changes in each epoch.
    """

    def __init__(self, sequence: Any, use_multiprocessing: bool = False, shuffle: bool = False) -> None:
        super().__init__(sequence, use_multiprocessing)
        self.shuffle = shuffle

    def _run(self) -> None:
        order = list(range(len(self.sequence)))
        while not self._stopped.is_set():
            if self.shuffle:
                random.shuffle(order)
            with self._executor() as executor:
                pending = []
                for index in order:
                    future = executor.submit(_item, self.sequence, index)
                    pending.append(future)
                    if not self._put(future):
                        for other in pending:
                            other.cancel()
                        return
                # The next epoch begins when this one was taken.
                while not self.queue.empty() and not self._stopped.is_set():
                    time.sleep(0.01)
                for future in pending:
                    future.exception()
            self.sequence.on_epoch_end()


class GeneratorEnqueuer(SequenceEnqueuer):
    """Reads the batches of a generator ahead, in one thread: generators cannot be read by several.

    Args:
        sequence: the generator.
        use_multiprocessing: whether a process reads it, which is not supported.
    """

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                value = next(self.sequence)
            except StopIteration:
                self._put(None)
                return
            except BaseException as error:
                self._put(_raising(error))
                return
            if not self._put(lambda value=value: value):
                return


def _raising(error: BaseException) -> Callable[[], Any]:
    def raise_it() -> Any:
        raise error

    return raise_it
