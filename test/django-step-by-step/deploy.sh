#!/usr/bin/env bash
# Brings a swarm to what stack.yml says: pull, release commands, services, and watch them arrive.
#
#   deploy.sh [--image IMAGE] [--frontend-image IMAGE] [--skip-release]
#
# Beside it lie stack.yml, release.yml, routes.yml and with_secrets.sh. settings.env, if it is there,
# holds variables of the stack (STACK, IMAGE, DOMAIN, ...); secrets.tsv the secrets to fetch from
# Secrets Manager: name, ARN and field of each, by tabs. Without secrets.tsv the swarm has them.
#
# Exit 0: the application runs as asked. Else the version before is back, or was never left: a
# failing release command stops everything before any service was touched.
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Neither cfn-init nor Systems Manager gives one, and docker login writes there.
export HOME=${HOME:-/root}

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

# --- what is to run ----------------------------------------------------------------------------

# The stack's own image, or the one a CI job gave last: whichever changed last.
choose_image() { # variable, image given now or empty
    local variable=$1 given=$2 ours=${!1:-} kept="$STATE/$1.given" base image
    if [ -n "$given" ]; then
        NEW_CHOICES+=("$variable" "$ours" "$given")
        printf -v "$variable" %s "$given"
    elif [ -f "$kept" ]; then
        { read -r base && read -r image; } <"$kept"
        # A deployment of the stack itself with another image is newer than the CI job's.
        if [ "$base" = "$ours" ] || [ -z "$ours" ]; then printf -v "$variable" %s "$image"; fi
    fi
    export "${variable?}"
}

