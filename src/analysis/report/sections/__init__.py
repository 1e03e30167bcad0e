"""The parts of the page, one file a section."""
