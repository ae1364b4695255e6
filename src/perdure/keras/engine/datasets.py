"""Datasets of tf.data as data of a model."""

from __future__ import annotations

from typing import Any

from perdure.functional.array.values import is_tensor


def is_dataset(data: Any) -> bool:
    """Whether data is a dataset of tf.data."""
    return hasattr(data, "_variant_tensor") and hasattr(data, "batch")


def is_iterator(data: Any) -> bool:
    """Whether data is an iterator of tf.data."""
    return hasattr(data, "get_next") and hasattr(data, "output_types")


class DatasetSource:
    """A dataset that a model reads.

    Args:
        dataset: the dataset: items, pairs with targets, or triples with weights.
    """

    def __init__(self, dataset: Any) -> None:
        from perdure.keras.backend.state import get_session

        self.dataset = dataset
        self._iterator = dataset.make_initializable_iterator()
        self._session = get_session
        self.restart()
        self._parts: Any = None

    def restart(self) -> None:
        """Begin with the first batch again."""
        initializer = self._iterator.initializer
        self._session((initializer,)).run(initializer)

    def parts(self) -> tuple[Any, Any, Any]:
        """The tensors of a batch: inputs, targets and weights, or None.

        Raises:
            ValueError: other tuples than pairs and triples.
        """
        if self._parts is None:
            self._parts = split_batch(self._iterator.get_next())
        return self._parts

    def number_of_batches(self, steps_name: str) -> Any:
        """How many batches it has, or None if nobody knows.

        Raises:
            ValueError: infinitely many.
        """
        from perdure.graph.builder import g
        from perdure.keras.backend.state import get_value

        size = get_value(g.dataset_cardinality(self.dataset._variant_tensor))
        if size == -1:
            raise ValueError(
                f"When passing an infinitely repeating dataset, you must specify the `{steps_name}` argument."
            )
        return int(size) if size >= 0 else None

    def standardized(self, model: Any) -> Any:
        """Its tensors as a model takes them."""
        x, y, weights = self.parts()
        return model._standardize_user_data(x, y, sample_weight=weights, is_dataset=True)


def split_batch(batch: Any) -> tuple[Any, Any, Any]:
    """Inputs, targets and weights of a batch.

    Raises:
        ValueError: other tuples than pairs and triples.
    """
    if is_tensor(batch) or not isinstance(batch, (list, tuple)):
        return batch, None, None
    if len(batch) not in (2, 3):
        raise ValueError(
            "Please provide model inputs as a list or tuple of 2 or 3 elements: (input, target) or (input, "
            f"target, sample_weights) Received {batch}"
        )
    x, y, *rest = batch
    return x, y, rest[0] if rest else None
