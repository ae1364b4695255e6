"""Event files: a record file of `Event` messages, the first of which says so.

A writer makes a new one each time, named after the second in which it did.
"""
