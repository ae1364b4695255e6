# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.preprocessing.image".

from perdure.keras.preprocessing.image import DirectoryIterator as DirectoryIterator
from perdure.keras.preprocessing.image import ImageDataGenerator as ImageDataGenerator
from perdure.keras.preprocessing.image import Iterator as Iterator
from perdure.keras.preprocessing.image import NumpyArrayIterator as NumpyArrayIterator
from perdure.keras.preprocessing.image import apply_affine_transform as apply_affine_transform
from perdure.keras.preprocessing.image import apply_brightness_shift as apply_brightness_shift
from perdure.keras.preprocessing.image import apply_channel_shift as apply_channel_shift
from perdure.keras.preprocessing.image import array_to_img as array_to_img
from perdure.keras.preprocessing.image import img_to_array as img_to_array
from perdure.keras.preprocessing.image import load_img as load_img
from perdure.keras.preprocessing.image import random_brightness as random_brightness
from perdure.keras.preprocessing.image import random_channel_shift as random_channel_shift
from perdure.keras.preprocessing.image import random_rotation as random_rotation
from perdure.keras.preprocessing.image import random_shear as random_shear
from perdure.keras.preprocessing.image import random_shift as random_shift
from perdure.keras.preprocessing.image import random_zoom as random_zoom
from perdure.keras.preprocessing.image import save_img as save_img
