"""Drawing: marks, figures, and SVG."""
