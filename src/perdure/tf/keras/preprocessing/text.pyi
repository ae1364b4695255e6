# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.preprocessing.text".

from perdure.keras.preprocessing.text import Tokenizer as Tokenizer
from perdure.keras.preprocessing.text import hashing_trick as hashing_trick
from perdure.keras.preprocessing.text import one_hot as one_hot
from perdure.keras.preprocessing.text import text_to_word_sequence as text_to_word_sequence
