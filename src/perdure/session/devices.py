"""What `tensorflow.python.client.device_lib` tells of the machine."""

import secrets
from typing import Any

from perdure.graph.devices import DeviceSpec
from perdure.runtime.planning.place import Placer

_MEMORY_LIMIT = 256 << 20  # the figure TensorFlow gives for any CPU


def list_local_devices(session_config: Any = None) -> list[Any]:
    """The devices that a session of this process can use, as DeviceAttributes.

    Args:
        session_config: a ConfigProto whose `device_count` says how many CPU devices there are.
    """
    from perdure.formats import messages  # protos, which programs that list no devices need not load

    count = 1
    if session_config is not None:
        count = session_config.device_count.get("CPU", 1)
    names = (DeviceSpec.from_string(name) for name in Placer(count).devices)
    return [
        messages.DeviceAttributes(
            name=f"/device:{spec.device_type}:{spec.device_index}",
            device_type=spec.device_type,
            memory_limit=_MEMORY_LIMIT,
        )
        for spec in names
    ]


class _DeviceAttributes:
    """A device of a session, as `Session.list_devices` lists it.

    Args:
        name: its full name.
        device_type: "CPU" or "GPU".
        memory_limit_bytes: how much memory it has.
        incarnation: a number that is another one each time the device is set up.
    """

    __slots__ = ("_name", "_device_type", "_memory_limit_bytes", "_incarnation")

    def __init__(self, name: str, device_type: str, memory_limit_bytes: int, incarnation: int) -> None:
        self._name = DeviceSpec.from_string(name).to_string()
        self._device_type = device_type
        self._memory_limit_bytes = memory_limit_bytes
        self._incarnation = incarnation

    @property
    def name(self) -> str:
        """Its full name, such as "/job:localhost/replica:0/task:0/device:CPU:0"."""
        return self._name

    @property
    def device_type(self) -> str:
        """Its type."""
        return self._device_type

    @property
    def memory_limit_bytes(self) -> int:
        """How much memory it has, in bytes."""
        return self._memory_limit_bytes

    @property
    def incarnation(self) -> int:
        """A number that is another one each time the device is set up."""
        return self._incarnation

    def __repr__(self) -> str:
        return (
            f"_DeviceAttributes({self._name}, {self._device_type}, {self._memory_limit_bytes}, "
            f"{self._incarnation})"
        )


def session_devices(names: list[str]) -> list[_DeviceAttributes]:
    """The devices of those full names."""
    return [
        _DeviceAttributes(
            name, DeviceSpec.from_string(name).device_type or "CPU", _MEMORY_LIMIT, secrets.randbits(63)
        )
        for name in names
    ]
