"""Bundles: what was saved is restored, in whatever parts, and damage has a name."""

import numpy as np
import pytest

from perdure.filesystem.files import Files
from perdure.formats.bundle import index, values
from perdure.formats.bundle.merging import merge_bundles
from perdure.formats.bundle.reader import Bundle
from perdure.formats.bundle.writer import write_bundle
from perdure.formats.slices.saved import Saved
from perdure.formats.slices.tensor_slice import parse_shape_and_slice
from perdure.formats.table.reader import Table
from perdure.graph.dtypes import as_dtype
from perdure.graph.errors import (
    DataLossError,
    InternalError,
    InvalidArgumentError,
    NotFoundError,
    UnimplementedError,
)

FILES = Files()
TYPES = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool "
    "complex64 complex128 qint8 quint8 qint16 quint16 qint32"
).split()


def saved(name, array, spec="", dtype=None) -> Saved:
    """A tensor as SaveV2 is told of it."""
    array = np.asarray(array)
    dtype = as_dtype(dtype or ("string" if array.dtype == object else array.dtype))
    if not spec:
        return Saved(name, dtype, array, array.shape)
    shape, part, _ = parse_shape_and_slice(spec)
    return Saved(name, dtype, array, shape, part)


def save(prefix, *tensors, **options):
    """Write a bundle."""
    write_bundle(FILES, str(prefix), tensors, **options)


def values_of(name, count=6):
    """Some values of a type."""
    dtype = np.dtype(as_dtype(name).as_numpy_dtype)
    plain = dtype[0] if dtype.names else dtype
    return np.arange(count).astype(plain).view(dtype).reshape(2, -1)


