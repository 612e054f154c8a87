"""The production server: gunicorn's arbiter, its workers and what is checked before they start."""
