"""Cases of the ops on strings: parts, regular expressions, numbers, hashes, encodings."""

import numpy as np

from tests.cases import Case


def text(*items):
    return np.array([item.encode() if isinstance(item, str) else item for item in items], object)


def one(item):
    return np.array(item.encode() if isinstance(item, str) else item, object)


INVALID = "InvalidArgumentError"
NUMBERS = np.array([1 / 3, 1e20, np.inf, -np.inf, np.nan, -0.0, -2.5], np.float32)
WORDS = text("h\u00e9llo w\u00f6rld", "\U0001f600ab", "abc")
MALFORMED = text(
    b"a\xffb\xc3\xa9\xe2\x82x",
    b"",
    b"\xf0\x9f\x98\x80",
    b"\xed\xa0\x80",
    b"\xc0\x80",
    b"\x01\x7f\n",
    b"\xf4\x90\x80\x80",
    b"\xe2\x82",
    b"\xef\xbf\xbd",
)
HASHED = text("", "a", "abc", "abcd", "12345678", "x" * 16, "y" * 17, "q" * 33, "r" * 64, "st" * 33)


def as_string():
    """Formats of each kind of number, and what does not go together."""
    options = [
        {},
        {"precision": 3},
        {"scientific": True, "width": 20, "fill": "0"},
        {"shortest": True, "precision": 10},
        {"width": 9, "fill": "+", "precision": 2},
        {"width": 9, "fill": "-"},
        {"width": 9, "fill": " "},
        {"precision": 0, "fill": "#"},
    ]
    for number, attrs in enumerate(options):
        yield Case("AsString", [NUMBERS], attrs, id=f"float_{number}")
        yield Case("AsString", [np.array([1 / 3 - 2j])], attrs, id=f"complex_{number}")
    for dtype in (np.int8, np.int32, np.int64):
        number = np.array([[1, -2], [100, 0]], dtype)
        yield Case("AsString", [number], id=f"plain_{dtype.__name__}")
        yield Case("AsString", [number], {"width": 5, "fill": "0"}, id=f"zeros_{dtype.__name__}")
    yield Case("AsString", [np.array([True, False])], {"width": 7}, id="bool")
    yield Case("AsString", [np.array(1.5)], id="scalar")
    for attrs in ({"precision": 3}, {"scientific": True}, {"fill": "ab"}, {"fill": "a"}):
        yield Case("AsString", [np.int32([1])], attrs, error=INVALID, id=f"refused_{attrs}")
    both = {"scientific": True, "shortest": True}
    yield Case("AsString", [NUMBERS], both, error=INVALID, id="scientific_and_shortest")


def to_number():
    """What is a number of each type, and what is none."""
    floats = ["1", " 1 ", "0x10", "1e3", "inf", "-INF", "+nan", "+3", "1e400", "\t2", "1.", ".5", " ", "-0x1"]
    for dtype in ("float32", "float64"):
        yield Case("StringToNumber", [text(*floats)], {"out_type": dtype}, id=f"floats_{dtype}")
    integers = ["-0", "00012", "-2147483648", " -5 ", "2147483647"]
    for dtype in ("int32", "int64"):
        yield Case("StringToNumber", [text(*integers)], {"out_type": dtype}, id=f"integers_{dtype}")
    refused = [
        *(
            ("float32", item)
            for item in ("", "1_0", "infinity", "1.5x", "0x1p3", "1d", "+ 1", "1e", ".", "0x")
        ),
        *(("int32", item) for item in ("", "+3", "1.", "1e3", "0x10", "2147483648", "- 1")),
        ("int64", "9223372036854775808"),
    ]
    for dtype, item in refused:
        attrs = {"out_type": dtype}
        yield Case("StringToNumber", [text(item)], attrs, error=INVALID, id=f"no_{dtype}_{item!r}")


def parts():
    """Lengths, substrings and cases of letters."""
    matrix = text("hello", "world", "abc", "def").reshape(2, 2)
    for unit in ("BYTE", "UTF8_CHAR"):
        yield Case("StringLength", [MALFORMED], {"unit": unit}, id=unit)
        attrs = {"unit": unit}
        yield Case("Substr", [WORDS, np.int32(1), np.int32(2)], attrs, id=f"scalars_{unit}")
        yield Case("Substr", [WORDS, np.int64(-2), np.int64(8)], attrs, id=f"from_the_end_{unit}")
        yield Case("Substr", [WORDS, np.int32([0, 1, 2]), np.int32([1, 2, 9])], attrs, id=f"vectors_{unit}")
        yield Case("Substr", [one("wo"), np.int32(4), np.int32(1)], attrs, error=INVALID, id=f"far_{unit}")
        yield Case(
            "Substr", [one("wo"), np.int32(-4), np.int32(1)], attrs, error=INVALID, id=f"before_{unit}"
        )
        yield Case("Substr", [matrix, np.int32([1, 2]), np.int32([3, 1])], attrs, id=f"rows_{unit}")
        outside = [matrix, np.int32([1, 4]), np.int32([3, 1])]
        yield Case("Substr", outside, attrs, error=INVALID, id=f"rows_far_{unit}")
    letters = text("H\u00c9 \u03a3\u0391\u03a3 \u0130", "\u00e9 \u00df \u0149", b"h\xffA")
    for op in ("StringLower", "StringUpper"):
        yield Case(op, [letters], id="ascii")
        yield Case(op, [letters], {"encoding": "utf-8"}, id="unicode")
        yield Case(op, [letters], {"encoding": "latin1"}, error=INVALID, id="unknown")
    yield Case("StringStrip", [text(" \t\n\v\f\ra b\0 ", "", " ")], id="blanks")