@pytest.mark.parametrize("name", TYPES)
def test_every_type_comes_back(tmp_path, name):
    array = values_of(name)
    save(tmp_path / "c", saved(b"x", array, dtype=name), saved(b"y", array[:0], dtype=name))
    bundle = Bundle(FILES, str(tmp_path / "c"))
    assert bundle.type_and_shape(b"x") == (as_dtype(name), (2, 3))
    for key, expected in ((b"x", array), (b"y", array[:0])):
        found = bundle.read(key)
        assert found.dtype == array.dtype and found.shape == expected.shape
        assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "array",
    [
        np.float32(2.5),
        np.zeros([0, 3], np.float32),
        np.arange(24.0).reshape(2, 3, 4).transpose(2, 0, 1),
        np.arange(40.0)[::-2],
        np.broadcast_to(np.float32(3), [3, 1 << 20]),
        np.array([b"a\0b", b"", "\N{GREEK SMALL LETTER PI}".encode(), b"x" * 300, b"\0"], object),
        np.array(b"alone", object),
        np.zeros([0], object),
        np.array([b"y" * (3 << 20)] * 3, object),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
def test_every_shape_and_order_comes_back(tmp_path, array):
    save(tmp_path / "c", saved(b"before", np.ones(3)), saved(b"x", array), saved(b"behind", np.ones(2)))
    bundle = Bundle(FILES, str(tmp_path / "c"))
    np.testing.assert_array_equal(bundle.read(b"x"), array)
    np.testing.assert_array_equal(bundle.read(b"behind"), np.ones(2))


WHOLE = np.arange(60, dtype=np.float32).reshape(5, 3, 4)
SPECS = ["-:-:-", "0,5:0,3:0,4", "1,3:-:-", "0,1:2,1:3,1", "-:1,2:-", "2,3:0,2:1,2"]
STORED = {
    "whole": ["-:-:-"],
    "rows": ["0,2:-:-", "2,3:-:-"],
    "columns": ["-:0,1:-", "-:1,2:-"],
    "blocks": ["0,2:0,3:0,4", "2,3:0,1:-", "2,3:1,2:0,2", "2,3:1,2:2,2"],
}


@pytest.mark.parametrize("kind", [np.float32, object])
@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("wanted", SPECS)
def test_any_part_is_read_from_any_parts(tmp_path, stored, wanted, kind):
    whole = WHOLE.astype("S").astype(object) if kind is object else WHOLE
    parts = []
    for text in STORED[stored]:
        shape, part, _ = parse_shape_and_slice(f"5 3 4 {text}")
        place = tuple(slice(*bounds) for bounds in part.bounds_in(shape))
        parts.append(saved(b"w", whole[place], f"5 3 4 {text}"))
    save(tmp_path / "c", *parts)
    bundle = Bundle(FILES, str(tmp_path / "c"))
    shape, part, _ = parse_shape_and_slice(f"5 3 4 {wanted}")
    place = tuple(slice(*bounds) for bounds in part.bounds_in(shape))
    np.testing.assert_array_equal(bundle.read(b"w", part), whole[place])
    np.testing.assert_array_equal(bundle.read(b"w"), whole)
    assert [name for name, _, _ in bundle.tensors()] == [b"w"]


def test_large_parts_are_read_in_pieces(tmp_path):
    whole = np.random.RandomState(1).rand(3000, 700)
    save(
        tmp_path / "c",
        saved(b"w", whole[:, :300], "3000 700 -:0,300"),
        saved(b"w", whole[:, 300:], "3000 700 -:300,400"),
    )
    bundle = Bundle(FILES, str(tmp_path / "c"))
    np.testing.assert_array_equal(bundle.read(b"w"), whole)
    _, part, _ = parse_shape_and_slice("3000 700 1000,900:100,500")
    np.testing.assert_array_equal(bundle.read(b"w", part), whole[1000:1900, 100:600])


def test_what_is_not_stored_is_not_made_up(tmp_path):
    save(tmp_path / "c", saved(b"w", np.ones(2), "5 0,2"), saved(b"w", np.ones(2), "5 3,2"))
    bundle = Bundle(FILES, str(tmp_path / "c"))
    with pytest.raises(InvalidArgumentError, match="Does not have sufficient slices .* in slice_spec: -"):
        bundle.read(b"w")
    save(tmp_path / "c", saved(b"w", np.ones(2), "3 0,2"), saved(b"w", np.ones(2), "3 1,2"))
    with pytest.raises(InternalError, match="Overlapping slices: existing slice = 0,2, new slice = 1,2"):
        Bundle(FILES, str(tmp_path / "c")).read(b"w")


def test_offsets_are_aligned(tmp_path):
    save(tmp_path / "c", saved(b"a", np.ones(3, np.int8)), saved(b"b", np.ones(2)), alignment=64)
    bundle = Bundle(FILES, str(tmp_path / "c"))
    data = (tmp_path / "c.data-00000-of-00001").read_bytes()
    assert data[:64] == b"\1" * 3 + bytes(61) and data[64:80] == np.ones(2).tobytes()
    np.testing.assert_array_equal(bundle.read(b"b"), np.ones(2))


@pytest.mark.parametrize(
    "tensors",
    [
        [saved(b"a", np.ones(1)), saved(b"a", np.ones(1))],
        [saved(b"a", np.ones(1), "2 0,1"), saved(b"a", np.ones(1), "2 0,1")],
        [saved(b"a", np.ones(2)), saved(b"a", np.ones(1), "2 0,1")],
        [saved(b"a", np.ones(1), "2 0,1"), saved(b"a", np.ones(1), "3 1,1")],
        [saved(b"", np.ones(1))],
    ],
)
def test_what_contradicts_itself_is_not_written(tmp_path, tensors):
    with pytest.raises(InvalidArgumentError, match="a|key"):
        save(tmp_path / "c", *tensors)
    assert not list(tmp_path.iterdir())


def test_variants_are_refused_by_name(tmp_path):
    with pytest.raises(UnimplementedError, match="variant .*: v"):
        save(tmp_path / "c", saved(b"v", np.array(None), dtype="variant"))


def flipped(data, place):
    """Data with another bit."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda data: data[:-1],
            "Read less bytes than requested: .*data-00000-of-00001 ends before all of s",
        ),
        (lambda data: flipped(data, 25), "The length checksum does not match"),
        (lambda data: flipped(data, 28), "The length checksum does not match"),
        (
            lambda data: flipped(data, len(data) - 1),
            "Checksum does not match: .*: s in .*data-00000-of-00001",
        ),
    ],
)
def test_damaged_data_is_noticed(tmp_path, change, message):
    save(tmp_path / "c", saved(b"a", np.ones(3)), saved(b"s", np.array([b"x", b"yy"], object)))
    data = tmp_path / "c.data-00000-of-00001"
    data.write_bytes(change(data.read_bytes()))
    bundle = Bundle(FILES, str(tmp_path / "c"))
    np.testing.assert_array_equal(bundle.read(b"a"), np.ones(3))
    with pytest.raises(DataLossError, match=message):
        bundle.read(b"s")
    data.unlink()
    with pytest.raises(NotFoundError, match="c.data-00000-of-00001; No such file"):
        Bundle(FILES, str(tmp_path / "c")).read(b"a")


def test_merging(tmp_path):
    save(tmp_path / "1", saved(b"w", np.ones([2, 3]), "4 3 0,2:-"), saved(b"a", np.ones(1)))
    save(tmp_path / "2", saved(b"w", np.zeros([2, 3]), "4 3 2,2:-"), saved(b"b", np.ones(2)))
    prefixes = [str(tmp_path / "1"), str(tmp_path / "2")]
    merge_bundles(FILES, prefixes, str(tmp_path / "m"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "m.data-00000-of-00002",
        "m.data-00001-of-00002",
        "m.index",
    ]
    bundle = Bundle(FILES, str(tmp_path / "m"))
    assert bundle.read(b"w").sum() == 6 and bundle.read(b"b").sum() == 2
    save(tmp_path / "1", saved(b"a", np.ones(1)))
    save(tmp_path / "2", saved(b"a", np.ones(1)))
    with pytest.raises(
        InvalidArgumentError, match="Duplicate tensor keyed by a encountered, when merging prefix"
    ):
        merge_bundles(FILES, prefixes, str(tmp_path / "m"))
    np.testing.assert_array_equal(Bundle(FILES, str(tmp_path / "m")).read(b"b"), np.ones(2))


def test_bundles_are_replaced(tmp_path):
    """By ones of as many and of other numbers of files, and nothing is left of the old ones."""
    for round_ in range(3):
        save(tmp_path / "c", saved(b"a", np.full(3, round_)))
        assert Bundle(FILES, str(tmp_path / "c")).read(b"a").tolist() == [round_] * 3
        assert len(list(tmp_path.iterdir())) == 2
        for name in "12":
            save(tmp_path / name, saved(name.encode(), np.full(2, round_)))
        merge_bundles(FILES, [str(tmp_path / "1"), str(tmp_path / "2")], str(tmp_path / "c"))
        assert Bundle(FILES, str(tmp_path / "c")).read(b"2").tolist() == [round_] * 2
        assert len(list(tmp_path.iterdir())) == 3
    (tmp_path / "c.index").write_bytes(b"damaged")
    save(tmp_path / "c", saved(b"a", np.ones(1)))
    assert Bundle(FILES, str(tmp_path / "c")).read(b"a").tolist() == [1]


def test_large_tensors_are_read_at_once(tmp_path):
    """By two threads, in any order; damage of one is noticed."""
    arrays = {b"%d" % i: np.random.RandomState(i).rand(150_000 + i) for i in range(5)}
    save(tmp_path / "c", *(saved(name, array) for name, array in arrays.items()), saved(b"s", np.ones(3)))
    bundle = Bundle(FILES, str(tmp_path / "c"))
    names = [b"3", b"s", b"0", b"4", b"1", b"3", b"2"]
    for name, found in zip(names, bundle.read_all([(name, None) for name in names]), strict=True):
        np.testing.assert_array_equal(found, arrays.get(name, np.ones(3)))
    data = tmp_path / "c.data-00000-of-00001"
    data.write_bytes(flipped(data.read_bytes(), 3_000_000))
    with pytest.raises(DataLossError, match="Checksum does not match.*: 2 in"):
        Bundle(FILES, str(tmp_path / "c")).read_all([(name, None) for name in names])


@pytest.mark.parametrize("name", TYPES)
def test_the_other_byte_order_is_read(tmp_path, name):
    """As TensorFlow 1.15.5 reads what another machine wrote: checksums are of the bytes in the file."""
    array = values_of(name)
    size = array.itemsize // (2 if array.dtype.kind == "c" else 1)
    swapped = array.view(f"u{size}").byteswap().view(array.dtype)
    parts = [saved(b"w", swapped[:1], "2 3 0,1:-", name), saved(b"w", swapped[1:], "2 3 1,1:-", name)]
    save(tmp_path / "c", saved(b"x", swapped, dtype=name), *parts)
    in_other_order(tmp_path / "c.index")
    bundle = Bundle(FILES, str(tmp_path / "c"))
    _, part, _ = parse_shape_and_slice("2 3 -:1,2")
    assert bundle.read(b"x").tobytes() == bundle.read(b"w").tobytes() == array.tobytes()
    assert bundle.read(b"w", part).tobytes() == array[:, 1:].tobytes()


def test_strings_of_the_other_byte_order_are_read(tmp_path, monkeypatch):
    strings = np.array([b"x", b"yz", b""], object)
    with monkeypatch.context() as other:
        order = {"<": ">", ">": "<"}[values._OWN_ORDER]
        other.setattr(values, "_OWN_ORDER", order)
        other.setattr(values._checked_lengths, "__defaults__", (order,))
        save(tmp_path / "c", saved(b"s", strings))
    with pytest.raises(DataLossError, match="The length checksum does not match"):
        Bundle(FILES, str(tmp_path / "c")).read(b"s")
    in_other_order(tmp_path / "c.index")
    np.testing.assert_array_equal(Bundle(FILES, str(tmp_path / "c")).read(b"s"), strings)


def in_other_order(path):
    """Say in an index that a machine with the other byte order wrote the bundle."""
    data = path.read_bytes()
    entries = dict(Table(lambda offset, size: data[offset : offset + size], len(data)))
    header = index.Header.FromString(bytes(entries.pop(b"")))
    header.endianness = 1 - header.endianness
    with open(path, "wb") as file:
        index.write_index(file.write, header, [(key, bytes(value)) for key, value in entries.items()])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda version: setattr(version, "min_consumer", 5),
            "min consumer version 5 above current version 1",
        ),
        (lambda version: version.bad_consumers.append(1), "Checkpoint disallows consumer version 1.  Please"),
        (
            lambda version: setattr(version, "producer", -1),
            "producer version -1 below min producer 0",
        ),
    ],
)
def test_other_versions_are_refused(tmp_path, change, message):
    header = index.new_header(1)
    change(header.version)
    with open(tmp_path / "c.index", "wb") as file:
        index.write_index(file.write, header, [])
    with pytest.raises(InvalidArgumentError, match=message):
        Bundle(FILES, str(tmp_path / "c"))


def test_other_file_systems(tmp_path):
    """Bundles in memory are replaced as those on the disk are."""
    FILES.make_directories("memory://bundles")
    try:
        for value in range(3):
            save("memory://bundles/c", saved(b"a", np.full(3, value)))
            assert Bundle(FILES, "memory://bundles/c").read(b"a").tolist() == [value] * 3
            assert FILES.list_directory("memory://bundles") == ["c.data-00000-of-00001", "c.index"]
    finally:
        FILES.remove_tree("memory://bundles")
