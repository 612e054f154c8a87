"""Readers' reports: filed, weighed by the outcomes of the reporter's earlier ones, and answered."""
