"""Which machines take part in a cluster: ClusterSpec; and Server, a cluster of this process alone."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from perdure.graph.errors import (
    FailedPreconditionError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    UnimplementedError,
)
from perdure.graph.forking import free_in_children
from perdure.session.servers import LocalServer, Target


class ClusterSpec:
    """The jobs of a cluster, each with the network addresses of its tasks.

    Args:
        cluster: a dictionary from job names to lists of addresses, or to dictionaries from task numbers to
            addresses; a `ClusterDef`; or another ClusterSpec.

    Raises:
        TypeError: it is none of these, or a name or address is no string.
    """

    def __init__(self, cluster: Any) -> None:
        from perdure.formats.messages import ClusterDef  # protobuf, which few programs need

        self._cluster_spec: dict[str, dict[int, str]]
        if isinstance(cluster, dict):
            self._cluster_spec = {job: _tasks(job, tasks) for job, tasks in cluster.items()}
            self._cluster_def = self._message()
            return
        if isinstance(cluster, ClusterSpec):
            message = ClusterDef()
            message.MergeFrom(cluster.as_cluster_def())
        elif isinstance(cluster, ClusterDef):
            message = cluster
        else:
            raise TypeError(
                "`cluster` must be a dictionary mapping one or more job names to lists of network "
                "addresses, or a `ClusterDef` protocol buffer"
            )
        self._cluster_def = message
        self._cluster_spec = {job.name: dict(job.tasks.items()) for job in message.job}

    def __bool__(self) -> bool:
        return bool(self._cluster_spec)

    def __eq__(self, other: object) -> bool:
        # TensorFlow compares with dictionaries, too.
        if isinstance(other, ClusterSpec):
            other = other._cluster_spec
        return self._cluster_spec == other

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        jobs = self.as_dict()
        return f"ClusterSpec({{{', '.join(f'{job!r}: {jobs[job]!r}' for job in sorted(jobs))}}})"

    def as_dict(self) -> dict[str, list[str] | dict[int, str]]:
        """The jobs with lists of addresses, or dictionaries where task numbers are missing."""
        jobs: dict[str, list[str] | dict[int, str]] = {}
        for job, tasks in self._cluster_spec.items():
            dense = sorted(tasks) == list(range(len(tasks)))
            if tasks and dense:
                jobs[job] = [tasks[i] for i in range(len(tasks))]
            else:
                jobs[job] = {i: tasks[i] for i in sorted(tasks)}
        return jobs

    def as_cluster_def(self) -> Any:
        """This as a `ClusterDef`."""
        return self._cluster_def

    @property
    def jobs(self) -> list[str]:
        """The names of the jobs."""
        return list(self._cluster_spec)

    def num_tasks(self, job_name: str) -> int:
        """How many tasks a job has.

        Raises:
            ValueError: there is no such job.
        """
        return len(self._job(job_name))

    def task_indices(self, job_name: str) -> list[int]:
        """The numbers of a job's tasks, in order.

        Raises:
            ValueError: there is no such job.
        """
        return sorted(self._job(job_name))

    def task_address(self, job_name: str, task_index: int) -> str:
        """The address of a task.

        Raises:
            ValueError: there is no such job or task.
        """
        tasks = self._job(job_name)
        if task_index not in tasks:
            raise ValueError(f"No task with index {task_index!r} in job {job_name!r}")
        return tasks[task_index]

    def job_tasks(self, job_name: str) -> list[str | None]:
        """The addresses of a job's tasks by number; None where a number is missing.

        Raises:
            ValueError: there is no such job.
        """
        tasks = self._job(job_name)
        return [tasks.get(i) for i in range(max(tasks) + 1)]

    def _job(self, job_name: str) -> dict[int, str]:
        if job_name not in self._cluster_spec:
            raise ValueError(f"No such job in cluster: {job_name!r}")
        return self._cluster_spec[job_name]

    def _message(self) -> Any:
        from perdure.formats.messages import ClusterDef

        message = ClusterDef()
        for name, tasks in sorted(self._cluster_spec.items()):
            job = message.job.add()
            job.name = _text(name, "Job name")
            for i, address in sorted(tasks.items()):
                job.tasks[i] = _text(address, "Task address")
        return message


def _tasks(job: str, tasks: Any) -> dict[int, str]:
    if isinstance(tasks, (list, tuple)):
        return dict(enumerate(tasks))
    if isinstance(tasks, Mapping):
        return dict(tasks)
    raise TypeError(f"The tasks for job {job!r} must be a list or a dictionary from integers to strings.")


def _text(value: Any, what: str) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if not isinstance(value, str):
        raise TypeError(f"{what} {value!r} must be bytes or unicode")
    return value


class Server:
    """The only process of a cluster: this one.  Sessions on its `target` share variables and queues.

    What they share is there as long as anybody has the server, its target or a session on it, and is given
    back then; TensorFlow keeps it until the process ends.  Nothing is sent over a network, and nothing
    listens at the port.  Thread-safe.

    Args:
        server_or_cluster_def: a `ServerDef`, a `ClusterDef`, a ClusterSpec, or what makes one.
        job_name: the job this process is part of; may be None if there is only one.
        task_index: its number in the job; may be None if the job has one task.
        protocol: "grpc", also if None.
        config: a `tf.ConfigProto`, the default for sessions; its `device_count` holds for all.
        start: whether to start the server now.

    Raises:
        TypeError, ValueError: the arguments do not describe a task.
        InvalidArgumentError, InternalError: the cluster has no such task, or its address no port.
        NotFoundError: there is no such protocol.
        UnimplementedError: the cluster has tasks in other processes.
        UnknownError: the port is that of another server.
    """

    def __init__(
        self,
        server_or_cluster_def: Any,
        job_name: str | None = None,
        task_index: int | None = None,
        protocol: str | None = None,
        config: Any = None,
        start: bool = True,
    ) -> None:
        definition = _make_server_def(server_or_cluster_def, job_name, task_index, protocol, config)
        port = _port_of(definition)
        self._server_def = definition
        self._server = LocalServer(
            definition.job_name, definition.task_index, port, definition.default_session_config
        )
        self._lock = free_in_children(threading.RLock())
        self._is_over = False
        if start:
            self.start()

    def start(self) -> None:
        """Let sessions run steps; starting again does nothing.

        Raises:
            FailedPreconditionError: it was joined before it was started.
        """
        with self._lock:
            if self._is_over:
                raise FailedPreconditionError(None, None, "Server has stopped.")
            self._server.is_started = True

    def join(self) -> None:
        """Wait until the server is over.

        A server that is started is never over, so that only Ctrl-C, or the end of the process, ends this; one
        that is not is over at once.
        """
        with self._lock:
            self._is_over = self._is_over or not self._server.is_started
        if not self._is_over:
            threading.Event().wait()

    @property
    def server_def(self) -> Any:
        """The `ServerDef` of this server."""
        return self._server_def

    @property
    def target(self) -> Target:
        """What to give to `tf.Session`; whoever has it keeps what the server owns."""
        return self._server.target

    @staticmethod
    def create_local_server(config: Any = None, start: bool = True) -> Server:
        """The server of a cluster that is this process alone.

        Args:
            config: a `tf.ConfigProto`, the default for sessions.
            start: whether to start the server now.
        """
        return Server({"local": ["localhost:0"]}, protocol="grpc", config=config, start=start)


def _port_of(definition: Any) -> int:
    """The port in the address of the task that a `ServerDef` describes.

    Raises:
        tf.errors.OpError: there can be no such server here.
    """
    if definition.protocol != "grpc":
        raise NotFoundError(
            None,
            None,
            f"No server factory registered for the given ServerDef: {definition}\n"
            "The available server factories are: [ GRPC_SERVER ]",
        )
    job, task = definition.job_name, definition.task_index
    tasks = {(j.name, i): address for j in definition.cluster.job for i, address in j.tasks.items()}
    if all(name != job for name, _ in tasks):
        raise InternalError(None, None, f'Job "{job}" was not defined in cluster')
    if (job, task) not in tasks:
        raise InvalidArgumentError(None, None, f'Task {task} was not defined in job "{job}"')
    others = [f"/job:{j}/task:{i} at {tasks[j, i]}" for j, i in sorted(tasks) if (j, i) != (job, task)]
    if others:
        raise UnimplementedError(
            None,
            None,
            f"tf.train.Server for task {task} of job {job!r}: perdure runs in one process only, but the "
            f"cluster has {', '.join(others)}; a server that is alone in its cluster is supported, as "
            "tf.train.Server.create_local_server() makes it, and so is tf.Session() without a target",
        )
    _, colon, port = tasks[job, task].rpartition(":")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise InvalidArgumentError(
            None, None, f'Could not parse port for local server from "{tasks[job, task]}".'
        )
    return int(port)


def _make_server_def(
    server_or_cluster_def: Any,
    job_name: str | None,
    task_index: int | None,
    protocol: str | None,
    config: Any,
) -> Any:
    """The `ServerDef` that the arguments of a Server mean."""
    from perdure.formats.messages import ServerDef

    message = ServerDef()
    if isinstance(server_or_cluster_def, ServerDef):
        message.MergeFrom(server_or_cluster_def)
    else:
        try:
            cluster = ClusterSpec(server_or_cluster_def)
        except TypeError as error:
            raise TypeError(
                "Could not convert `server_or_cluster_def` to a `tf.train.ServerDef` or "
                "`tf.train.ClusterSpec`."
            ) from error
        if job_name is None:
            if len(cluster.jobs) != 1:
                raise ValueError("Must specify an explicit `job_name`.")
            (job_name,) = cluster.jobs
        if task_index is None:
            if cluster.num_tasks(job_name) != 1:
                raise ValueError("Must specify an explicit `task_index`.")
            (task_index,) = cluster.task_indices(job_name)
        message.cluster.MergeFrom(cluster.as_cluster_def())
        message.protocol = "grpc"
    if job_name is not None:
        message.job_name = job_name
    if task_index is not None:
        message.task_index = task_index
    if protocol is not None:
        message.protocol = protocol
    if config is not None:
        message.default_session_config.MergeFrom(config)
    return message
