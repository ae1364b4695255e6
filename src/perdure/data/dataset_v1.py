"""Datasets as TensorFlow 1 has them: `tf.data.Dataset`, with iterators, and the DatasetV1 of a DatasetV2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from perdure.data import structure
from perdure.data.dataset import DatasetV2
from perdure.data.kinds import make
from perdure.platform.deprecation import warn_once

_MODULE = "tensorflow.python.data.ops.dataset_ops"


class DatasetV1(DatasetV2):
    """Elements, each a structure of tensors, and iterators over them.

    A subclass says by `_as_variant_tensor` what stands for it.
    """

    def __init__(self) -> None:
        try:
            variant_tensor = self._as_variant_tensor()
        except AttributeError as error:
            if "_as_variant_tensor" in str(error):
                raise AttributeError(
                    "Please use _variant_tensor instead of _as_variant_tensor() to obtain the variant "
                    "associated with a dataset"
                ) from None
            raise AttributeError(
                f"{error}: A likely cause of this error is that the super call for this dataset is not the "
                "last line of the __init__ method. The base class causes the _as_variant_tensor call in its "
                "constructor and if that uses attributes defined in the __init__ method, those attrs need to "
                "be defined before the super call."
            ) from None
        super().__init__(variant_tensor)

    def _as_variant_tensor(self) -> Any:
        raise NotImplementedError("Dataset._as_variant_tensor")

    @classmethod
    def _plain(cls) -> Any:
        return DatasetV1

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return structure.convert_legacy_structure(self.output_types, self.output_shapes, self.output_classes)

    # -- iterators ---------------------------------------------------------------------------

    def make_one_shot_iterator(self) -> Any:
        """An iterator that needs no initialization, over a dataset that depends on no state of the session.

        Raises:
            ValueError: it depends on some.
        """
        warn_once(
            "DatasetV1.make_one_shot_iterator",
            _MODULE,
            "Use `for ... in dataset:` to iterate over a dataset. If using `tf.estimator`, return the "
            "`Dataset` object directly from your input function. As a last resort, you can use "
            "`tf.compat.v1.data.make_one_shot_iterator(dataset)`.",
        )
        return self._make_one_shot_iterator()

    def _make_one_shot_iterator(self) -> Any:
        return make("one_shot_iterator", self)

    def make_initializable_iterator(self, shared_name: str | None = None) -> Any:
        """An iterator that begins when its `initializer` is run.

        Args:
            shared_name: the name under which sessions of a server share it.
        """
        warn_once(
            "DatasetV1.make_initializable_iterator",
            _MODULE,
            "Use `for ... in dataset:` to iterate over a dataset. If using `tf.estimator`, return the "
            "`Dataset` object directly from your input function. As a last resort, you can use "
            "`tf.compat.v1.data.make_initializable_iterator(dataset)`.",
        )
        return self._make_initializable_iterator(shared_name)

    def _make_initializable_iterator(self, shared_name: str | None = None) -> Any:
        return make("initializable_iterator", self, shared_name)

    @property
    def output_classes(self) -> Any:
        """The structure of classes of elements."""
        _warn_of_legacy("output_classes")
        return structure.legacy_classes(self.element_spec)

    @property
    def output_shapes(self) -> Any:
        """The structure of static shapes of elements."""
        _warn_of_legacy("output_shapes")
        return structure.legacy_shapes(self.element_spec)

    @property
    def output_types(self) -> Any:
        """The structure of types of elements."""
        _warn_of_legacy("output_types")
        return structure.legacy_types(self.element_spec)

    # -- what only this kind has -------------------------------------------------------------

    @staticmethod
    def from_sparse_tensor_slices(sparse_tensor: Any) -> Any:
        """A dataset of the rows of a sparse tensor, each as its indices, values and shape.

        Raises:
            TypeError: it is no SparseTensor.
        """
        warn_once(
            "DatasetV1.from_sparse_tensor_slices", _MODULE, "Use `tf.data.Dataset.from_tensor_slices()`."
        )
        return DatasetV1Adapter(make("SparseTensorSliceDataset", sparse_tensor))

    def _mapped(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: Any,
        preserve_cardinality: bool,
        use_legacy_function: bool = False,
    ) -> Any:
        # Here a function may end the dataset.
        return super()._mapped(map_func, num_parallel_calls, False, use_legacy_function)

    def map_with_legacy_function(self, map_func: Callable[..., Any], num_parallel_calls: Any = None) -> Any:
        """As `map`, with a function that may make resources.

        Args:
            map_func: from an element (a tuple as several arguments) to another one.
            num_parallel_calls: how many elements are worked on at a time.
        """
        warn_once("DatasetV1.map_with_legacy_function", _MODULE, "Use `tf.data.Dataset.map()")
        return DatasetV1Adapter(self._mapped(map_func, num_parallel_calls, False, True))

    def filter_with_legacy_function(self, predicate: Callable[..., Any]) -> Any:
        """As `filter`, with a function that may make resources.

        Args:
            predicate: from an element to a scalar boolean.
        """
        warn_once("DatasetV1.filter_with_legacy_function", _MODULE, "Use `tf.data.Dataset.filter()")
        return make("FilterDataset", self, predicate, use_legacy_function=True)


def _warn_of_legacy(name: str) -> None:
    what = name.removeprefix("output_")
    warn_once(f"DatasetV1.{name}", _MODULE, f"Use `tf.compat.v1.data.get_output_{what}(dataset)`.")


class DatasetV1Adapter(DatasetV1):
    """A DatasetV2 with the methods of a DatasetV1."""

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        super().__init__()

    def _as_variant_tensor(self) -> Any:
        return self._dataset._variant_tensor

    def _has_captured_ref(self) -> bool:
        return bool(self._dataset._has_captured_ref())

    def _inputs(self) -> list[Any]:
        inputs: list[Any] = self._dataset._inputs()
        return inputs

    def _functions(self) -> list[Any]:
        functions: list[Any] = self._dataset._functions()
        return functions

    def options(self) -> Any:
        """The options of this dataset and its inputs."""
        return self._dataset.options()

    @property
    def element_spec(self) -> Any:
        """The structure of specs of its elements."""
        return self._dataset.element_spec

    def __iter__(self) -> Iterator[Any]:
        return iter(self._dataset)


Dataset = DatasetV1


def _adapted(name: str) -> Any:
    """The method of a DatasetV2 with a DatasetV1 as its result."""
    method = getattr(DatasetV2, name)
    if isinstance(vars(DatasetV2)[name], staticmethod):

        def make_v1(*arguments: Any, **keywords: Any) -> Any:
            return DatasetV1Adapter(method(*arguments, **keywords))

        return staticmethod(_named_after(method, make_v1))

    def transform(self: Any, *arguments: Any, **keywords: Any) -> Any:
        return DatasetV1Adapter(method(self, *arguments, **keywords))

    return _named_after(method, transform)


def _named_after(method: Callable[..., Any], made: Callable[..., Any]) -> Callable[..., Any]:
    return wraps(method)(made)


for _name in (
    "from_tensors from_tensor_slices from_generator range zip list_files concatenate prefetch repeat shuffle "
    "cache take skip shard batch padded_batch map flat_map interleave filter apply window with_options"
).split():
    setattr(DatasetV1, _name, _adapted(_name))


def make_one_shot_iterator(dataset: Any) -> Any:
    """An iterator over a dataset that needs no initialization; see `Dataset.make_one_shot_iterator`."""
    return _as_v1(dataset)._make_one_shot_iterator()


def make_initializable_iterator(dataset: Any, shared_name: str | None = None) -> Any:
    """An iterator over a dataset that begins when its `initializer` is run.

    Args:
        dataset: the dataset.
        shared_name: the name under which sessions of a server share it.
    """
    return _as_v1(dataset)._make_initializable_iterator(shared_name)


def _as_v1(dataset: Any) -> Any:
    return dataset if isinstance(dataset, DatasetV1) else DatasetV1Adapter(dataset)
