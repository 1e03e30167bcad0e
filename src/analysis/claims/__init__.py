"""The statements of an inspection report, each computed again from the raw tables."""
