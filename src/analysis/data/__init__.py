"""Raw files in, validated and typed tables out."""
