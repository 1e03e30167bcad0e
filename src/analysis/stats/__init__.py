"""Statistics: pure functions, frames in, frames out; no file, no plot, no notebook."""
