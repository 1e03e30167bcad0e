"""What lies beside the page, and the page: a module for each form."""

# The one file that depends on which browser there is. Named here, where nothing else is imported.
PDF = "report.pdf"
