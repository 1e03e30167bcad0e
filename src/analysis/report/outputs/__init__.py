"""What lies beside the page, and the page: a module for each form."""

# Named here, where nothing else is imported. The PDF is the one file that depends on which browser there is.
PDF = "report.pdf"
# What a site has once: all areas, and what every column of their tables means.
FRONT_PAGE = "index.html"
CODEBOOK = "codebook.html"
