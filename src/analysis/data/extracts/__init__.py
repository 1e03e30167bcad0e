"""Case extracts: read from whatever a spreadsheet or a statistics package wrote, checked, and counted."""
