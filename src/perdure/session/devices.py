"""What `tensorflow.python.client.device_lib` tells of the machine."""

from typing import Any

from perdure.formats import messages
from perdure.graph.devices import DeviceSpec
from perdure.runtime.place import Placer


def list_local_devices(session_config: Any = None) -> list[Any]:
    """The devices that a session of this process can use, as DeviceAttributes.

    Args:
        session_config: a ConfigProto whose `device_count` says how many CPU devices there are.
    """
    count = 1
    if session_config is not None:
        count = session_config.device_count.get("CPU", 1)
    names = (DeviceSpec.from_string(name) for name in Placer(count).devices)
    return [
        messages.DeviceAttributes(
            name=f"/device:{spec.device_type}:{spec.device_index}",
            device_type=spec.device_type,
            memory_limit=256 << 20,  # the figure TensorFlow gives for any CPU
        )
        for spec in names
    ]
