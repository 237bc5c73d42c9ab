#!/bin/sh
# Options alone are traefik's, as with the official image.
set -eu

case ${1:-} in
    -*) set -- traefik "$@" ;;
esac
exec "$@"
