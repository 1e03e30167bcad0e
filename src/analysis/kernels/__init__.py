"""Kernels, and other processes, forked from a warm parent."""
