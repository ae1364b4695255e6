"""From fetches to units: a pass in each module."""
