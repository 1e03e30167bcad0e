"""The page: figures, tables, prose and the exporter."""
