"""`tf.distribute.cluster_resolver`: where the tasks of a cluster are, as others know it."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import Any, NoReturn

from perdure.distributed.server_lib import ClusterSpec
from perdure.graph.graph import Graph


def _url(master: str, rpc_layer: str | None) -> str:
    return f"{rpc_layer}://{master}" if rpc_layer else master


class ClusterResolver:
    """Says where the tasks of a cluster are; a subclass defines `cluster_spec` and `master`."""

    task_type: Any
    task_id: Any
    rpc_layer: Any

    def cluster_spec(self) -> ClusterSpec:
        """The tasks of each job."""
        raise NotImplementedError

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """The target of sessions for a task.

        Args:
            task_type: its job; with `task_id`, or neither.
            task_id: its number.
            rpc_layer: how it is spoken to, "grpc" for example.
        """
        raise NotImplementedError

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> Any:
        """How many devices of each type a task has."""
        from perdure.session.session import Session

        place = f"/job:{task_type}", f"/task:{task_id}"
        anywhere = task_type is None or task_id is None
        with Graph().as_default(), Session(self.master(task_type, task_id), config=config_proto) as session:
            devices = session.list_devices()
        return Counter(
            device.device_type for device in devices if anywhere or all(part in device.name for part in place)
        )

    @property
    def environment(self) -> Any:
        """What surrounds the program, "google" for example; "" for nothing in particular."""
        return ""


class SimpleClusterResolver(ClusterResolver):
    """A cluster that is known.

    Args:
        cluster_spec: its tasks.
        master: the target of sessions when no task is named.
        task_type, task_id: which task the program is.
        environment: what surrounds it.
        num_accelerators: how many devices of each type a task has.
        rpc_layer: how tasks are spoken to.

    Raises:
        TypeError: `cluster_spec` is no ClusterSpec, or `master` no text.
    """

    def __init__(
        self,
        cluster_spec: Any,
        master: str = "",
        task_type: str | None = None,
        task_id: int | None = None,
        environment: str = "",
        num_accelerators: Any = None,
        rpc_layer: str | None = None,
    ) -> None:
        self.task_type, self.task_id, self.rpc_layer = task_type, task_id, rpc_layer
        self._environment = environment
        self._num_accelerators = num_accelerators
        if not isinstance(cluster_spec, ClusterSpec):
            raise TypeError("cluster_spec must be a ClusterSpec.")
        self._cluster_spec = cluster_spec
        if not isinstance(master, str):
            raise TypeError("master must be a string.")
        self._master = master

    def cluster_spec(self) -> ClusterSpec:
        """See `ClusterResolver.cluster_spec`."""
        return self._cluster_spec

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """See `ClusterResolver.master`."""
        master = self._master
        if task_type is not None and task_id is not None:
            master = self.cluster_spec().task_address(task_type, task_id)
        return _url(master, rpc_layer or self.rpc_layer)

    @property
    def environment(self) -> str:
        """See `ClusterResolver.environment`."""
        return self._environment

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> Any:
        """See `ClusterResolver.num_accelerators`: what was said, whichever task it is."""
        return {} if self._num_accelerators is None else self._num_accelerators


class UnionClusterResolver(ClusterResolver):
    """Several clusters as one; the first says what else there is to say.

    Args:
        *args: resolvers.
        **kwargs: `task_type`, `task_id` and `rpc_layer`, instead of the first one's.

    Raises:
        ValueError: there is none, or another keyword.
        TypeError: one is no ClusterResolver.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._rpc_layer = kwargs.pop("rpc_layer", None)
        self._task_type = kwargs.pop("task_type", None)
        self._task_id = kwargs.pop("task_id", None)
        if kwargs:
            raise ValueError(f"Unexpected kwargs provided {kwargs!r}")
        if not args:
            raise ValueError("At least one ClusterResolver is required.")
        if not all(isinstance(resolver, ClusterResolver) for resolver in args):
            raise TypeError("All arguments must be a sub-class of `ClusterResolver.`")
        self._resolvers = args

    def cluster_spec(self) -> ClusterSpec:
        """The tasks of all clusters; those of one job in a list only if all clusters have lists.

        Raises:
            KeyError: two clusters have the same task.
        """
        jobs: dict[str, list[Any]] = {}
        for resolver in self._resolvers:
            for name, tasks in resolver.cluster_spec().as_dict().items():
                jobs.setdefault(name, []).append(tasks)
        return ClusterSpec({name: _merged(parts) for name, parts in jobs.items()})

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """See `ClusterResolver.master`."""
        if task_type is not None and task_id is not None:
            return _url(self.cluster_spec().task_address(task_type, task_id), rpc_layer or self._rpc_layer)
        return self._resolvers[0].master(rpc_layer=rpc_layer)

    @property
    def task_type(self) -> Any:
        """The job of the task that the program is."""
        return self._task_type or self._resolvers[0].task_type

    @task_type.setter
    def task_type(self, task_type: Any) -> None:
        self._task_type = task_type

    @property
    def task_id(self) -> Any:
        """The number of the task that the program is."""
        return self._task_id or self._resolvers[0].task_id

    @task_id.setter
    def task_id(self, task_id: Any) -> None:
        self._task_id = task_id

    @property
    def rpc_layer(self) -> Any:
        """How tasks are spoken to."""
        return self._rpc_layer or self._resolvers[0].rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer: Any) -> None:
        self._rpc_layer = rpc_layer

    @property
    def environment(self) -> Any:
        """See `ClusterResolver.environment`."""
        return self._resolvers[0].environment

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> Any:
        """See `ClusterResolver.num_accelerators`."""
        return self._resolvers[0].num_accelerators(task_type, task_id, config_proto)


