"""Record files (TFRecord): byte strings one behind the other, each with its length and checksums."""
