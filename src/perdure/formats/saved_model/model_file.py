"""SavedModel messages as files.

| file | what it holds |
| --- | --- |
| `saved_model.pb` | a SavedModel message |
| `saved_model.pbtxt` | the same as text |
| `variables/variables.*` | a checkpoint, see `formats/bundle` |
| `assets/` | files that the graph reads, named by `asset_file_def` or by a collection |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from google.protobuf import message
from google.protobuf.any_pb2 import Any as AnyProto

from perdure.formats.protos import meta_graph_pb2, saved_model_pb2
from perdure.formats.text import ParseError, from_text

SavedModel = saved_model_pb2.SavedModel
AssetFileDef = meta_graph_pb2.AssetFileDef

_ASSET_URL = "type.googleapis.com/tensorflow.AssetFileDef"


def model_from_bytes(data: bytes, path: Any) -> SavedModel:
    """The SavedModel in the bytes of a `saved_model.pb`.

    Args:
        data: the content of the file.
        path: its name, for the error.

    Raises:
        OSError: it is no SavedModel.
    """
    model = SavedModel()
    try:
        model.ParseFromString(data)
    except message.DecodeError as error:
        raise OSError(f"Cannot parse file {path}: {_named(error)}.") from error
    return model


def model_from_text(text: bytes, path: Any) -> SavedModel:
    """The SavedModel in the text of a `saved_model.pbtxt`; see `model_from_bytes`."""
    try:
        return from_text(text.decode("utf-8"), SavedModel())
    except (ParseError, UnicodeDecodeError, RecursionError) as error:
        raise OSError(f"Cannot parse file {path}: {_named(error)}.") from error


def _named(error: Exception) -> str:
    """What a parser says, with the names that TensorFlow's messages have."""
    return str(error).replace("perdure.", "tensorflow.")


def packed(asset: AssetFileDef) -> AnyProto:
    """An asset as it stands in the collection of assets."""
    return AnyProto(type_url=_ASSET_URL, value=asset.SerializeToString())


def unpacked(assets: Iterable[AnyProto]) -> list[AssetFileDef]:
    """The assets that stand in a collection, without what is something else.

    Raises:
        OSError: one is damaged.
    """
    try:
        return [AssetFileDef.FromString(asset.value) for asset in assets if asset.type_url == _ASSET_URL]
    except message.DecodeError as error:
        raise OSError(f"Cannot parse an asset: {error}.") from error
