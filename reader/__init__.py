"""Reader: fact-checked articles with live discussion.

Nothing heavy is imported here: gevent's monkey-patching (see ``__main__``) must come before
anything that touches sockets, threads or time.
"""

__version__ = "0.4.0"
