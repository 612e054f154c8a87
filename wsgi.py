"""The same application as ``reader serve`` runs, for another WSGI server: ``wsgi:app``."""

from reader.app import create_app

app = create_app()
