"""The imports of a server, in a process that is forked for each."""

from gevent import monkey

monkey.patch_all()

import reader.app
import reader.cli
import reader.serving.gunicorn
import reader.serving.worker
