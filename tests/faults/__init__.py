"""Faults, tested by causing them; at the end both ends' books must be equal."""
