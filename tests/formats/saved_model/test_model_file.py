"""The message of a SavedModel: bytes and text, what is none, and assets in a collection."""

import pytest

from perdure.formats import messages
from perdure.formats.saved_model.model_file import (
    AssetFileDef,
    SavedModel,
    model_from_bytes,
    model_from_text,
    packed,
    unpacked,
)


def model():
    made = SavedModel(saved_model_schema_version=1)
    made.meta_graphs.add().meta_info_def.tags.append("serve")
    return made


def test_bytes_and_text():
    assert model_from_bytes(model().SerializeToString(), "m") == model()
    assert model_from_text(str(model()).encode(), "m") == model()


@pytest.mark.parametrize("content", [b"\xff\xff", b"\x0a\x7f", b"\x12" * 1000])
def test_other_bytes_are_refused(content):
    with pytest.raises(OSError, match="Cannot parse file m"):
        model_from_bytes(content, "m")


@pytest.mark.parametrize("content", [b"odd", b"\xff", b"meta_graphs {" * 2000])
def test_other_text_is_refused(content):
    with pytest.raises(OSError, match="Cannot parse file m"):
        model_from_text(content, "m")


def test_messages_nested_too_deeply_are_refused():
    """A list of functions may hold attributes that hold functions, and so on."""
    value = messages.AttrValue()
    inner = value
    for _ in range(500):
        inner = inner.func.attr["a"]
    made = model()
    made.meta_graphs[0].graph_def.node.add(name="x").attr["f"].CopyFrom(value)
    with pytest.raises(OSError, match="Cannot parse"):
        model_from_bytes(made.SerializeToString(), "m")


def test_assets_in_a_collection():
    assets = [AssetFileDef(filename="a"), AssetFileDef(filename="b")]
    assert unpacked([packed(asset) for asset in assets]) == assets
