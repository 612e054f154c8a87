"""The article file: read, check, publish, export, convert."""
