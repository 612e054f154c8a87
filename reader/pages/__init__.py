"""Pages that compose several features: front page, article page, feeds."""
