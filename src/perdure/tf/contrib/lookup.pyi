# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.lookup".

from perdure.contrib.lookup.tables import HashTable as HashTable
from perdure.contrib.lookup.tables import index_table_from_tensor as index_table_from_tensor
from perdure.contrib.lookup.tables import index_to_string as index_to_string
from perdure.contrib.lookup.tables import index_to_string_table_from_tensor as index_to_string_table_from_tensor
from perdure.contrib.lookup.tables import string_to_index as string_to_index
from perdure.contrib.lookup.tables import string_to_index_table_from_file as string_to_index_table_from_file
from perdure.contrib.lookup.tables import string_to_index_table_from_tensor as string_to_index_table_from_tensor
from perdure.lookup.initializers import KeyValueTensorInitializer as KeyValueTensorInitializer
from perdure.lookup.initializers import TableInitializerBase as TableInitializerBase
from perdure.lookup.initializers import TextFileIdTableInitializer as TextFileIdTableInitializer
from perdure.lookup.initializers import TextFileIndex as TextFileIndex
from perdure.lookup.initializers import TextFileInitializer as TextFileInitializer
from perdure.lookup.initializers import TextFileStringTableInitializer as TextFileStringTableInitializer
from perdure.lookup.interface import LookupInterface as LookupInterface
from perdure.lookup.mutable import MutableHashTable as MutableHashTable
from perdure.lookup.static import InitializableLookupTableBase as InitializableLookupTableBase
from perdure.lookup.vocabularies import FastHashSpec as FastHashSpec
from perdure.lookup.vocabularies import HasherSpec as HasherSpec
from perdure.lookup.vocabularies import IdTableWithHashBuckets as IdTableWithHashBuckets
from perdure.lookup.vocabularies import StrongHashSpec as StrongHashSpec
from perdure.lookup.vocabularies import index_table_from_file as index_table_from_file
from perdure.lookup.vocabularies import index_to_string_table_from_file as index_to_string_table_from_file
import perdure.lookup.mutable
MutableDenseHashTable = perdure.lookup.mutable.DenseHashTable
