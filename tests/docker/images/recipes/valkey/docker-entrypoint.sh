#!/bin/sh
# The server runs as the user valkey, whose the data are.
set -eu

if [ "${1:-}" = valkey-server ]; then
    # The official image is compiled with this default, else nobody outside could connect.
    if [ $# -eq 1 ]; then set -- "$@" --protected-mode no; fi
    if [ "$(id -u)" = 0 ]; then
        chown -R valkey:valkey .
        exec setpriv --reuid valkey --regid valkey --init-groups "$@"
    fi
fi
exec "$@"
