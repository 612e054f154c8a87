"""What waits for moderators: five queues of cards, live, decided by keyboard, by form or in bulk."""
