"""People: registering, logging in, the sessions kept on the server, roles."""
