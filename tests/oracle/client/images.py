"""What functions of tf.image refuse, in the manner of TensorFlow's unit tests."""

import numpy as np

from tests.oracle.client import attempt

PROGRAMS = []


def program(function):
    PROGRAMS.append(function)
    return function


def picture(*shape):
    return np.random.RandomState(len(shape)).uniform(0, 1, shape).astype("f4")


@program
def refused(tf):
    one, some = tf.constant(picture(4, 5, 3)), tf.constant(picture(2, 4, 5, 3))
    flat, free = tf.constant(picture(4, 5)), tf.placeholder_with_default(picture(4, 5, 3), [None] * 3)
    image = tf.image
    tried = [
        lambda: image.flip_left_right(flat),
        lambda: image.flip_up_down(tf.constant(picture(1, 2, 3, 4, 5))),
        lambda: image.random_flip_left_right(flat),
        lambda: image.flip_left_right(tf.zeros([0, 5, 3])),
        lambda: image.rot90(one, [1]),
        lambda: image.transpose_image(flat),
        lambda: image.central_crop(one, 0.0),
        lambda: image.central_crop(one, 1.01),
        lambda: image.central_crop(flat, 0.5),
        lambda: image.pad_to_bounding_box(one, -1, 0, 9, 9),
        lambda: image.pad_to_bounding_box(one, 0, -1, 9, 9),
        lambda: image.pad_to_bounding_box(one, 0, 0, 3, 9),
        lambda: image.pad_to_bounding_box(one, 0, 0, 9, 4),
        lambda: image.pad_to_bounding_box(flat, 0, 0, 9, 9),
        lambda: image.crop_to_bounding_box(one, -1, 0, 2, 2),
        lambda: image.crop_to_bounding_box(one, 0, -1, 2, 2),
        lambda: image.crop_to_bounding_box(one, 0, 0, 0, 2),
        lambda: image.crop_to_bounding_box(one, 0, 0, 2, 0),
        lambda: image.crop_to_bounding_box(one, 3, 0, 2, 2),
        lambda: image.crop_to_bounding_box(one, 0, 4, 2, 2),
        lambda: image.resize_image_with_crop_or_pad(one, 0, 3),
        lambda: image.resize_image_with_crop_or_pad(one, 3, 0),
        lambda: image.resize_image_with_crop_or_pad(flat, 3, 3),
        lambda: image.resize_image_with_pad(one, 0, 3),
        lambda: image.resize_image_with_pad(flat, 3, 3),
        lambda: image.resize_images(flat, [3, 3]),
        lambda: image.resize_images(tf.placeholder(tf.float32), [3, 3]),
        lambda: image.resize_images(one, [3]),
        lambda: image.resize_images(one, [3, 3, 3]),
        lambda: image.resize_images(one, 3),
        lambda: image.resize_images(one, [3.5, 3.5]),
        lambda: image.resize_images(one, [3, 3], 9),
        lambda: image.resize_images(one, [3, 3], "lanczos3"),
        lambda: image.resize_bilinear(some, [0, 3]),
        lambda: image.random_brightness(one, -0.1),
        lambda: image.random_contrast(one, 1.0, 0.5),
        lambda: image.random_contrast(one, -1.0, 0.5),
        lambda: image.random_hue(one, 0.6),
        lambda: image.random_hue(one, -0.1),
        lambda: image.random_saturation(one, 1.0, 1.0),
        lambda: image.random_saturation(one, -1.0, 1.0),
        lambda: image.adjust_gamma(one, -1),
        lambda: image.adjust_gamma(one, tf.constant(-1.0)),
        lambda: image.adjust_hue(one[..., :2], 0.1),
        lambda: image.adjust_contrast(flat, 0.1),
        lambda: image.convert_image_dtype(one, tf.string),
        lambda: image.convert_image_dtype(one, tf.bool),
        lambda: image.grayscale_to_rgb(one),
        lambda: image.grayscale_to_rgb(tf.constant(1.0)),
        lambda: image.grayscale_to_rgb(free),
        lambda: image.per_image_standardization(flat),
        lambda: image.random_crop(one, [9, 1, 3]),
        lambda: image.random_jpeg_quality(one, -1, 5),
        lambda: image.random_jpeg_quality(one, 5, 101),
        lambda: image.random_jpeg_quality(one, 5, 5),
        lambda: image.psnr(one, some[:, :2], 1.0),
        lambda: image.ssim(one, one, 1.0),
        lambda: image.total_variation(flat),
        lambda: image.image_gradients(one),
        lambda: image.crop_and_resize(some, [[0, 0, 1, 1]], [0], [2, 2], box_indices=[0]),
        lambda: image.crop_and_resize(some, [[0.0, 0, 1, 1]], [2], [2, 2]),
        lambda: image.crop_and_resize(some, [[0.0, 0, 1, 1]], [0], [2, 2], method="area"),
        lambda: image.pad_to_bounding_box(free, tf.constant(-1), 0, 9, 9),
        lambda: image.crop_to_bounding_box(free, 0, 4, 2, 2),
        lambda: image.resize_image_with_crop_or_pad(free, tf.constant(0), 3),
        lambda: image.sample_distorted_bounding_box([4, 5, 3], tf.zeros([1, 0, 4])),
        lambda: image.extract_image_patches(some, [1, 2, 2, 1], [1, 1, 1, 1], [1, 1, 1, 1], "FULL"),
    ]
    with tf.Session() as session:
        return [attempt(lambda: session.run(each())) for each in tried]
