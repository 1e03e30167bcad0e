"""Running the four notebooks for an area."""
