"""One end of a stream of zeros over TCP with a given congestion control; prints the goodput of what it received.

stream.py CONTROL listen PORT give|take BYTES
stream.py CONTROL connect HOST PORT give|take BYTES

The goodput is that between the first byte and the last, in megabytes a second: a handshake or a start is not part of it.
"""

import socket
import sys
import time


def take(connection, length):
    buffer = bytearray(1 << 18)
    received = connection.recv_into(buffer)
    began = ended = time.monotonic()
    first = received
    while count := connection.recv_into(buffer):
        received += count
        ended = time.monotonic()
    if received != length:
        sys.exit(f"{received} bytes arrived of {length}")
    print(f"goodput {(received - first) / (ended - began) / 1e6:.3f}", flush=True)


def give(connection, length):
    connection.sendall(bytes(length))
    connection.shutdown(socket.SHUT_WR)
    # Until the other end has taken everything and closed.
    connection.recv(1)


def choose(endpoint, control):
    endpoint.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, control.encode())


def main(control, role, *words):
    if role == "listen":
        port, way, length = words
        listener = socket.create_server(("::", int(port)), family=socket.AF_INET6, dualstack_ipv6=True)
        choose(listener, control)
        print("listening", flush=True)
        connection, _ = listener.accept()
    else:
        host, port, way, length = words
        connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        choose(connection, control)
        connection.connect((host, int(port)))
    used = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
    if used.rstrip(b"\0").decode() != control:
        sys.exit(f"congestion control is {used}, not {control}")
    (take if way == "take" else give)(connection, int(length))


main(*sys.argv[1:])
