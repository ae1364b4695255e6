"""Messages as text, as protocol buffers print them, and text as messages."""

from typing import Any, TypeVar

from google.protobuf import text_format

Message = TypeVar("Message")

ParseError = text_format.ParseError


def message_to_text(message: Any) -> str:
    """A message as text, a field a line."""
    return text_format.MessageToString(message)


def merge_text(text: str | bytes, message: Message) -> Message:
    """Fill a message from text.

    Raises:
        ParseError: it is not the text of such a message, or is nested too deeply.
    """
    try:
        return text_format.Merge(text, message)
    except UnicodeDecodeError as error:
        raise ParseError(str(error)) from None
    except RecursionError:
        raise ParseError("Message too deep.") from None
