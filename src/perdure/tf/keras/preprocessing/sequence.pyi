# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.preprocessing.sequence".

from perdure.keras.preprocessing.sequence import TimeseriesGenerator as TimeseriesGenerator
from perdure.keras.preprocessing.sequence import make_sampling_table as make_sampling_table
from perdure.keras.preprocessing.sequence import pad_sequences as pad_sequences
from perdure.keras.preprocessing.sequence import skipgrams as skipgrams
