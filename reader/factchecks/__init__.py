"""Claims, the sources they rest on, their verdicts and the history of these."""
