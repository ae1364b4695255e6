"""Texts as numbers: the package keras_preprocessing."""

from __future__ import annotations

from perdure.keras.preprocessing.package import preprocessing_module

_text = preprocessing_module("text")
text_to_word_sequence = _text.text_to_word_sequence
one_hot = _text.one_hot
hashing_trick = _text.hashing_trick
Tokenizer = _text.Tokenizer
