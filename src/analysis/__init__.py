"""Reproducible analysis of probation inspections."""
