"""Hashes of strings: numbers of TensorFlow 1.15.5, modulo 2**62, for every way that lengths are treated."""

import numpy as np
import pytest

from perdure.formats.fingerprints import concatenated, fingerprint64, hash64, siphash

STRINGS = [b"", b"a", b"abc", b"abcd", b"12345678", b"123456789012", b"x" * 16, b"y" * 17, b"z" * 32]
STRINGS += [b"q" * 33, b"r" * 64, b"st" * 33, bytes(range(256)) * 3]

# string_to_hash_bucket, string_to_hash_bucket_fast, string_to_hash_bucket_strong with [123, 2**62 + 1]
KNOWN = {
    hash64: [
        *(105434511174508091, 2996632905371535868, 1046625677629754806, 404301170780174469),
        *(421129128932463287, 1970991925986612476, 1260831952859287914, 1430365920931554667),
        *(2914652872965080022, 173641424761775394, 2020540515508264473, 440889375017646388),
        3554246068788479650,
    ],
    fingerprint64: [
        *(1936946117179621455, 3694432073954588131, 2640714258260161385, 1897425971756105985),
        *(3430003927990384362, 2397720625360641619, 3320895591121647644, 426471879119003573),
        *(917556916822743649, 337133943010535267, 2541438898951119077, 3239841303930292386),
        2092031361577642528,
    ],
    siphash: [
        *(2225382153055077445, 1715349755163291171, 2310976912636112704, 2769099128467635291),
        *(2085804842831848084, 1054178132274772114, 1169335205937664082, 4150623429021446640),
        *(2944900591581694307, 3653335971999413229, 3781798034210188426, 1007852214100673392),
        4377159500808956516,
    ],
}


@pytest.mark.parametrize("function", KNOWN, ids=lambda function: function.__name__)
def test_hashes_are_tensorflows(function):
    """All lengths at once, and one string alone."""
    key = [(123, 2**62 + 1)] if function is siphash else []
    assert (function(STRINGS, *key) % np.uint64(2**62)).tolist() == KNOWN[function]
    for string, known in zip(STRINGS, KNOWN[function], strict=True):
        assert function([string], *key)[0] % 2**62 == known


def test_no_strings_have_no_hashes():
    """An empty tensor is hashed to one."""
    assert fingerprint64([]).shape == (0,) and fingerprint64([]).dtype == np.uint64


def test_fingerprints_of_pairs_depend_on_the_order():
    """FingerprintCat64, as TensorFlow's SparseCross says it of a key and the features 1 and 5."""
    key, one, five = ([np.array([number], np.uint64)] for number in (0xDECAFCAFFE, 1, 5))
    crossed = concatenated(concatenated(*key, *one), *five)
    assert crossed % (2**63 - 1) == 6135528351060340733
    assert crossed != concatenated(concatenated(*key, *five), *one)
