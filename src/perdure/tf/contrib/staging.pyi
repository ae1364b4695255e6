# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.contrib.staging".

from perdure.queues.staging_area import StagingArea as StagingArea
