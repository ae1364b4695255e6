"""`tf.config`: what a program says of the machine it runs on.

In TensorFlow these are the settings of eager execution, which it makes one when the first operation runs;
sessions have a `ConfigProto` of their own.  So they are kept, checked and told, and change no session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, NoReturn

from perdure.session.devices import list_local_devices

_POLICIES = ("silent", "silent_for_int32", "warn", "explicit")


class PhysicalDevice(NamedTuple):
    """A device of the machine.

    Attributes:
        name: its name.
        device_type: "CPU" or "GPU".
    """

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that operations are placed on.

    Attributes:
        name: its name.
        device_type: "CPU" or "GPU".
    """

    name: str
    device_type: str


class VirtualDeviceConfiguration(NamedTuple):
    """A part of a device as a device of its own.

    Attributes:
        memory_limit: its memory, in megabytes; None for no limit.
    """

    memory_limit: int | None = None


class _Settings:
    """The settings of the program."""

    def __init__(self) -> None:
        self.threads = {"Intra": 0, "Inter": 0}
        self.switches: dict[str, bool] = {}
        self.optimizer: dict[str, Any] = {"disable_model_pruning": False, "disable_meta_optimizer": False}
        self.policy = "silent"
        self.visible: dict[str, list[PhysicalDevice]] = {}
        self.growth: dict[PhysicalDevice, bool] = {}
        self.parts: dict[PhysicalDevice, list[VirtualDeviceConfiguration]] = {}


_settings = _Settings()


# -- devices ---------------------------------------------------------------------------------------


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of the machine.

    Args:
        device_type: only those of this type; all when None.
    """
    found: list[PhysicalDevice] = []
    for device in list_local_devices():
        kind = device.device_type
        number = sum(each.device_type == kind for each in found)
        found.append(PhysicalDevice(f"/physical_device:{kind}:{number}", kind))
    return [device for device in found if device_type in (None, device.device_type)]


def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The devices that operations are placed on.

    Args:
        device_type: only those of this type; all when None.
    """
    found: list[LogicalDevice] = []
    for physical in get_visible_devices(device_type):
        for _ in range(len(_settings.parts.get(physical, ())) or 1):
            number = sum(each.device_type == physical.device_type for each in found)
            name = f"/job:localhost/replica:0/task:0/device:{physical.device_type}:{number}"
            found.append(LogicalDevice(name, physical.device_type))
    return found


def experimental_list_devices() -> list[str]:
    """The names of the devices that operations are placed on."""
    return [device.name for device in list_logical_devices()]


def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices of the machine that the program wants to use."""
    found = []
    for kind in dict.fromkeys(device.device_type for device in list_physical_devices(device_type)):
        found += _settings.visible.get(kind, list_physical_devices(kind))
    return found


def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Choose the devices that the program wants to use.

    Args:
        devices: one or several.
        device_type: the type that they are chosen of; all when None.

    Raises:
        ValueError: one of them is not there, or of another type.
    """
    devices = list(devices) if isinstance(devices, Sequence) and not hasattr(devices, "name") else [devices]
    for device in devices:
        _check_there(device)
        if device_type is not None and device.device_type != device_type:
            raise ValueError(f"Unrecognized device: {device!r}")
    kinds = {device.device_type for device in list_physical_devices(device_type)}
    for kind in kinds:
        _settings.visible[kind] = [device for device in devices if device.device_type == kind]


def get_memory_growth(device: PhysicalDevice) -> bool:
    """Whether the memory of a GPU is taken as it is needed.

    Raises:
        ValueError: it is not there.
        KeyError: it is no GPU.
    """
    _check_there(device)
    if device.device_type != "GPU":
        raise KeyError(device)
    return _settings.growth.get(device, False)


def set_memory_growth(device: PhysicalDevice, enable: bool) -> None:
    """Say whether the memory of a GPU is taken as it is needed.

    Raises:
        ValueError: it is no GPU, or not there.
    """
    _check_there(device)
    if device.device_type != "GPU":
        raise ValueError("Cannot set memory growth on non-GPU devices")
    _settings.growth[device] = enable


def get_virtual_device_configuration(device: PhysicalDevice) -> list[VirtualDeviceConfiguration] | None:
    """The parts of a device that are devices of their own; None if it is one."""
    _check_there(device)
    return _settings.parts.get(device)


