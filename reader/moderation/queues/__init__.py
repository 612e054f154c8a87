"""Moderation queues: five live lists of cards, decided by keyboard, by form or in bulk."""
