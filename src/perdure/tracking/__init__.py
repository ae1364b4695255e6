"""Which objects belong to which, under which names: what an object-based checkpoint is made from."""
