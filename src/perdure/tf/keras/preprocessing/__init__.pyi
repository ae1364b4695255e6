# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.preprocessing".

from perdure.tf.keras.preprocessing import image as image
from perdure.tf.keras.preprocessing import sequence as sequence
from perdure.tf.keras.preprocessing import text as text
