"""The instance folder: made only together with a site, and readable by its owner alone."""
