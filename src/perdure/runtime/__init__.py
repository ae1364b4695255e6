"""From fetches to numbers: prune, place, order, interpret, and the resources of a session."""