def split():
    """Both ways of splitting."""
    lines = text("a b  c", "", " d ")
    for skip in (True, False):
        attrs = {"skip_empty": skip}
        yield Case("StringSplit", [lines, one(" ")], attrs, id=f"blank_{skip}")
        yield Case("StringSplit", [text("a,b;;c", ",,"), one(",;")], attrs, id=f"set_{skip}")
        yield Case("StringSplit", [text("abc", "d e", ""), one("")], attrs, id=f"bytes_{skip}")
        yield Case("StringSplit", [text(), one(",")], attrs, id=f"nothing_{skip}")
    for maxsplit in (-1, 0, 1, 2):
        attrs = {"maxsplit": maxsplit}
        yield Case("StringSplitV2", [text("a b  c  d", "", " e "), one("")], attrs, id=f"blanks_{maxsplit}")
        yield Case("StringSplitV2", [text("1<>2<><>3", "", "<>"), one("<>")], attrs, id=f"word_{maxsplit}")
    yield Case("StringSplitV2", [text(), one("")], id="nothing")


def regular():
    """Matches and replacements, and patterns that are none."""
    lines = text("abc", "a\nc", "h\u00e9\u00e9", b"\xff", "")
    for pattern in ("abc", "a.c", ".*", "(?s).*", ".", "", "(?i)ABC|"):
        yield Case("StaticRegexFullMatch", [lines], {"pattern": pattern}, id=f"match_{pattern!r}")
        yield Case("RegexFullMatch", [lines, one(pattern)], id=f"match_{pattern!r}")
    # What RE2's own tests replace: empty matches, groups, characters of several bytes.
    replaced = [
        ("a|b", "x"),
        ("", "-"),
        ("b*", "bb"),
        ("a*", "(\\0)"),
        (r"(\w)(\w)", r"\2-\1-\0-\\"),
        (r"(a)|(b)", r"<\1|\2>"),
        (r"$", "!"),
        (r"\b", "|"),
        (r"(?:)", "_"),
    ]
    words = text("abc", "aabb", "bara, baz", "h\u00e9\u00e9", "", "aaaaa")
    for number, (pattern, rewrite) in enumerate(replaced):
        for everywhere in (True, False):
            attrs = {"replace_global": everywhere}
            inputs, where = [words, one(pattern), one(rewrite)], f"{number}_{everywhere}"
            yield Case("RegexReplace", inputs, attrs, id=f"replace_{where}")
            fixed = {"pattern": pattern, "rewrite": rewrite, **attrs}
            yield Case("StaticRegexReplace", [words], fixed, id=f"replace_{where}")
    for pattern in (r"(\w+", "a.c(", r"(ab)\1", "*"):
        yield Case("RegexFullMatch", [lines, one(pattern)], error=INVALID, id=f"bad_{pattern!r}")
        inputs = [lines, one(pattern), one("x")]
        yield Case("RegexReplace", inputs, error=INVALID, id=f"bad_{pattern!r}")


