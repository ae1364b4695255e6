# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.datasets.imdb".

from perdure.keras.datasets.imdb import get_word_index as get_word_index
from perdure.keras.datasets.imdb import load_data as load_data
