"""What a person touches: the command line, reports, the workbook and the page."""
