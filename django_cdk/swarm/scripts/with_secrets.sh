#!/bin/sh
# Starts the image's own entrypoint and command with every swarm secret as a variable.
#
# Swarm gives a secret as a file, Django and most images read variables, and docker shows a
# service's variables to everybody who may ask. So the variables are made here, inside the
# container, of the process alone. The file image_words beside this script has the image's own
# entrypoint and command, a word a line, which overriding the entrypoint would have lost.
#
# A health check asks for the variables alone: with_secrets.sh --only-secrets COMMAND.
set -eu
here=${0%/*}
secrets=${SECRETS_DIRECTORY:-/run/secrets}

for file in "$secrets"/*; do
    name=${file##*/}
    # No such file when there are no secrets; a hyphen: a service's own secret.
    case $name in *[!A-Za-z0-9_]* | [0-9]*) continue ;; esac
    # The x keeps line ends at the end of a value, which $(...) would take away.
    value=$(cat "$file" && printf x)
    export "$name=${value%x}"
done

if [ "${1-}" = --only-secrets ]; then
    shift
    exec "$@"
fi

# entrypoint, then the command given or else the image's own. Words are appended to the end, and
# those that stood there before are rotated behind them.
given=$#
while IFS= read -r line; do
    case $line in "entrypoint "*) set -- "$@" "${line#entrypoint }" ;; esac
done <"$here/image_words"
left=$given
while [ "$left" -gt 0 ]; do
    set -- "$@" "$1"
    shift
    left=$((left - 1))
done
if [ "$given" -eq 0 ]; then
    while IFS= read -r line; do
        case $line in "command "*) set -- "$@" "${line#command }" ;; esac
    done <"$here/image_words"
fi
exec "$@"
