"""Sockets below the streams: websockets, their followers and transport, packets, and the libraries' private parts."""