keep_choices() {
    local index
    for ((index = 0; index < ${#NEW_CHOICES[@]}; index += 3)); do
        printf '%s\n%s\n' "${NEW_CHOICES[@]:index+1:2}" >"$STATE/${NEW_CHOICES[index]}.given"
    done
}

registry_login() { # image
    local registry=${1%%/*} region
    case $registry in *.dkr.ecr.*.amazonaws.com*) ;; *) return 0 ;; esac
    region=${registry#*.dkr.ecr.}
    region=${region%%.*}
    aws ecr get-login-password --region "$region" \
        | docker login --username AWS --password-stdin "$registry" >/dev/null 2>&1 \
        || fail "no login to $registry"
}

# Pulls, and puts the digest in the tag's place, so that a tag that moved is an update too.
pull_image() { # variable
    local image=${!1} digest
    [ -n "$image" ] || fail "$1 is not given: which image is to run?"
    registry_login "$image"
    if ! retry 3 docker pull --quiet "$image" >/dev/null; then
        docker image inspect "$image" >/dev/null 2>&1 || fail "the image $image can't be pulled"
        say "$image is not in a registry; the machine's own is taken"
    fi
    digest=$(docker image inspect --format '{{if .RepoDigests}}{{index .RepoDigests 0}}{{end}}' "$image")
    printf -v "$1" %s "${digest:-$image}"
    export "${1?}"
}

retry() { # times, command...
    local times=$1 try
    shift
    for ((try = 1; try <= times; try++)); do
        if "$@"; then return 0; fi
        sleep "$try"
    done
    return 1
}

# The image's own entrypoint and command, which with_secrets.sh starts: a word a line. The heading
# is there because docker refuses empty files.
write_image_words() {
    local format='{{range .Config.Entrypoint}}{{printf "entrypoint %s\n" .}}{{end}}'
    format+='{{range .Config.Cmd}}{{printf "command %s\n" .}}{{end}}'
    {
        echo "words of the image"
        docker image inspect --format "$format" "${IMAGE:?}"
    } | sed '/^$/d' >"$HERE/image_words"
    if sed 1d "$HERE/image_words" | grep --invert-match --extended-regexp '^(entrypoint|command) ' >&2; then
        fail "a word of the image's ENTRYPOINT or CMD has more than one line: put it into a script"
    fi
}

hash_files() {
    local file key
    for file in with_secrets.sh image_words routes.yml; do
        key=${file%%.*}
        export "HASH_$key=$(sha256sum "$HERE/$file" | cut -c1-12)"
    done
}

# --- secrets -----------------------------------------------------------------------------------

# One swarm secret for each version in Secrets Manager. Values go through pipes only: they are in
# no argument, no file and no output.
fetch_secrets() {
    local name arn field version docker_name
    [ -f "$HERE/secrets.tsv" ] || return 0
    while IFS=$'\t' read -r name arn field; do
        case $name in \#* | "") continue ;; esac
        version=$(retry 5 aws secretsmanager get-secret-value --secret-id "$arn" \
            --query VersionId --output text) || fail "the secret $name ($arn) can't be read"
        docker_name="$name-${version:0:8}"
        if ! docker secret inspect "$docker_name" >/dev/null 2>&1; then
            secret_value "$arn" "$version" "$field" \
                | docker secret create --label "django-cdk.stack=$STACK" "$docker_name" - >/dev/null \
                || fail "the swarm secret $docker_name can't be made"
        fi
        export "SECRET_${name//-/_}=$docker_name"
    done <"$HERE/secrets.tsv"
}

secret_value() { # ARN, version, field or empty
    aws secretsmanager get-secret-value --secret-id "$1" --version-id "$2" --output json \
        | jq --join-output --exit-status --arg field "$3" \
            '.SecretString | if $field == "" then . else (fromjson | .[$field]) end | select(. != null)'
}

forget_old_secrets_and_configs() {
    # Docker refuses to remove what a service still has.
    local kind
    for kind in secret config; do
        docker "$kind" ls --quiet --filter "label=$([ "$kind" = secret ] && echo "django-cdk.stack=$STACK" \
            || echo "com.docker.stack.namespace=$STACK")" \
            | xargs --no-run-if-empty --max-args=1 docker "$kind" rm >/dev/null 2>&1 || true
    done
}

# Versions of the application that no container has any more, else the disk fills up with them.
# Swarm keeps a service's last five tasks, and docker refuses to remove what those were made of,
# but for an image with a second name; the one that runs must keep its name for the next task.
forget_old_images() {
    local variable repository running="$IMAGE ${FRONTEND_IMAGE:-}"
    for variable in IMAGE FRONTEND_IMAGE; do
        repository=${!variable:-}
        repository=${repository%@*}
        [ -n "$repository" ] || continue
        # Without a digest it came from no registry and could not be fetched again.
        docker image ls --digests --format '{{.Repository}} {{.Tag}} {{.Digest}}' \
            --filter "reference=${repository%:"${repository##*[:/]}"}" \
            | awk -v running="$running" \
                'NF == 3 && $2 != "<none>" && $3 != "<none>" && !index(running, $3) { print $1 ":" $2 }' \
            | xargs --no-run-if-empty --max-args=1 docker image rm >/dev/null 2>&1 || true
    done
    docker image prune --force --filter until=240h >/dev/null 2>&1 || true
}

# --- release commands --------------------------------------------------------------------------

release_services() { sed -n 's/^  \(release-[A-Za-z0-9_-]*\):$/\1/p' "$HERE/release.yml" 2>/dev/null || true; }

run_release() {
    local service
    [ -n "$(release_services)" ] || return 0
    # Left over when the machine went down in the middle: their tasks would be taken for new ones.
    remove_release
    stack_deploy "$HERE/release.yml"
    wait_for_data
    while read -r service; do
        run_once "$service"
    done < <(release_services)
}

# Database and cache answer before the first command asks them.
wait_for_data() {
    local service
    for service in postgres valkey; do
        docker service inspect "${STACK}_$service" >/dev/null 2>&1 || continue
        wait_until "$START_TIMEOUT" is_running "${STACK}_$service" \
            || { logs_of "${STACK}_$service"; fail "$service does not start"; }
    done
}

run_once() { # service
    local name="${STACK}_$1" state error
    say "running $1"
    docker service scale --detach "$name=1" >/dev/null
    wait_until "$RELEASE_TIMEOUT" has_ended "$name" || state=timeout
    state=${state:-$(task_state "$name")}
    if [ "$state" = complete ]; then
        docker service scale --detach "$name=0" >/dev/null
        return 0
    fi
    error=$(task_error "$name")
    logs_of "$name"
    docker service scale --detach "$name=0" >/dev/null
    remove_release
    fail "$1 ended as '$state'${error:+ ($error)}; no service was updated"
}

remove_release() {
    local service
    while read -r service; do
        docker service rm "${STACK}_$service" >/dev/null 2>&1 || true
    done < <(release_services)
}

newest_task() { docker service ps --quiet --no-trunc "$1" 2>/dev/null | head -n 1; }

task_state() {
    local task
    task=$(newest_task "$1")
    [ -n "$task" ] || { echo none && return 0; }
    docker inspect --type task --format '{{.Status.State}}' "$task" 2>/dev/null || echo none
}

task_error() {
    local task
    task=$(newest_task "$1")
    [ -n "$task" ] || return 0
    docker inspect --type task --format '{{.Status.Err}}' "$task" 2>/dev/null || true
}

has_ended() {
    case $(task_state "$1") in complete | failed | rejected | shutdown | orphaned) return 0 ;; esac
    return 1
}

# --- services ----------------------------------------------------------------------------------

stack_deploy() { # file, more options
    local file=$1
    shift
    docker stack deploy --with-registry-auth --resolve-image never "$@" --compose-file "$file" "$STACK" \
        >/dev/null
}

services() { docker stack services --format '{{.Name}}' "$STACK"; }

is_running() { # service: as many tasks as wanted, all healthy
    local replicas
    replicas=$(docker service ls --filter "name=$1" --format '{{.Name}} {{.Replicas}}' \
        | awk -v name="$1" '$1 == name { print $2 }')
    [ -n "$replicas" ] && [ "${replicas%%/*}" = "${replicas##*/}" ]
}

update_state() {
    docker service inspect --format '{{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}' "$1"
}

# 0 when the service has arrived, 1 while it is on its way, and in BROKEN what did not work.
has_arrived() { # service
    case $(update_state "$1") in
        rollback_* | paused)
            BROKEN="$1 was rolled back: its new version does not become healthy"
            return 0
            ;;
        updating) return 1 ;;
    esac
    is_running "$1"
}

watch_services() {
    local service
    # Swarm takes a moment to begin; until then a service that will change looks arrived.
    sleep "${SETTLE:-5}"
    while read -r service; do
        BROKEN=""
        wait_until "$START_TIMEOUT" has_arrived "$service" \
            || BROKEN="$service is not up after $START_TIMEOUT seconds"
        if [ -n "$BROKEN" ]; then
            docker service ps --no-trunc --format '{{.CurrentState}} {{.Error}}' "$service" | head -n 3 >&2
            logs_of "$service"
            return 1
        fi
    done < <(services)
}

wait_until() { # seconds, condition...
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 1
    done
}

logs_of() { # service
    say "last lines of $1:" >&2
    timeout 20 docker service logs --raw --tail 40 "$(failed_task "$1")" 2>&1 | tail -n 40 >&2 || true
}

# The newest task of a service that failed: after a rollback, others fill the service's log. The
# service itself where none did.
failed_task() { # service
    local task
    task=$(docker service ps --no-trunc --filter desired-state=shutdown \
        --format '{{.ID}} {{.CurrentState}}' "$1" 2>/dev/null \
        | awk '($2 == "Failed" || $2 == "Rejected") && !found { print $1; found = 1 }') || true
    echo "${task:-$1}"
}

# --- the version that worked -------------------------------------------------------------------

remember() {
    rm -rf "$STATE/last.new"
    mkdir -p "$STATE/last.new"
    cp "$HERE"/{stack.yml,routes.yml,with_secrets.sh,image_words} "$STATE/last.new/"
    # Names of secrets and hashes, no value of either.
    export -p | grep -E ' (STACK|DOMAIN|IMAGE|[A-Z]+_IMAGE|SECRET_[A-Za-z0-9_]+|HASH_[a-z_]+)=' \
        >"$STATE/last.new/variables"
    rm -rf "$STATE/last"
    mv "$STATE/last.new" "$STATE/last"
}

go_back() {
    [ -f "$STATE/last/stack.yml" ] || return 0
    say "going back to the version before" >&2
    (
        # shellcheck disable=SC1091 # written by remember
        . "$STATE/last/variables"
        stack_deploy "$STATE/last/stack.yml" --prune
        watch_services
    ) || say "the version before does not come up either" >&2
}

main() {
    local given_image="" given_frontend="" skip_release=""
    while [ $# -gt 0 ]; do
        case $1 in
            --image) given_image=$2 && shift 2 ;;
            --frontend-image) given_frontend=$2 && shift 2 ;;
            --skip-release) skip_release=1 && shift ;;
            *) fail "unknown argument '$1'; known: --image IMAGE, --frontend-image IMAGE, --skip-release" ;;
        esac
    done
    if [ -f "$HERE/settings.env" ]; then
        set -a
        # shellcheck disable=SC1091 # written beside this script
        . "$HERE/settings.env"
        set +a
    fi
    export STACK=${STACK:-django}
    STATE=${STATE:-$HERE/.state}
    START_TIMEOUT=${START_TIMEOUT:-600}
    RELEASE_TIMEOUT=${RELEASE_TIMEOUT:-1800}
    NEW_CHOICES=()
    mkdir -p "$STATE"
    # One update at a time: the second waits, then does its own.
    exec 9>"$STATE/lock"
    flock --wait 3600 9 || fail "another update has been running for an hour"
    choose_image IMAGE "$given_image"
    pull_image IMAGE
    if grep -q 'FRONTEND_IMAGE' "$HERE/stack.yml"; then
        choose_image FRONTEND_IMAGE "$given_frontend"
        pull_image FRONTEND_IMAGE
    fi
    write_image_words
    hash_files
    fetch_secrets
    if [ -z "$skip_release" ]; then run_release; fi
    say "updating the services"
    stack_deploy "$HERE/stack.yml" --prune
    if ! watch_services; then
        local reason=$BROKEN
        go_back
        fail "$reason"
    fi
    remember
    keep_choices
    forget_old_secrets_and_configs
    forget_old_images
    say "done: $IMAGE"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