def set_virtual_device_configuration(
    device: PhysicalDevice, virtual_devices: Sequence[VirtualDeviceConfiguration]
) -> None:
    """Divide a device.

    Raises:
        ValueError: a part of a CPU has a limit, or the device is not there.
    """
    _check_there(device)
    if device.device_type == "CPU" and any(part.memory_limit is not None for part in virtual_devices):
        raise ValueError("Setting memory limit on CPU virtual devices is currently not supported")
    _settings.parts[device] = list(virtual_devices)


def _check_there(device: Any) -> None:
    if device not in list_physical_devices():
        raise ValueError(f"Unrecognized device: {device!r}")


# -- threads, optimization, placement ------------------------------------------------------------------


def get_intra_op_parallelism_threads() -> int:
    """How many threads an operation may use; 0 leaves that open."""
    return _settings.threads["Intra"]


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Say how many threads an operation may use; sessions ask their `ConfigProto`."""
    _settings.threads["Intra"] = num_threads


def get_inter_op_parallelism_threads() -> int:
    """How many operations may run at a time; 0 leaves that open."""
    return _settings.threads["Inter"]


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Say how many operations may run at a time; sessions ask their `ConfigProto`."""
    _settings.threads["Inter"] = num_threads


def get_jit() -> bool:
    """Whether functions are to be compiled."""
    return _settings.switches.get("jit", False)


def set_jit(enabled: bool) -> None:
    """Say whether functions are to be compiled; what pays is compiled anyway."""
    _settings.switches["jit"] = enabled


def get_experimental_options() -> dict[str, Any]:
    """The options of the optimizer of graphs that were set."""
    return dict(_settings.optimizer)


def set_experimental_options(options: dict[str, Any]) -> None:
    """Set options of the optimizer of graphs."""
    _settings.optimizer.update(options)


def get_soft_device_placement() -> bool:
    """Whether an operation may run on another device than it is placed on."""
    return _settings.switches.get("soft placement", False)


def set_soft_device_placement(enabled: bool) -> None:
    """Say whether an operation may run on another device; sessions ask their `ConfigProto`."""
    _settings.switches["soft placement"] = enabled


def get_log_device_placement() -> bool:
    """Whether it is logged where operations run."""
    return _settings.switches.get("log placement", False)


def set_log_device_placement(enabled: bool) -> None:
    """Say whether it is logged where operations run; sessions ask their `ConfigProto`."""
    _settings.switches["log placement"] = enabled


def get_device_policy() -> str:
    """What is done about operands on other devices."""
    return _settings.policy


def set_device_policy(device_policy: str | None) -> None:
    """Say what is to be done about operands on other devices.

    Args:
        device_policy: "silent", "silent_for_int32", "warn" or "explicit"; None for the first.

    Raises:
        ValueError: another one.
    """
    if device_policy not in (None, *_POLICIES):
        raise ValueError(f"Not a valid device policy: {device_policy!r}")
    _settings.policy = device_policy or _POLICIES[0]


def get_synchronous_execution() -> bool:
    """Whether eager operations are waited for."""
    return _settings.switches.get("synchronous", True)


def set_synchronous_execution(enable: bool) -> None:
    """Say whether eager operations are waited for."""
    _settings.switches["synchronous"] = enable


def experimental_run_functions_eagerly(run_eagerly: bool) -> None:
    """Say whether the bodies of functions run as Python.

    Raises:
        NotImplementedError: they shall, which needs eager execution.
    """
    if run_eagerly:
        raise NotImplementedError("Functions cannot run eagerly: perdure runs graphs in sessions")


def experimental_connect_to_host(remote_host: Any = None, job_name: str = "worker") -> NoReturn:
    """Not without eager execution.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError(
        "Connecting to a host needs eager execution, which perdure does not have: use tf.train.Server and a "
        "session on its target"
    )


def experimental_connect_to_cluster(
    cluster_spec_or_resolver: Any, job_name: str = "localhost", task_index: int = 0, protocol: Any = None
) -> NoReturn:
    """Not without eager execution.

    Raises:
        NotImplementedError: always.
    """
    experimental_connect_to_host()
