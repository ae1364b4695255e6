"""Messages as text."""

import pytest

from perdure.formats.messages import CheckpointState
from perdure.formats.text import ParseError, from_text, to_text


def test_text_is_read_as_what_was_written():
    """Also with quotes and letters that are no ASCII, which are escaped."""
    state = CheckpointState(model_checkpoint_path='é "x"', all_model_checkpoint_timestamps=[0.1])
    text = to_text(state)
    assert text == ('model_checkpoint_path: "\\303\\251 \\"x\\""\nall_model_checkpoint_timestamps: 0.1\n')
    assert from_text(text, CheckpointState()) == state


@pytest.mark.parametrize("text", ["x", "model_checkpoint_path: 1", 'model_checkpoint_path: "a', "unknown: 1"])
def test_other_text_is_refused(text):
    """Text that is none of such a message raises ParseError."""
    with pytest.raises(ParseError):
        from_text(text, CheckpointState())
