"""Disclosure control of a confidential case extract: which figures show, and which are withheld.

The ten rules of docs/disclosure.md: 1 to 6 (`rows`, `rules`, `attacker`, `secondary`, `tables`) and 9
(`releases`). Everything here is a pure function of counts.
"""
