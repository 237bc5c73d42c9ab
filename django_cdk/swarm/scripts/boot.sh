#!/usr/bin/env bash
# Makes a machine of DockerEc2 ready: data disk, docker, swarm. Every step may run again.
#
#   boot.sh prepare    data disk, docker, swarm
#   boot.sh wait       until the application answers through the router
set -euo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DATA=${DATA:-/data}

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }
fail() {
    printf 'FAILED: %s\n' "$*" >&2
    exit 1
}

wait_for_path() { # path, seconds
    local end=$((SECONDS + $2))
    until [ -e "$1" ]; do
        [ "$SECONDS" -lt "$end" ] || fail "$1 is not there after $2 seconds"
        sleep 2
    done
}

# The volume shows up as an NVMe device, under a name with its id.
mount_volume() { # volume id
    local device="/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${1/-/}"
    wait_for_path "$device" 600
    # Only a disk without anything on it gets a file system.
    if ! blkid "$device" >/dev/null; then
        [ -z "$(lsblk --noheadings --output FSTYPE,PARTTYPE "$device" | tr -d '[:space:]')" ] \
            || fail "$device holds something that is no file system"
        mkfs.xfs -q "$device"
    fi
    remember_mount "$device $DATA xfs defaults,noatime,nofail 0 2"
}

# EFS, encrypted on its way too.
mount_file_system() { # file system id
    remember_mount "$1:/ $DATA efs _netdev,noresvport,tls 0 0"
}

remember_mount() { # line of fstab
    mkdir -p "$DATA"
    grep -qF " $DATA " "${FSTAB:-/etc/fstab}" || echo "$1" >>"${FSTAB:-/etc/fstab}"
    mountpoint --quiet "$DATA" || mount "$DATA"
}

# Before docker starts: a service must never write below the place where its disk comes later.
docker_after_data() {
    mkdir -p /etc/systemd/system/docker.service.d
    printf '[Unit]\nRequiresMountsFor=%s\n' "$DATA" >/etc/systemd/system/docker.service.d/data.conf
    mkdir -p /etc/docker
    # Docker's default keeps a container's log until the disk is full.
    printf '{"log-driver": "local", "log-opts": {"max-size": "20m", "max-file": "5"}}\n' \
        >/etc/docker/daemon.json
    systemctl daemon-reload
    systemctl enable --now docker
}

make_directories() {
    local name
    for name in router postgres valkey portainer media; do
        mkdir -p "$DATA/$name"
    done
    # Holds the keys of certificates.
    chmod 700 "$DATA/router"
}

join_swarm() {
    local state
    state=$(docker info --format '{{.Swarm.LocalNodeState}}')
    [ "$state" = active ] || docker swarm init --advertise-addr 127.0.0.1 >/dev/null
}

prepare() {
    # shellcheck disable=SC1091 # written by CloudFormation
    . "$HERE/settings.env"
    case ${DATA_SOURCE:-} in
        vol-*) mount_volume "$DATA_SOURCE" ;;
        fs-*) mount_file_system "$DATA_SOURCE" ;;
        *) fail "DATA_SOURCE='${DATA_SOURCE:-}' is neither a volume nor a file system" ;;
    esac
    docker_after_data
    make_directories
    join_swarm
    say "ready for services"
}

# Through the router, over TLS where there is a domain: what a visitor meets. The certificate may
# come minutes later, so it is not checked here.
answers() {
    local code part
    code=$(curl --silent --insecure --output /dev/null --max-time 10 --write-out '%{http_code}' \
        --resolve "$HOST:${PORT:-443}:127.0.0.1" "$URL") || return 1
    for part in ${CODES//,/ }; do
        if [ "$code" -ge "${part%-*}" ] && [ "$code" -le "${part#*-}" ]; then return 0; fi
    done
    return 1
}

wait_for_answer() {
    # shellcheck disable=SC1091 # written by CloudFormation
    . "$HERE/settings.env"
    local end=$((SECONDS + ${ANSWER_TIMEOUT:-300}))
    until answers; do
        [ "$SECONDS" -lt "$end" ] || fail "$URL does not answer on this machine"
        sleep 2
    done
    say "$URL answers"
}

main() {
    case ${1:-} in
        prepare) prepare ;;
        wait) wait_for_answer ;;
        *) fail "give prepare or wait" ;;
    esac
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then main "$@"; fi
