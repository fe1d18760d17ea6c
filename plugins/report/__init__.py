"""A run as a report for people: a page that prints, or a workbook; both from the same counts."""
