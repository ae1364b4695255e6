"""Device strings such as `/job:worker/replica:0/task:1/device:GPU:0`, and how scopes merge them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

__all__ = ["DeviceSpec", "canonical", "is_device_spec", "merge", "merge_device"]


class Components(NamedTuple):
    """The five fields of a device string; None where it says nothing."""

    job: str | None = None
    replica: int | None = None
    task: int | None = None
    device_type: str | None = None
    device_index: int | None = None

    def merged_with(self, inner: Components) -> Components:
        """These fields, overridden by what `inner` says."""
        return Components._make(
            mine if theirs is None else theirs for mine, theirs in zip(self, inner, strict=True)
        )


@cache
def parse(spec: str | None) -> Components:
    """Take a device string apart.

    Args:
        spec: `/`-separated parts: `job:<name>`, `replica:<n>`, `task:<n>`, `device:<type>:<n>`
            (`*` for any), or the short `cpu:<n>`, `gpu:<n>`; empty or None for no device.

    Raises:
        ValueError: if a part is none of these, or there are two device types.
    """
    found: dict[str, Any] = {}

    def set_device(device_type: str | None, index: str | None) -> None:
        if "device_type" in found:
            raise ValueError(f"Cannot specify multiple device types: {spec}")
        found["device_type"] = device_type
        if index is not None and index != "*":
            found["device_index"] = int(index)

    for part in (spec or "").split("/"):
        match part.split(":"):
            case ["job", name]:
                found["job"] = name
            case ["replica" | "task" as field, number]:
                found[field] = int(number)
            case [name] if name.upper() in ("CPU", "GPU"):
                set_device(name.upper(), None)
            case [name, index] if name.upper() in ("CPU", "GPU"):
                set_device(name.upper(), index)
            case ["device", device_type, index]:
                # `/device:gpu:0` becomes GPU, but `/device:tpu:0` stays as it is, as in TensorFlow.
                set_device(_canonical_type(device_type), index)
            case ["", *_]:
                pass
            case [attribute, *_]:
                raise ValueError(f"Unknown attribute: '{attribute}' in '{spec}'")
    return Components(**found)


@cache
def format_components(components: Components) -> str:
    """Write the fields as the canonical device string; unknown fields are left out."""
    job, replica, task, device_type, device_index = components
    text = ""
    if job is not None:
        text += f"/job:{job}"
    if replica is not None:
        text += f"/replica:{replica}"
    if task is not None:
        text += f"/task:{task}"
    if device_type is not None:
        text += f"/device:{device_type}:{'*' if device_index is None else device_index}"
    return text


@cache
def merge(outer: str, inner: str) -> str:
    """The canonical device of an op that asks for `inner` inside a `tf.device(outer)` scope."""
    return format_components(parse(outer).merged_with(parse(inner)))


@cache
def _canonical_string(device: str) -> str:
    return format_components(parse(device))


def canonical(device: DeviceSpec | str | None) -> str:
    """The canonical form of a device string or spec; "" for None.

    Raises:
        ValueError: if the string is malformed.
    """
    if device is None:
        return ""
    if isinstance(device, DeviceSpec):
        return device.to_string()
    return _canonical_string(device)


def _canonical_type(device_type: Any) -> str | None:
    if device_type in ("cpu", "gpu"):
        return device_type.upper()
    return None if device_type is None else str(device_type)


def _field(name: str, convert: Callable[[Any], Any], doc: str) -> property:
    """A field of `DeviceSpec` that converts what is assigned and may be None."""

    def read(self: DeviceSpec) -> Any:
        return getattr(self._components, name)

    def write(self: DeviceSpec, value: Any) -> None:
        value = None if value is None else convert(value)
        self._components = self._components._replace(**{name: value})

    return property(read, write, doc=doc)


class DeviceSpec:
    """A device, or part of its description, for `tf.device`.

    Example: `DeviceSpec(job="ps", device_type="CPU", device_index=0)`.
    """

    __slots__ = ("_components",)

    def __init__(
        self,
        job: Any = None,
        replica: Any = None,
        task: Any = None,
        device_type: Any = None,
        device_index: Any = None,
    ) -> None:
        """Describe a device; every field may be left open (None).

        Args:
            job: the name of the job.
            replica: the number of the replica.
            task: the number of the task in the job.
            device_type: "CPU", "GPU" or another type.
            device_index: the number of the device of that type.
        """
        self._components = Components()
        self.job = job
        self.replica = replica
        self.task = task
        self.device_type = device_type
        self.device_index = device_index

    job = _field("job", str, "The name of the job, or None.")
    replica = _field("replica", int, "The number of the replica, or None.")
    task = _field("task", int, "The number of the task in the job, or None.")
    device_type = _field("device_type", _canonical_type, 'The type, such as "CPU", or None.')
    device_index = _field("device_index", int, "The number among devices of the type, or None.")

    @classmethod
    def from_string(cls, spec: str | None) -> DeviceSpec:
        """The spec of a device string; `ValueError` if it is malformed."""
        return cls(*parse(spec))

    def parse_from_string(self, spec: str | None) -> DeviceSpec:
        """Replace all fields by those of a device string; returns the spec itself."""
        self._components = parse(spec)
        return self

    def to_string(self) -> str:
        """The canonical device string."""
        return format_components(self._components)

    def merge_from(self, dev: DeviceSpec) -> None:
        """Take over every field that `dev` sets."""
        self._components = self._components.merged_with(dev._components)

    def make_merged_spec(self, dev: DeviceSpec) -> DeviceSpec:
        """A new spec with the fields of this one, overridden by those that `dev` sets."""
        return type(self)(*self._components.merged_with(dev._components))

    def replace(self, **kwargs: Any) -> DeviceSpec:
        """A new spec in which some fields are different."""
        return type(self)(**{**self._components._asdict(), **kwargs})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._components == other._components

    def __hash__(self) -> int:
        return hash(self.to_string())

    def __repr__(self) -> str:
        return f"<DeviceSpec '{self.to_string()}'>"


def is_device_spec(obj: object) -> bool:
    """Whether `obj` is a `DeviceSpec`."""
    return isinstance(obj, DeviceSpec)


def check_valid(spec: str) -> None:
    """Check that a device string is well formed.

    Raises:
        ValueError: it is not.
    """
    parse(spec)


class MergeDevice:
    """A device function that fills in what an op's own device leaves open."""

    __slots__ = ("device",)

    def __init__(self, device: str) -> None:
        self.device = device

    def __call__(self, op: Any) -> str:
        """The device for `op` (anything with a `device`), whose own fields come first."""
        return merge(self.device, op.device or "")

    def __repr__(self) -> str:
        return f"<device function merging '{self.device}'>"


@cache
def _merge_device(device: str) -> MergeDevice:
    return MergeDevice(device)


def merge_device(spec: DeviceSpec | str | MergeDevice | None) -> MergeDevice:
    """The function that `tf.device(spec)` applies to every op made in its scope.

    Args:
        spec: a device string or `DeviceSpec` (as it is now: later changes are not seen), or such
            a function, which is returned as it is.

    Raises:
        ValueError: if a string is malformed.
    """
    return spec if isinstance(spec, MergeDevice) else _merge_device(canonical(spec))
