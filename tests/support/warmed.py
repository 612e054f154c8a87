"""The imports of a server, done once for all that are forked from this process: see :mod:`tests.support.warm`."""

from gevent import monkey

monkey.patch_all()

from reader import app, cli  # noqa: E402
from reader.serving import gunicorn, worker  # noqa: E402

__all__ = ["app", "cli", "gunicorn", "worker"]
