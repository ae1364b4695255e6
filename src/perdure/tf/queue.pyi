# Written by tools/stubs.py; the names and where they come from are those of "perdure.tf.queue".

from perdure.queues.queues import FIFOQueue as FIFOQueue
from perdure.queues.queues import PaddingFIFOQueue as PaddingFIFOQueue
from perdure.queues.queues import PriorityQueue as PriorityQueue
from perdure.queues.queues import QueueBase as QueueBase
from perdure.queues.queues import RandomShuffleQueue as RandomShuffleQueue
