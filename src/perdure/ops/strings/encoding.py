"""EncodeBase64, DecodeBase64: the alphabet for addresses of the web, with or without padding (RFC 4648)."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

from perdure.ops.checks import invalid
from perdure.ops.registry import op
from perdure.ops.strings.elements import of_each

_ALPHABET = re.compile(rb"[A-Za-z0-9_-]*")


def _same_shape(input):
    return input


encode_base64 = op("EncodeBase64", host=True)
encode_base64.shape(_same_shape)
encode_base64.not_differentiable("it makes strings")


@encode_base64.kernel
def encode_base64_kernel(xp, input, *, pad):
    return of_each(
        input, lambda text: urlsafe_b64encode(text) if pad else urlsafe_b64encode(text).rstrip(b"=")
    )


decode_base64 = op("DecodeBase64", host=True)
decode_base64.shape(_same_shape)
decode_base64.not_differentiable("it makes strings")


@decode_base64.kernel
def decode_base64_kernel(xp, input):
    return of_each(input, _decoded)


def _decoded(text):
    # Padding counts only where it fills up the last four characters, and is one or two of them.
    for padding in (b"==", b"="):
        if len(text) % 4 == 0 and text.endswith(padding):
            text = text.removesuffix(padding)
            break
    if not _ALPHABET.fullmatch(text):
        raise invalid("Invalid character found in base64.")
    if len(text) % 4 == 1:
        raise invalid("Base64 string length cannot be 1 modulo 4.")
    try:
        return urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise invalid(f"Invalid base64: {error}") from None
