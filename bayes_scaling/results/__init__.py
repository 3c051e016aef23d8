"""What a fit returns: draws, forecasts, tables, files."""
