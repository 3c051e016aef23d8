"""The report and the catalogue of laws."""
