"""Commands for operators: audit, backup, doctor and demo."""
