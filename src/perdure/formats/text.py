"""Messages as text: TensorFlow's `checkpoint` files, and graphs a person reads."""

from __future__ import annotations

from typing import Any, TypeVar

from google.protobuf import message, text_format

Message = TypeVar("Message")

# What `from_text` raises for what is no such text.
ParseError = text_format.ParseError
# What parsing bytes raises for what is no such message.
DecodeError = message.DecodeError


def to_text(message: Any) -> str:
    """A message as text, one field a line; what is no ASCII is escaped.

    Args:
        message: the message.
    """
    return text_format.MessageToString(message, as_utf8=False)


def from_text(text: str | bytes, message: Message) -> Message:
    """Read a message from text.

    Args:
        text: the text.
        message: a message; fields in the text are set in it.

    Returns:
        That message.

    Raises:
        ParseError: it is no text of such a message, or nested too deeply.
    """
    try:
        return text_format.Merge(text, message)  # type: ignore[return-value, type-var]
    except UnicodeDecodeError as error:
        raise ParseError(str(error)) from None
    except RecursionError:
        raise ParseError("Message too deep.") from None
