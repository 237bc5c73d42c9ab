#!/bin/sh
# Serves the application. `exec`: gunicorn takes this process over and so gets SIGTERM itself.
set -eu
cd "$(dirname "$0")/.."

# Workers prove that they live through a file; on a disk that stalls they would be killed.
heartbeat=/tmp
if [ -w /dev/shm ]; then heartbeat=/dev/shm; fi

# --keep-alive: longer than a load balancer's idle timeout (60 s on AWS), or it meets a closed
# connection and answers 502. --no-control-socket: it would write into the home directory.
exec gunicorn backend.wsgi:application \
    --bind "0.0.0.0:${PORT:-8000}" \
    --worker-class "${GUNICORN_WORKER_CLASS:-gthread}" \
    --workers "${WEB_CONCURRENCY:-2}" \
    --threads "${GUNICORN_THREADS:-4}" \
    --timeout "${GUNICORN_TIMEOUT:-30}" \
    --graceful-timeout "${GUNICORN_GRACEFUL_TIMEOUT:-25}" \
    --keep-alive 75 \
    --worker-tmp-dir "$heartbeat" \
    --no-control-socket \
    --access-logfile - \
    --error-logfile -
