"""Readers' reports: filed, weighed by how their reporter's earlier ones ended, and told what became of them."""
