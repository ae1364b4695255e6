"""Assets: files that a graph reads, which travel with the model."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from perdure.filesystem.files import FILES
from perdure.filesystem.functions import filecmp
from perdure.formats import messages
from perdure.formats.saved_model.model_file import packed, unpacked
from perdure.graph import dtypes
from perdure.graph.errors import InvalidArgumentError
from perdure.graph.scopes import prepend_name_scope
from perdure.graph.tensor import Tensor
from perdure.platform import logging
from perdure.platform.text import as_bytes, as_text
from perdure.saved_model import constants
from perdure.saved_model.folders import get_assets_dir, get_or_create_assets_dir

# The files of a model by the names that they get in its folder.
Assets = dict[str, str]


def named_assets(tensors: Iterable[Any] | None) -> tuple[Assets, list[Any]]:
    """Give each asset a name in the folder of assets.

    Args:
        tensors: constants that hold the paths of the files.

    Returns:
        The files by their new names, and an AssetFileDef message for each tensor.

    Raises:
        TypeError: something is not a constant with one string.
        ValueError: a path is empty.
    """
    files: Assets = {}
    assets: list[Any] = []
    for tensor in tensors or ():
        path = _path_in(tensor)
        if not path:
            raise ValueError(f"Invalid asset filepath tensor {tensor}")
        name = _name_for(path, files)
        files[name] = path
        asset = messages.AssetFileDef(filename=name)
        asset.tensor_info.name = tensor.name
        assets.append(asset)
    logging.info("No assets to save." if tensors is None else "Assets added to graph.")
    return files, assets


def collected(assets: Iterable[Any]) -> list[Any]:
    """Assets as the collection `saved_model_assets` has them."""
    return [packed(asset) for asset in assets]


def copy_assets(files: Mapping[str, str], export_dir: Any) -> None:
    """Copy the files of a model into its folder; what is there already stays as it is.

    Args:
        files: the files by the names that they get.
        export_dir: the folder of the model.
    """
    if not files:
        logging.info("No assets to write.")
        return
    folder = get_or_create_assets_dir(export_dir)
    for name, path in files.items():
        target = os.path.join(folder, name)
        if not FILES.exists(target):
            FILES.copy(path, target)
    logging.info("Assets written to: %s", folder)


def get_asset_tensors(
    export_dir: Any, meta_graph_def: Any, import_scope: str | None = None
) -> dict[str, bytes]:
    """Where the assets of a model lie now, by the tensors that hold their paths.

    Args:
        export_dir: the folder of the model.
        meta_graph_def: the loaded graph.
        import_scope: the scope that it was imported under.

    Raises:
        InvalidArgumentError: the model asks for a file outside of its folder of assets.
    """
    assets = meta_graph_def.asset_file_def
    if not assets and constants.ASSETS_KEY in meta_graph_def.collection_def:
        assets = unpacked(meta_graph_def.collection_def[constants.ASSETS_KEY].any_list.value)
    folder = get_assets_dir(export_dir)
    found = {}
    for asset in assets:
        path = os.path.join(folder, asset.filename)
        if not os.path.abspath(path).startswith(os.path.abspath(folder) + os.sep):
            raise InvalidArgumentError(
                None, None, f"the model in {as_text(export_dir)} has an asset outside of its folder: {path}"
            )
        found[prepend_name_scope(asset.tensor_info.name, import_scope)] = as_bytes(path)
    return found


def _path_in(tensor: Any) -> str:
    if not isinstance(tensor, Tensor):
        raise TypeError("Asset path tensor must be a Tensor.")
    if tensor.op.type != "Const":
        raise TypeError("Asset path tensor must be of type constant.")
    if tensor.dtype != dtypes.string:
        raise TypeError("Asset path tensor must be of dtype string.")
    values = tensor.op.attrs["value"]
    if values.size != 1:
        raise TypeError("Asset path tensor must be a scalar.")
    return as_text(values.reshape(-1)[0])


def _name_for(path: str, files: Assets) -> str:
    """The file's own name, numbered if another file has it."""
    name = own = os.path.basename(path)
    if own not in files or files[own] == path or filecmp(path, files[own]):
        return own
    number = 1
    while name in files:
        name, number = f"{own}_{number}", number + 1
    return name
