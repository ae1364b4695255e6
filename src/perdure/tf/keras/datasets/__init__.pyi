# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.keras.datasets".

from perdure.tf.keras.datasets import boston_housing as boston_housing
from perdure.tf.keras.datasets import cifar10 as cifar10
from perdure.tf.keras.datasets import cifar100 as cifar100
from perdure.tf.keras.datasets import fashion_mnist as fashion_mnist
from perdure.tf.keras.datasets import imdb as imdb
from perdure.tf.keras.datasets import mnist as mnist
from perdure.tf.keras.datasets import reuters as reuters
