"""The page: an executed notebook as one accessible HTML document."""
