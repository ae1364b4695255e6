"""Datasets whose elements are made once and then kept, in memory or in a file."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from perdure.filesystem.files import Files
from perdure.formats.bundle.layout import index_name
from perdure.formats.bundle.reader import Bundle
from perdure.formats.bundle.writer import BundleWriter
from perdure.graph.errors import AlreadyExistsError, NotFoundError
from perdure.pipelines.dataset import Context, Dataset, Element, Elements, array_of, read_only


class MemoryCacheDataset(Dataset):
    """The elements of the input, kept in memory once all of them were made."""

    kind = "CacheDataset"

    def iterate(self, context: Context, path: str) -> Elements:
        path = f"{path}/MemoryCache"
        kept: Kept = context.shared((path, "kept"), Kept)
        if kept.is_complete:
            return _FromMemory(kept)
        return _IntoMemory(self.inputs[0].values(context, path), kept)

    @property
    def cardinality(self) -> int:
        return self.inputs[0].cardinality


class Kept:
    """Elements that are kept for as long as the context lasts.

    Attributes:
        elements: the elements.
        is_complete: whether they are all.
    """

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.is_complete = False


class _IntoMemory(Elements):
    def __init__(self, elements: Elements, kept: Kept) -> None:
        self.inputs = (elements,)
        self._elements, self._kept = elements, kept
        self._made: list[Element] = []
        # Where the elements come from if all are kept, and another iterator was in the middle of them.
        self._kept_ones: _FromMemory | None = None

    def __next__(self) -> Element:
        if self._kept_ones is not None:
            return next(self._kept_ones)
        try:
            element = next(self._elements)
        except StopIteration:
            if not self._kept.is_complete:
                self._kept.elements, self._kept.is_complete = self._made, True
            raise
        self._made.append(read_only(element))
        return element

    def save(self) -> Any:
        if self._kept_ones is not None:
            return self._kept_ones.save()
        return {"made": list(self._made), "complete": self._kept.is_complete, **super().save()}

    def restore(self, state: Any) -> None:
        if "kept" in state:
            self._kept.is_complete = True
            self._kept_ones = _FromMemory(self._kept)
            self._kept_ones.restore(state)
            return
        self._made = list(state["made"])
        if state["complete"]:
            self._kept.elements, self._kept.is_complete = self._made, True
        super().restore(state)


class _FromMemory(Elements):
    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._next = 0

    def __next__(self) -> Element:
        if self._next == len(self._kept.elements):
            raise StopIteration
        self._next += 1
        return self._kept.elements[self._next - 1]

    def save(self) -> Any:
        return {"next": self._next, "kept": list(self._kept.elements)}

    def restore(self, state: Any) -> None:
        self._next = state["next"]
        self._kept.elements = list(state["kept"])


class FileCacheDataset(Dataset):
    """The elements of the input, kept in a bundle of tensors once all of them were made.

    Args:
        prefix: its name.
        files: what may be touched.
    """

    kind = "CacheDataset"

    def __init__(self, dtypes: Any, shapes: Any, input_dataset: Dataset, prefix: str, files: Files) -> None:
        super().__init__(dtypes, shapes, input_dataset)
        self.prefix, self.files = prefix, files

    def iterate(self, context: Context, path: str) -> Elements:
        if self.files.exists(index_name(self.prefix)):
            return _FromFile(self)
        return _IntoFile(self, self.inputs[0].values(context, f"{path}/FileCache"))

    @property
    def cardinality(self) -> int:
        return self.inputs[0].cardinality

    def key(self, number: int, component: int) -> bytes:
        """Under which a component of an element is kept."""
        width = len(str(len(self.dtypes) - 1))
        return f"{number:7d}_{component:{width}d}".encode()


class _IntoFile(Elements):
    def __init__(self, dataset: FileCacheDataset, elements: Elements) -> None:
        self.inputs = (elements,)
        self._dataset, self._elements = dataset, elements
        self._lock = f"{dataset.prefix}_0.lockfile"
        self._writer: BundleWriter | None = None
        self._made = 0
        self._ended = False

    def _begin(self) -> BundleWriter:
        files = self._dataset.files
        if files.exists(self._lock):
            raise AlreadyExistsError(
                None,
                None,
                "There appears to be a concurrent caching iterator running - cache lockfile already exists "
                f"('{self._lock}'). If you are sure no other running TF computations are using this cache "
                "prefix, delete the lockfile and re-initialize the iterator. Lockfile contents: "
                f"{files.read(self._lock).decode(errors='replace')}",
            )
        files.write(self._lock, f"Created at: {int(time.time())}".encode())
        return BundleWriter(files, self._dataset.prefix, f"{self._dataset.prefix}_0")

    def __next__(self) -> Element:
        if self._ended:
            raise StopIteration
        if self._writer is None:
            self._writer = self._begin()
        try:
            element = next(self._elements)
        except StopIteration:
            self._ended = True
            self._writer.finish()
            self._unlock()
            raise
        for i, (value, dtype) in enumerate(zip(element, self._dataset.dtypes, strict=True)):
            self._writer.add(self._dataset.key(self._made, i), array_of(value, dtype), dtype)
        self._made += 1
        return element

    def _unlock(self) -> None:
        with suppress(NotFoundError):
            self._dataset.files.remove(self._lock)

    def close(self) -> None:
        """Leave nothing of a cache that is not whole."""
        if self._writer is not None and not self._ended:
            self._ended = True
            with suppress(NotFoundError):
                self._writer.abandon()
            self._unlock()
        super().close()


class _FromFile(Elements):
    def __init__(self, dataset: FileCacheDataset) -> None:
        self._dataset = dataset
        self._bundle: Bundle | None = Bundle(dataset.files, dataset.prefix)
        self._next = 0

    def __next__(self) -> Element:
        bundle, key = self._bundle, self._dataset.key
        if bundle is None or key(self._next, 0) not in bundle:
            self.close()
            raise StopIteration
        element = [bundle.read(key(self._next, i)) for i in range(len(self._dataset.dtypes))]
        self._next += 1
        return [value[()] if not value.ndim else value for value in element]

    def close(self) -> None:
        """Close the file."""
        bundle, self._bundle = self._bundle, None
        if bundle is not None:
            bundle.close()

    def save(self) -> Any:
        return self._next

    def restore(self, state: Any) -> None:
        self._next = state
