"""TensorBoard: writes losses, metrics, weights and outputs for the program of that name."""

from __future__ import annotations

from typing import Any

import numpy as np

from perdure.formats import messages
from perdure.functional.array.array import reshape, squeeze
from perdure.functional.array.rearranging import transpose
from perdure.functional.summaries.media import image
from perdure.functional.summaries.merging import merge_all
from perdure.functional.summaries.values import histogram
from perdure.graph.composite import IndexedSlices
from perdure.graph.errors import UnimplementedError
from perdure.keras.backend.shapes import int_shape
from perdure.keras.backend.state import get_graph
from perdure.keras.callbacks.base import Callback
from perdure.keras.config import image_data_format
from perdure.summaries.writer import FileWriter

# What logs say besides losses and metrics.
_COUNTS = ("batch", "size", "num_steps")


def _as_picture(weight: Any) -> Any:
    """A variable as a picture, or None if it has too many axes."""
    pixels = squeeze(weight)
    sizes = int_shape(pixels)
    if len(sizes) == 1:
        return reshape(pixels, [1, sizes[0], 1, 1])
    if len(sizes) == 2:
        if sizes[0] > sizes[1]:
            pixels = transpose(pixels)
            sizes = int_shape(pixels)
        return reshape(pixels, [1, sizes[0], sizes[1], 1])
    if len(sizes) == 3:
        if image_data_format() == "channels_last":
            pixels = transpose(pixels, perm=[2, 0, 1])
            sizes = int_shape(pixels)
        return reshape(pixels, [*sizes, 1])
    return None


class TensorBoard(Callback):
    """Writes losses and metrics as summaries, and on request weights, gradients and outputs.

    Args:
        log_dir: the folder.
        histogram_freq: after how many epochs weights and outputs are written; needs data for validation.
        batch_size: of embeddings.
        write_graph: whether the graph is written.
        write_grads, write_images: whether gradients, and weights as pictures, are written too.
        embeddings_freq, embeddings_layer_names, embeddings_metadata, embeddings_data: embeddings, which
            perdure does not write.
        update_freq: "epoch", "batch", or after how many items losses and metrics are written.
        profile_batch: which batch is profiled, which perdure does not do.

    Raises:
        UnimplementedError: embeddings are wanted.
    """

    writer: FileWriter

    def __init__(
        self,
        log_dir: str = "./logs",
        histogram_freq: int = 0,
        batch_size: int = 32,
        write_graph: bool = True,
        write_grads: bool = False,
        write_images: bool = False,
        embeddings_freq: int = 0,
        embeddings_layer_names: Any = None,
        embeddings_metadata: Any = None,
        embeddings_data: Any = None,
        update_freq: Any = "epoch",
        profile_batch: int = 2,
    ) -> None:
        super().__init__()
        self.log_dir = log_dir
        self.histogram_freq = histogram_freq
        self.merged: Any = None
        self.write_graph = write_graph
        self.write_grads = write_grads
        self.write_images = write_images
        self.batch_size = batch_size
        self._total_batches_seen = 0
        self._total_val_batches_seen = 0
        self.embeddings_freq = embeddings_freq
        self.embeddings_layer_names = embeddings_layer_names
        self.embeddings_metadata = embeddings_metadata
        self.embeddings_data = embeddings_data
        if embeddings_freq:
            raise UnimplementedError(None, None, "perdure's TensorBoard callback does not write embeddings")
        self.update_freq = 1 if update_freq == "batch" else update_freq
        self._samples_seen = 0
        self._samples_seen_at_last_write = 0
        self._profile_batch = profile_batch

    def set_model(self, model: Any) -> None:
        self.model = model
        self.writer = FileWriter(self.log_dir, get_graph() if self.write_graph else None)
        if self.histogram_freq and self.merged is None:
            for layer in model.layers:
                self._summarize(layer)
        self.merged = merge_all()

    def _summarize(self, layer: Any) -> None:
        """Make the summaries of a layer."""
        for weight in layer.weights:
            name = weight.name.replace(":", "_")
            histogram(name, weight)
            picture = _as_picture(weight) if self.write_images else None
            if picture is not None:
                assert int_shape(picture)[-1] in (1, 3, 4)
                image(name, picture)
        for weight in layer.trainable_weights if self.write_grads else ():
            name = weight.name.replace(":", "_")
            gradients = self.model.optimizer.get_gradients(self.model.total_loss, weight)
            values = [grad.values if isinstance(grad, IndexedSlices) else grad for grad in gradients]
            histogram(f"{name}_grad", values)
        if hasattr(layer, "output"):
            if isinstance(layer.output, list):
                for i, output in enumerate(layer.output):
                    histogram(f"{layer.name}_out_{i}", output)
            else:
                histogram(f"{layer.name}_out", layer.output)

    def _fetch_callback(self, summary: Any) -> None:
        self.writer.add_summary(summary, self._total_val_batches_seen)
        self._total_val_batches_seen += 1

    def _write_custom_summaries(self, step: int, logs: Any = None) -> None:
        """Write values by name."""
        for name, value in (logs or {}).items():
            summary = messages.Summary()
            number = value.item() if isinstance(value, np.ndarray) else value
            summary.value.add(tag=name, simple_value=number)
            self.writer.add_summary(summary, step)
        self.writer.flush()

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        logs = logs or {}
        self._samples_seen += logs.get("size", 1)
        since = self._samples_seen - self._samples_seen_at_last_write
        if self.update_freq != "epoch" and since >= self.update_freq:
            values = {f"batch_{name}": value for name, value in logs.items() if name not in _COUNTS}
            self._write_custom_summaries(self._total_batches_seen, values)
            self._samples_seen_at_last_write = self._samples_seen
        self._total_batches_seen += 1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self.model._make_test_function()
            tested = self.model.test_function
            if not any(fetch is self.merged for fetch in tested.fetches):
                tested.fetches.append(self.merged)
                tested.fetch_callbacks[self.merged] = self._fetch_callback

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        values = {f"epoch_{name}": value for name, value in (logs or {}).items() if name not in _COUNTS}
        step = epoch if self.update_freq == "epoch" else self._samples_seen
        self._write_custom_summaries(step, values)
        if self.histogram_freq:
            tested = self.model.test_function
            tested.fetches[:] = [fetch for fetch in tested.fetches if fetch is not self.merged]
            tested.fetch_callbacks.pop(self.merged, None)

    def on_train_end(self, logs: Any = None) -> None:
        self.writer.close()
