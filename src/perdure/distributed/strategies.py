"""`tf.distribute` for one replica: the default strategy, and those that one device is enough for.

A program runs in the replica context of the default strategy, or, within the scope of another one, across its
replicas.  There is one replica, so that what is reduced over all is the value itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from perdure.functional.control.control import group as group_op
from perdure.functional.control.control import no_op
from perdure.graph import dtypes
from perdure.graph.constants import constant
from perdure.graph.defaults import device as device_scope
from perdure.graph.devices import DeviceSpec
from perdure.graph.graph import Graph
from perdure.graph.nest import map_structure
from perdure.graph.stacks import get_default_graph


class ReduceOp(Enum):
    """How the values of replicas become one."""

    SUM = "SUM"
    MEAN = "MEAN"

    @staticmethod
    def from_variable_aggregation(aggregation: Any) -> ReduceOp:
        """What a variable's aggregation says.

        Raises:
            ValueError: it says neither.
        """
        name = getattr(aggregation, "name", "")
        if name not in ReduceOp.__members__:
            raise ValueError(f"Could not convert from `tf.VariableAggregation` {aggregation} to `ReduceOp`")
        return ReduceOp[name]


class InputReplicationMode(Enum):
    """How input is handed to workers."""

    PER_WORKER = "PER_WORKER"


class InputContext:
    """Which part of a program's input a pipeline is to make.

    Args:
        num_input_pipelines: how many pipelines there are.
        input_pipeline_id: which of them it is.
        num_replicas_in_sync: how many replicas take what they make.
    """

    def __init__(
        self, num_input_pipelines: int = 1, input_pipeline_id: int = 0, num_replicas_in_sync: int = 1
    ) -> None:
        self.num_input_pipelines = num_input_pipelines
        self.input_pipeline_id = input_pipeline_id
        self.num_replicas_in_sync = num_replicas_in_sync

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """The size of a replica's batches.

        Raises:
            ValueError: the replicas cannot share the batch equally.
        """
        if global_batch_size % self.num_replicas_in_sync:
            raise ValueError(
                f"The `global_batch_size` {global_batch_size!r} is not divisible by `num_replicas_in_sync` "
                f"{self.num_replicas_in_sync!r} "
            )
        return global_batch_size // self.num_replicas_in_sync


class StrategyExtended:
    """What libraries ask a strategy.

    Args:
        strategy: the strategy.
        device: where its replica runs; "" leaves that open.
    """

    def __init__(self, strategy: Any, device: str = "") -> None:
        self._strategy = strategy
        self._device = device

    experimental_between_graph = False
    experimental_require_static_shapes = False
    experimental_should_init = True
    should_checkpoint = True
    should_save_summary = True
    _num_replicas_in_sync = 1

    @property
    def worker_devices(self) -> tuple[str, ...]:
        """The devices that compute."""
        return (self._device,)

    parameter_devices = worker_devices

    def non_slot_devices(self, var_list: Any) -> Any:
        """Where the variables of optimizers go that belong to no variable."""
        return min(var_list, key=lambda variable: variable.name) if var_list else self._device

    def call_for_each_replica(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """What a function makes in the replica."""
        number = constant(0, dtypes.int32)
        with ReplicaContext(self._strategy, number), device_scope(self._device or None):
            return fn(*args, **(kwargs or {}))

    def reduce_to(self, reduce_op: Any, value: Any, destinations: Any) -> Any:
        """The value of the replica."""
        _check_reduction(reduce_op)
        return value

    def batch_reduce_to(self, reduce_op: Any, value_destination_pairs: Any) -> list[Any]:
        """The values of the replica."""
        return [self.reduce_to(reduce_op, value, place) for value, place in value_destination_pairs]

    def update(
        self, var: Any, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, group: bool = True
    ) -> Any:
        """What a function does to a variable."""
        return self._grouped(fn(var, *args, **(kwargs or {})), group)

    def update_non_slot(
        self,
        colocate_with: Any,
        fn: Callable[..., Any],
        args: Any = (),
        kwargs: Any = None,
        group: bool = True,
    ) -> Any:
        """What a function does to variables of an optimizer."""
        return self._grouped(fn(*args, **(kwargs or {})), group)

    def _grouped(self, result: Any, group: bool) -> Any:
        return self._strategy.group(result) if group else result

    def read_var(self, v: Any) -> Any:
        """The value of a variable."""
        return v.read_value() if hasattr(v, "read_value") else v

    def value_container(self, value: Any) -> Any:
        """What holds a value: itself."""
        return value

    def variable_created_in_scope(self, v: Any) -> bool:
        """Whether a variable belongs to the strategy."""
        return bool(getattr(v, "_distribute_strategy", self._strategy) is self._strategy)

    @contextmanager
    def colocate_vars_with(self, colocate_with_variable: Any) -> Iterator[None]:
        """Variables that are made within it are where a variable is: all are."""
        yield


class Strategy:
    """A way to spread training over replicas, of which there is one.

    Args:
        device: where it runs; "" leaves that open.
    """

    def __init__(self, device: str = "") -> None:
        self._extended = StrategyExtended(self, _whole(device) if device else "")

    @property
    def extended(self) -> StrategyExtended:
        """What libraries ask it."""
        return self._extended

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return 1

    @contextmanager
    def scope(self) -> Iterator[Strategy]:
        """Within it the strategy is the current one, and the program is outside of its replicas."""
        with _entered(_Mode(self, True, None)), device_scope(self._extended._device or None):
            yield self

    def experimental_run_v2(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """What a function makes in the replica."""
        return self._extended.call_for_each_replica(fn, args, kwargs)

    def experimental_run(self, fn: Callable[..., Any], input_iterator: Any = None) -> Any:
        """What a function makes in the replica, of the next element of an iterator if one is given."""
        args = () if input_iterator is None else (input_iterator.get_next(),)
        return self.experimental_run_v2(fn, args)

    def experimental_distribute_dataset(self, dataset: Any) -> Any:
        """The dataset, as the replica takes it."""
        return dataset

    def experimental_distribute_datasets_from_function(self, dataset_fn: Callable[..., Any]) -> Any:
        """The dataset that a function makes for the only pipeline."""
        return dataset_fn(InputContext())

    def make_dataset_iterator(self, dataset: Any) -> Any:
        """An iterator, to be initialized, over a dataset."""
        return dataset.make_initializable_iterator()

    def make_input_fn_iterator(
        self,
        input_fn: Callable[..., Any],
        replication_mode: InputReplicationMode = InputReplicationMode.PER_WORKER,
    ) -> Any:
        """An iterator over the dataset that a function makes for the only pipeline."""
        return input_fn(InputContext()).make_initializable_iterator()

    def reduce(self, reduce_op: Any, value: Any, axis: int | None = None) -> Any:
        """The value of the replica, reduced along an axis.

        Args:
            reduce_op: a `ReduceOp` or its name.
            value: the value.
            axis: the axis; none when None.
        """
        reduce_op = _check_reduction(reduce_op)
        if axis is None:
            return value
        from perdure.functional.math.reductions import reduce_mean, reduce_sum

        reduction = reduce_sum if reduce_op is ReduceOp.SUM else reduce_mean
        return map_structure(lambda part: reduction(part, axis=axis), value)

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """The values of all replicas."""
        return (value,)

    unwrap = experimental_local_results

    def group(self, value: Any, name: str | None = None) -> Any:
        """An operation that runs what was made in the replica."""
        if value is None:
            return no_op(name=name)
        return group_op(value, name=name) if name is not None or not _is_operation(value) else value

    def configure(
        self,
        session_config: Any = None,
        cluster_spec: Any = None,
        task_type: str | None = None,
        task_id: int | None = None,
    ) -> None:
        """Nothing is to be set for one replica.

        Raises:
            NotImplementedError: a cluster.
        """
        if cluster_spec:
            raise NotImplementedError(
                f"{type(self).__name__} over a cluster is not supported by perdure, which has one replica"
            )

    def update_config_proto(self, config_proto: Any) -> Any:
        """The configuration of a session for it."""
        return config_proto


def _whole(device: str) -> str:
    """The name of a device with all that TensorFlow fills in."""
    spec = DeviceSpec(replica=0, task=0, device_type="CPU", device_index=0)
    return spec.make_merged_spec(DeviceSpec.from_string(device)).to_string()


def _is_operation(value: Any) -> bool:
    return hasattr(value, "node_def")


def _check_reduction(reduce_op: Any) -> ReduceOp:
    return ReduceOp(reduce_op.upper()) if isinstance(reduce_op, str) else ReduceOp(reduce_op)


class OneDeviceStrategy(Strategy):
    """All variables and all computation on one device.

    Args:
        device: its name.
    """

    def __init__(self, device: str) -> None:
        super().__init__(device)


class MirroredStrategy(Strategy):
    """A replica on each device of the machine, of which one is used.

    Args:
        devices: their names; the machine's when None.
        cross_device_ops: how values of devices are added up, which one device does not need.

    Raises:
        NotImplementedError: several devices.
    """

    def __init__(self, devices: Sequence[str] | None = None, cross_device_ops: Any = None) -> None:
        if devices is not None and len(devices) > 1:
            raise NotImplementedError(
                f"MirroredStrategy over {len(devices)} devices is not supported by perdure: name one"
            )
        super().__init__(devices[0] if devices else "")


class ReplicaContext:
    """Within it the program is in a replica of a strategy.

    Args:
        strategy: the strategy.
        replica_id_in_sync_group: which of its replicas.
    """

    def __init__(self, strategy: Any, replica_id_in_sync_group: Any) -> None:
        self._strategy = strategy
        self._replica_id_in_sync_group = replica_id_in_sync_group
        self._scopes: list[Any] = []

    def __enter__(self) -> None:
        self._scopes.append(_entered(_Mode(self._strategy, False, self)))
        self._scopes[-1].__enter__()

    def __exit__(self, *error: Any) -> None:
        self._scopes.pop().__exit__(*error)

    @property
    def strategy(self) -> Any:
        """The strategy."""
        return self._strategy

    @property
    def replica_id_in_sync_group(self) -> Any:
        """Which of its replicas it is."""
        return self._replica_id_in_sync_group

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas there are."""
        return int(self._strategy.num_replicas_in_sync)

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices of the replica."""
        return tuple(self._strategy.extended.worker_devices)

    def merge_call(self, merge_fn: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
        """What a function makes across the replicas of what all have come to.

        Args:
            merge_fn: called with the strategy and the arguments.
            args, kwargs: its other arguments.
        """
        with _entered(_Mode(self._strategy, True, None)):
            return merge_fn(self._strategy, *args, **(kwargs or {}))

    def all_reduce(self, reduce_op: Any, value: Any) -> Any:
        """The value, reduced over all replicas: itself."""
        _check_reduction(reduce_op)
        return value


class _Mode(NamedTuple):
    """Where a program is.

    Attributes:
        strategy: the current strategy.
        is_across: whether it is outside of replicas.
        replica: the context of the replica, if it is in one.
    """

    strategy: Any
    is_across: bool
    replica: Any


_DEFAULT = Strategy()
_DEFAULT_MODE = _Mode(_DEFAULT, False, ReplicaContext(_DEFAULT, 0))
_modes: WeakKeyDictionary[Graph, list[_Mode]] = WeakKeyDictionary()
_set_for_good: WeakKeyDictionary[Graph, Any] = WeakKeyDictionary()


@contextmanager
def _entered(mode: _Mode) -> Iterator[None]:
    stack = _modes.setdefault(get_default_graph(), [])
    stack.append(mode)
    try:
        yield
    finally:
        stack.pop()


def _mode() -> _Mode:
    if not _modes:
        return _DEFAULT_MODE
    stack = _modes.get(get_default_graph())
    return stack[-1] if stack else _DEFAULT_MODE


def get_strategy() -> Any:
    """The current strategy; the default one if no other was entered."""
    return _mode().strategy


def has_strategy() -> bool:
    """Whether the current strategy is another than the default one."""
    return get_strategy() is not _DEFAULT


def get_replica_context() -> Any:
    """The context of the current replica; None outside of replicas."""
    return _mode().replica


def get_cross_replica_context() -> Any:
    """The current strategy outside of its replicas; None in one."""
    mode = _mode()
    return mode.strategy if mode.is_across else None


def in_cross_replica_context() -> bool:
    """Whether the program is outside of replicas."""
    return _mode().is_across


def experimental_set_strategy(strategy: Any) -> None:
    """Make a strategy the current one of the default graph, for good.

    Args:
        strategy: the strategy; the default one when None.

    Raises:
        RuntimeError: within the scope of a strategy.
    """
    graph = get_default_graph()
    scope = _set_for_good.pop(graph, None)
    if scope is not None:
        scope.__exit__(None, None, None)
    if has_strategy():
        raise RuntimeError("Must not be called inside a `tf.distribute.Strategy` scope.")
    if strategy is not None:
        _set_for_good[graph] = scope = strategy.scope()
        scope.__enter__()


def get_loss_reduction() -> ReduceOp:
    """How the gradients of replicas are to be reduced outside of estimators."""
    return ReduceOp.SUM
