"""Files that plugins of TensorBoard want beside the events: one object for each plugin and graph."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, TypeVar

from perdure.graph.defaults import get_default_graph

# The collection of a graph that has the names of its plugins, and what those of their objects begin with.
_PREFIX = "__tensorboard_plugin_asset__"


class PluginAsset(ABC):
    """What a plugin wants to have written; it is made by `get_plugin_asset`.

    Attributes:
        plugin_name: the plugin's name, and that of the folder below `plugins` in the log folder.
    """

    plugin_name: ClassVar[str | None] = None

    @abstractmethod
    def assets(self) -> dict[str, Any]:
        """The contents of each file, by its name; a `FileWriter` asks when it is given the graph."""


Asset = TypeVar("Asset", bound=PluginAsset)


def get_plugin_asset(plugin_asset_cls: type[Asset], graph: Any = None) -> Asset:
    """The object of a class for a graph, made when it is first asked for.

    Args:
        plugin_asset_cls: the class.
        graph: the graph; the default graph if None.

    Raises:
        ValueError: the class has no `plugin_name`, or another one has the same.
    """
    graph = get_default_graph() if graph is None else graph
    if not plugin_asset_cls.plugin_name:
        raise ValueError(f"Class {plugin_asset_cls.__name__} has no plugin_name")
    found = _found(graph, plugin_asset_cls.plugin_name)
    if found is None:
        found = plugin_asset_cls()
        graph.add_to_collection(_PREFIX + plugin_asset_cls.plugin_name, found)
        graph.add_to_collection(_PREFIX, plugin_asset_cls.plugin_name)
    elif not isinstance(found, plugin_asset_cls):
        raise ValueError(
            "Plugin name collision between classes "
            f"{plugin_asset_cls.__name__} and {found.__class__.__name__}"
        )
    return found


def get_all_plugin_assets(graph: Any = None) -> list[PluginAsset]:
    """The objects of all plugins for a graph.

    Args:
        graph: the graph; the default graph if None.

    Raises:
        ValueError: a plugin has not one object.
    """
    graph = get_default_graph() if graph is None else graph
    found = []
    for name in graph.get_collection(_PREFIX):
        asset = _found(graph, name)
        if asset is None:
            raise ValueError(f"Collection for {name} had 0 items, expected 1")
        found.append(asset)
    return found


def _found(graph: Any, name: str) -> Any:
    container = graph.get_collection(_PREFIX + name)
    if len(container) > 1:
        raise ValueError(f"Collection for {_PREFIX + name} had {len(container)} items, expected 1")
    return container[0] if container else None