def _merged(parts: list[Any]) -> Any:
    """The tasks of one job in several clusters."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(tasks, list) for tasks in parts):
        return [task for tasks in parts for task in tasks]
    merged: dict[int, str] = {}
    for tasks in parts:
        numbered = dict(enumerate(tasks)) if isinstance(tasks, list) else tasks
        twice = merged.keys() & numbered.keys()
        if twice:
            raise KeyError(f"Duplicate keys detected when merging two ClusterSpecs: {twice!r}")
        merged.update(numbered)
    return merged


def _configured(key: str, default: Any = None) -> Any:
    """A part of what the environment variable TF_CONFIG says."""
    return json.loads(os.environ.get("TF_CONFIG", "{}")).get(key, default)


class TFConfigClusterResolver(ClusterResolver):
    """The cluster that the environment variable TF_CONFIG describes.

    Args:
        task_type, task_id, rpc_layer: instead of what it says.
        environment: what surrounds the program.
    """

    def __init__(
        self,
        task_type: str | None = None,
        task_id: int | None = None,
        rpc_layer: str | None = None,
        environment: str | None = None,
    ) -> None:
        self._task_type, self._task_id, self._rpc_layer = task_type, task_id, rpc_layer
        self._environment = environment

    @property
    def task_type(self) -> Any:
        """The job of the task that the program is."""
        if self._task_type is not None:
            return str(self._task_type)
        task = _configured("task", {})
        return str(task["type"]) if "type" in task else None

    @task_type.setter
    def task_type(self, task_type: Any) -> None:
        self._task_type = task_type

    @property
    def task_id(self) -> Any:
        """The number of the task that the program is."""
        if self._task_type is not None:
            return int(self._task_id)  # type: ignore[arg-type]
        task = _configured("task", {})
        return int(task["index"]) if "index" in task else None

    @task_id.setter
    def task_id(self, task_id: Any) -> None:
        self._task_id = task_id

    @property
    def rpc_layer(self) -> Any:
        """How tasks are spoken to."""
        return _configured("rpc_layer") if self._rpc_layer is None else self._rpc_layer

    @rpc_layer.setter
    def rpc_layer(self, rpc_layer: Any) -> None:
        self._rpc_layer = rpc_layer

    @property
    def environment(self) -> Any:
        """See `ClusterResolver.environment`."""
        return self._environment

    def num_accelerators(
        self, task_type: str | None = None, task_id: int | None = None, config_proto: Any = None
    ) -> Any:
        """See `ClusterResolver.num_accelerators`: those of the program's own task when none is named."""
        task_type = self.task_type if task_type is None else task_type
        return super().num_accelerators(task_type, self.task_id if task_id is None else task_id, config_proto)

    def cluster_spec(self) -> ClusterSpec:
        """See `ClusterResolver.cluster_spec`."""
        return ClusterSpec(_configured("cluster", {}))

    def master(
        self, task_type: str | None = None, task_id: int | None = None, rpc_layer: str | None = None
    ) -> str:
        """See `ClusterResolver.master`; "" in a cluster of one task."""
        named = _configured("session_master")
        if named is not None:
            return str(named)
        cluster = self.cluster_spec()
        if sum(cluster.num_tasks(job) for job in cluster.jobs) < 2:
            return ""
        task_type = self.task_type if task_type is None else task_type
        task_id = self.task_id if task_id is None else task_id
        return _url(cluster.task_address(task_type, task_id), self.rpc_layer)


class _Elsewhere(ClusterResolver):
    """A cluster that a service knows which perdure does not ask.

    Raises:
        NotImplementedError: always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise NotImplementedError(
            f"{type(self).__name__} is not supported by perdure: give SimpleClusterResolver the tasks, or "
            "set TF_CONFIG and use TFConfigClusterResolver"
        )


class GCEClusterResolver(_Elsewhere):
    """A cluster of Google Compute Engine."""


class KubernetesClusterResolver(_Elsewhere):
    """A cluster of Kubernetes."""


class SlurmClusterResolver(_Elsewhere):
    """A cluster of Slurm."""


class TPUClusterResolver(_Elsewhere):
    """A cluster of TPUs."""

    def _refuse(self) -> NoReturn:
        raise NotImplementedError("TPUs are not supported by perdure: leave use_tpu=False")
