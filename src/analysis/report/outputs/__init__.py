"""What lies beside the page."""
