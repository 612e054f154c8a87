"""The first work of a server, done once for all that are forked from this process: see :mod:`tests.support.warm`."""

import gc
import sys
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from gevent import monkey

monkey.patch_all()

from flask import Flask  # noqa: E402 - what is imported before the patch stays unpatched
from jinja2 import BytecodeCache  # noqa: E402
from jinja2.bccache import Bucket  # noqa: E402

from reader import cli  # noqa: E402
from reader.app import create_app  # noqa: E402
from reader.config import Settings  # noqa: E402
from reader.serving import gunicorn, worker  # noqa: E402

__all__ = ["cli", "gunicorn", "worker"]


class Compiled(BytecodeCache):
    """Code of all templates, by name and version."""

    def __init__(self) -> None:
        self._code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it was compiled before."""
        code = self._code.get(bucket.key)
        if code is not None:
            bucket.load_bytecode(BytesIO(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._code[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
with TemporaryDirectory() as folder:
    templates = create_app(Settings(instance=Path(folder)), new=True).jinja_env
    for name in templates.list_templates():
        templates.get_template(name)
# It chooses its storage when it is imported, by the server's settings.
for name in [each for each in sys.modules if each.startswith("prometheus_client")]:
    del sys.modules[name]
# What is garbage collected in a forked process is copied first: all this never is.
gc.collect()
gc.freeze()
