#!/bin/bash
# The first process of a machine: makes its file system, then waits, so that others may enter.
#
#   enter.sh ROOT DISK    runs in namespaces of its own (unshare); DISK, a file with a file system,
#                         takes what is written, ROOT is only read
set -euo pipefail
root=$1 disk=$2
# Any directory will do to mount it on: nobody else sees it.
folder=/mnt

mount --make-rprivate /
mount -o loop "$disk" "$folder"
mkdir -p "$folder"/{changes,work,docker,root}
mount -t overlay overlay "$folder/root" \
    -o "lowerdir=$root,upperdir=$folder/changes,workdir=$folder/work"
cd "$folder/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=755 tmpfs dev
mkdir -p dev/{pts,shm,disk/by-id} old
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts dev/pts
mount -t tmpfs tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for device in null zero full random urandom tty kmsg loop-control; do
    if [ -e "/dev/$device" ]; then cp --archive "/dev/$device" "dev/$device"; fi
done
# Layers of images lie on the disk itself: an overlay can't lie on an overlay.
mkdir -p var/lib/docker
mount --bind "$folder/docker" var/lib/docker
ip link set lo up
pivot_root . old
cd /
umount --lazy /old
# Lives until nobody holds its input any more, and reaps whatever loses its parent meanwhile.
exec bash -c 'trap "" TERM; cat; exit'
