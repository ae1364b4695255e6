"""tf.image: pictures, their files, sizes, colors and boxes."""

from perdure.tf._lazy import namespace

__getattr__, __dir__, __all__ = namespace(
    __name__,
    {
        "functional.array.space_to_batch": "extract_image_patches extract_patches",
        "functional.image.boxes": (
            "crop_and_resize draw_bounding_boxes extract_glimpse sample_distorted_bounding_box"
        ),
        "functional.image.colors": (
            "adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation "
            "convert_image_dtype grayscale_to_rgb hsv_to_rgb per_image_standardization "
            "random_brightness random_contrast random_hue random_saturation "
            "rgb_to_grayscale rgb_to_hsv rgb_to_yiq rgb_to_yuv yiq_to_rgb yuv_to_rgb"
        ),
        "functional.image.files": (
            "adjust_jpeg_quality decode_and_crop_jpeg decode_bmp decode_gif decode_image decode_jpeg "
            "decode_png encode_jpeg encode_png extract_jpeg_shape is_jpeg random_jpeg_quality"
        ),
        "functional.image.geometry": (
            "central_crop crop_to_bounding_box flip_left_right flip_up_down pad_to_bounding_box "
            "random_flip_left_right random_flip_up_down "
            "resize_image_with_crop_or_pad=resize_with_crop_or_pad "
            "resize_with_crop_or_pad rot90 transpose transpose_image=transpose"
        ),
        "functional.image.quality": ("image_gradients psnr sobel_edges ssim ssim_multiscale total_variation"),
        "functional.image.resizing": (
            "ResizeMethod resize=resize_images resize_area resize_bicubic resize_bilinear "
            "resize_image_with_pad resize_images resize_nearest_neighbor"
        ),
        "functional.image.suppression": (
            "combined_non_max_suppression non_max_suppression "
            "non_max_suppression_overlaps=non_max_suppression_with_overlaps non_max_suppression_padded "
            "non_max_suppression_with_scores"
        ),
        "functional.random.random": "random_crop",
    },
)