def encodings():
    """Base64 and Unicode."""
    data = text(b"\xff\xfe\xfd", "a", "ab", "")
    yield Case("EncodeBase64", [data], id="bare")
    yield Case("EncodeBase64", [data], {"pad": True}, id="padded")
    yield Case("DecodeBase64", [text("__79", "YQ", "YQ==", "", "YR")], id="both")
    for item in ("YQ=", "YQ===", "a", "+/79", "YW\nJ", "===="):
        yield Case("DecodeBase64", [text(item)], error=INVALID, id=f"no_{item!r}")
    for errors in ("replace", "ignore"):
        attrs = {"input_encoding": "UTF-8", "errors": errors}
        for output in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
            to = {**attrs, "output_encoding": output}
            yield Case("UnicodeTranscode", [MALFORMED], to, id=f"{errors}_{output}")
        for controls in (True, False):
            what = {**attrs, "replace_control_characters": controls, "replacement_char": 65}
            yield Case("UnicodeDecode", [MALFORMED], what, id=f"{errors}_{controls}")
            yield Case("UnicodeDecodeWithOffsets", [MALFORMED], what, id=f"{errors}_{controls}")
    strict = {"input_encoding": "UTF-8", "errors": "strict"}
    yield Case("UnicodeDecode", [MALFORMED], strict, error=INVALID, id="strict")
    yield Case("UnicodeDecode", [text("a\u00e9")], strict, id="strict_well_formed")
    utf16 = text(b"\xd8\x3d\xde\x00\x00a", b"\x00", b"\xd8\x3d\x00a", b"\xde\x00\x00a")
    yield Case("UnicodeDecodeWithOffsets", [utf16], {"input_encoding": "UTF-16-BE"}, id="utf16")
    utf32 = text(b"\x00\x01\xf6\x00\x00\x00\x00a", b"\x00\x11\x00\x00", b"\0\0\xd8\0")
    yield Case("UnicodeDecodeWithOffsets", [utf32], {"input_encoding": "UTF-32-BE"}, id="utf32")
    for encoding in ("latin1", "US-ASCII", "shift_jis"):
        data = text("\u3042a".encode("shift_jis") if encoding == "shift_jis" else b"\xe9a")
        yield Case("UnicodeDecodeWithOffsets", [data], {"input_encoding": encoding}, id=encoding)
    nowhere = {"input_encoding": "nope", "output_encoding": "UTF-8"}
    yield Case("UnicodeTranscode", [data], nowhere, error=INVALID, id="unknown")
    codes, splits = np.int32([0x61, 0xE9, 0x1F600, 0xD800, 0x110000, -1]), np.int64([0, 2, 2, 6])
    for errors in ("replace", "ignore"):
        for output in ("UTF-8", "UTF-16-BE", "UTF-32-BE"):
            attrs = {"output_encoding": output, "errors": errors}
            yield Case("UnicodeEncode", [codes, splits], attrs, id=f"{errors}_{output}")
    attrs = {"output_encoding": "UTF-8", "errors": "strict"}
    yield Case("UnicodeEncode", [codes, splits], attrs, error=INVALID, id="strict")
    some = np.int32([0x61, 0x3B1, 0x5D0, 0x41F, 0x3042, 0x4E00, 0x20, 0x1F600, -1, 0x110000])
    yield Case("UnicodeScript", [some], id="scripts")


def hashes():
    """Buckets and fingerprints."""
    for buckets in (1, 3, 2**62):
        attrs = {"num_buckets": buckets}
        yield Case("StringToHashBucket", [HASHED], attrs, id=f"{buckets}")
        yield Case("StringToHashBucketFast", [HASHED.reshape(5, 2)], attrs, id=f"{buckets}")
        yield Case("StringToHashBucketStrong", [HASHED], {**attrs, "key": [123, 2**62 + 1]}, id=f"{buckets}")
    one_word = {"num_buckets": 2, "key": [123]}
    yield Case("StringToHashBucketStrong", [HASHED], one_word, error=INVALID, id="key")
    method = one("farmhash64")
    for name, data in {
        "strings": HASHED,
        "rows_of_strings": HASHED.reshape(5, 2),
        "numbers": np.arange(12.0).reshape(2, 3, 2),
        "bytes": np.arange(6, dtype=np.uint8),
    }.items():
        yield Case("Fingerprint", [data, method], id=name)


def joined():
    """Strings of rows, segments and neighbours."""
    matrix = text("a", "b", "c", "d", "e", "f").reshape(2, 3)
    for axes in (0, 1, -1, [0, 1], [1, 0], []):
        for keep in (True, False):
            attrs = {"keep_dims": keep, "separator": "-"}
            yield Case("ReduceJoin", [matrix, np.array(axes, np.int32)], attrs, id=f"{axes}_{keep}")
    yield Case("ReduceJoin", [text().reshape(0, 2), np.int32(0)], id="no_rows")
    yield Case("ReduceJoin", [text().reshape(0, 2), np.int32(1)], id="empty")
    yield Case("ReduceJoin", [matrix, np.int32([0, -2])], error=INVALID, id="twice")
    attrs = {"separator": "-"}
    for name, ids in {"rows": [1, 0], "elements": [[1, 0, 0], [2, 2, 0]]}.items():
        yield Case("UnsortedSegmentJoin", [matrix, np.int32(ids), np.int32(4)], attrs, id=name)
    outside = [matrix, np.int32([5, 0]), np.int32(2)]
    yield Case("UnsortedSegmentJoin", outside, error=INVALID, id="outside")
    data, splits = text("a", "b", "c", "d", "e"), np.int64([0, 3, 4, 5])
    for widths in ([1], [2], [2, 3], [5]):
        for pad in (-1, 0, 1, 2):
            for keep in (True, False):
                attrs = {
                    "separator": "|",
                    "ngram_widths": widths,
                    "left_pad": "LP",
                    "right_pad": "RP",
                    "pad_width": pad,
                    "preserve_short_sequences": keep,
                }
                yield Case("StringNGrams", [data, splits], attrs, id=f"{widths}_{pad}_{keep}")


CASES = [
    *as_string(),
    *to_number(),
    *parts(),
    *split(),
    *regular(),
    *encodings(),
    *hashes(),
    *joined(),
]
