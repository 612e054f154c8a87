"""The Flask extensions that several packages use, unbound; :func:`reader.app.create_app` binds them."""

from flask_login import LoginManager
from flask_socketio import SocketIO

login_manager = LoginManager()
socketio = SocketIO()
