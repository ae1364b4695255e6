# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.lookup".

from perdure.lookup.initializers import KeyValueTensorInitializer as KeyValueTensorInitializer
from perdure.lookup.initializers import TextFileIndex as TextFileIndex
from perdure.lookup.initializers import TextFileInitializer as TextFileInitializer
from perdure.lookup.vocabularies import StaticVocabularyTable as StaticVocabularyTable
from perdure.tf.lookup import experimental as experimental
import perdure.lookup.static
StaticHashTable = perdure.lookup.static.StaticHashTableV1
