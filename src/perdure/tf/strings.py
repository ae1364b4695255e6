"""tf.strings: strings, one by one and put together."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.strings.hashing": (
            "to_hash_bucket=string_to_hash_bucket to_hash_bucket_fast=string_to_hash_bucket_fast "
            "to_hash_bucket_strong=string_to_hash_bucket_strong"
        ),
        "functional.strings.joining": "join=string_join reduce_join unsorted_segment_join",
        "functional.strings.numerals": "as_string to_number=string_to_number",
        "functional.strings.pieces": (
            "length=string_length lower=string_lower split=string_split_v2 strip=string_strip substr "
            "upper=string_upper"
        ),
        "functional.strings.printing": "format=string_format",
        "functional.strings.regex": "regex_full_match regex_replace",
        "functional.strings.unicode": "unicode_script unicode_transcode",
    },
)
