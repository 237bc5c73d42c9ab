#!/usr/bin/env bash
# Made by `make sample-files`; a change here is lost. Guide: docs/deploy/swarm.md of django-cdk.
#
# Makes the secrets of the swarm: once, on a manager. Nobody sees the values, this shell neither
# prints nor keeps them; `docker secret` never shows one again.
set -euo pipefail

if [ -n "$(docker secret ls --quiet --filter name=service-)" ]; then
    echo "The swarm has its secrets. Made anew they would not fit the database." >&2
    exit 1
fi

random() {
    local text
    text=$(head -c 1024 /dev/urandom | LC_ALL=C tr -dc 'A-Za-z0-9')
    printf %s "${text:0:48}"
}
# printf is the shell's own: no value is in the list of processes.
create() { printf %s "$2" | docker secret create "$1" - >/dev/null; }

database_password=$(random)
cache_password=$(random)
secret_key=$(random)

create POSTGRES_PASSWORD "${database_password}"
create SECRET_KEY "${secret_key}"
create DATABASE_URL "postgres://django:${database_password}@postgres:5432/django"
create REDIS_URL "redis://:${cache_password}@valkey:6379/0"
create CELERY_BROKER_URL "redis://:${cache_password}@valkey:6379/0"
create CELERY_RESULT_BACKEND "redis://:${cache_password}@valkey:6379/0"
create service-postgres-password "${database_password}"
create service-valkey-password "${cache_password}"
echo "made; to add one of your own: printf %s VALUE | docker secret create NAME -"
