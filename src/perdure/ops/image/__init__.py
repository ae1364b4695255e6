"""Pictures: resizing, cropping, colors, boxes, and the files that hold them."""
