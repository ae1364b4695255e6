"""Ops on queues, barriers, accumulators and staging areas."""
