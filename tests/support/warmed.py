"""The first work of a server, done once for all that are forked from this process: see :mod:`tests.support.warm`."""

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402 - what is imported before the patch stays unpatched
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

from reader import cli, config  # noqa: E402
from reader.app import create_app  # noqa: E402
from reader.config import Settings  # noqa: E402
from reader.db.base import db  # noqa: E402
from reader.serving import gunicorn, worker  # noqa: E402
from reader.web import assets  # noqa: E402
from tests.support.compiled import share_builders, share_templates  # noqa: E402
from tests.support.hashing import hash_quickly  # noqa: E402

__all__ = ["cli", "worker"]


def _go_through() -> None:
    """Do what fills the caches of a process: migrate, compile all templates, compress all files."""
    with TemporaryDirectory(prefix="reader-warmed-") as folder:
        settings = Settings(instance=Path(folder), secret_key="a secret of nothing that is ever served")
        gunicorn.prepare(settings)
        app = create_app(settings)
        with app.app_context():
            for name in app.jinja_env.list_templates():
                app.jinja_env.get_template(name)
            db.engine.dispose()
    for asset in assets.tree(config.asset_folder("static")).files.values():
        if asset.packs and assets.ICONS not in asset.path:
            asset.packed["br"]


share_builders()
share_templates()
hash_quickly()
_go_through()
# It chooses its storage when it is imported, by the server's settings.
for name in [each for each in sys.modules if each.startswith("prometheus_client")]:
    del sys.modules[name]
# Nothing of it is garbage. Looked through by each server, it would be copied into each: a fifth of a second.
gc.collect()
gc.freeze()
