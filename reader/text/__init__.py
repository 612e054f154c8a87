"""Plain text and its languages: rendering, dates, slugs, letters and English phrases."""
