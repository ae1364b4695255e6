# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.image".

from typing import Any as _Any

from perdure.functional.array.space_to_batch import extract_image_patches as extract_image_patches
from perdure.functional.array.space_to_batch import extract_patches as extract_patches
from perdure.functional.image.boxes import crop_and_resize as crop_and_resize
from perdure.functional.image.boxes import draw_bounding_boxes as draw_bounding_boxes
from perdure.functional.image.boxes import extract_glimpse as extract_glimpse
from perdure.functional.image.boxes import sample_distorted_bounding_box as sample_distorted_bounding_box
from perdure.functional.image.colors import adjust_brightness as adjust_brightness
from perdure.functional.image.colors import adjust_contrast as adjust_contrast
from perdure.functional.image.colors import adjust_gamma as adjust_gamma
from perdure.functional.image.colors import adjust_hue as adjust_hue
from perdure.functional.image.colors import adjust_saturation as adjust_saturation
from perdure.functional.image.colors import convert_image_dtype as convert_image_dtype
from perdure.functional.image.colors import grayscale_to_rgb as grayscale_to_rgb
from perdure.functional.image.colors import per_image_standardization as per_image_standardization
from perdure.functional.image.colors import random_brightness as random_brightness
from perdure.functional.image.colors import random_contrast as random_contrast
from perdure.functional.image.colors import random_hue as random_hue
from perdure.functional.image.colors import random_saturation as random_saturation
from perdure.functional.image.colors import rgb_to_grayscale as rgb_to_grayscale
from perdure.functional.image.colors import rgb_to_yiq as rgb_to_yiq
from perdure.functional.image.colors import rgb_to_yuv as rgb_to_yuv
from perdure.functional.image.colors import yiq_to_rgb as yiq_to_rgb
from perdure.functional.image.colors import yuv_to_rgb as yuv_to_rgb
from perdure.functional.image.files import adjust_jpeg_quality as adjust_jpeg_quality
from perdure.functional.image.files import decode_and_crop_jpeg as decode_and_crop_jpeg
from perdure.functional.image.files import decode_bmp as decode_bmp
from perdure.functional.image.files import decode_gif as decode_gif
from perdure.functional.image.files import decode_image as decode_image
from perdure.functional.image.files import decode_jpeg as decode_jpeg
from perdure.functional.image.files import decode_png as decode_png
from perdure.functional.image.files import encode_jpeg as encode_jpeg
from perdure.functional.image.files import encode_png as encode_png
from perdure.functional.image.files import extract_jpeg_shape as extract_jpeg_shape
from perdure.functional.image.files import is_jpeg as is_jpeg
from perdure.functional.image.files import random_jpeg_quality as random_jpeg_quality
from perdure.functional.image.geometry import central_crop as central_crop
from perdure.functional.image.geometry import crop_to_bounding_box as crop_to_bounding_box
from perdure.functional.image.geometry import flip_left_right as flip_left_right
from perdure.functional.image.geometry import flip_up_down as flip_up_down
from perdure.functional.image.geometry import pad_to_bounding_box as pad_to_bounding_box
from perdure.functional.image.geometry import random_flip_left_right as random_flip_left_right
from perdure.functional.image.geometry import random_flip_up_down as random_flip_up_down
from perdure.functional.image.geometry import resize_with_crop_or_pad as resize_with_crop_or_pad
from perdure.functional.image.geometry import rot90 as rot90
from perdure.functional.image.geometry import transpose as transpose
from perdure.functional.image.quality import image_gradients as image_gradients
from perdure.functional.image.quality import psnr as psnr
from perdure.functional.image.quality import sobel_edges as sobel_edges
from perdure.functional.image.quality import ssim as ssim
from perdure.functional.image.quality import ssim_multiscale as ssim_multiscale
from perdure.functional.image.quality import total_variation as total_variation
from perdure.functional.image.resizing import ResizeMethod as ResizeMethod
from perdure.functional.image.resizing import resize_area as resize_area
from perdure.functional.image.resizing import resize_bicubic as resize_bicubic
from perdure.functional.image.resizing import resize_bilinear as resize_bilinear
from perdure.functional.image.resizing import resize_image_with_pad as resize_image_with_pad
from perdure.functional.image.resizing import resize_images as resize_images
from perdure.functional.image.resizing import resize_nearest_neighbor as resize_nearest_neighbor
from perdure.functional.image.suppression import combined_non_max_suppression as combined_non_max_suppression
from perdure.functional.image.suppression import non_max_suppression as non_max_suppression
from perdure.functional.image.suppression import non_max_suppression_padded as non_max_suppression_padded
from perdure.functional.image.suppression import non_max_suppression_with_scores as non_max_suppression_with_scores
from perdure.functional.random.random import random_crop as random_crop
import perdure.functional.image.geometry
import perdure.functional.image.resizing
import perdure.functional.image.suppression
def hsv_to_rgb(images: _Any, name: _Any = None) -> _Any: ...
non_max_suppression_overlaps = perdure.functional.image.suppression.non_max_suppression_with_overlaps
resize = perdure.functional.image.resizing.resize_images
resize_image_with_crop_or_pad = perdure.functional.image.geometry.resize_with_crop_or_pad
def rgb_to_hsv(images: _Any, name: _Any = None) -> _Any: ...
transpose_image = perdure.functional.image.geometry.transpose
