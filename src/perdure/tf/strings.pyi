# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.strings".

from perdure.functional.strings.joining import reduce_join as reduce_join
from perdure.functional.strings.joining import unsorted_segment_join as unsorted_segment_join
from perdure.functional.strings.numerals import as_string as as_string
from perdure.functional.strings.pieces import substr as substr
from perdure.functional.strings.regex import regex_full_match as regex_full_match
from perdure.functional.strings.regex import regex_replace as regex_replace
from perdure.functional.strings.unicode import unicode_script as unicode_script
from perdure.functional.strings.unicode import unicode_transcode as unicode_transcode
import perdure.functional.strings.hashing
import perdure.functional.strings.joining
import perdure.functional.strings.numerals
import perdure.functional.strings.pieces
import perdure.functional.strings.printing
format = perdure.functional.strings.printing.string_format
join = perdure.functional.strings.joining.string_join
length = perdure.functional.strings.pieces.string_length
lower = perdure.functional.strings.pieces.string_lower
split = perdure.functional.strings.pieces.string_split_v2
strip = perdure.functional.strings.pieces.string_strip
to_hash_bucket = perdure.functional.strings.hashing.string_to_hash_bucket
to_hash_bucket_fast = perdure.functional.strings.hashing.string_to_hash_bucket_fast
to_hash_bucket_strong = perdure.functional.strings.hashing.string_to_hash_bucket_strong
to_number = perdure.functional.strings.numerals.string_to_number
upper = perdure.functional.strings.pieces.string_upper
