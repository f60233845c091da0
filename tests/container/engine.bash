#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2034,SC2317  # read and called by the scripts that source this
# The container engine of tests/container/run and tests/platform/run, and how the images are built. DEBIAN names the suite
# of the base. With no engine that answers, Debian's is installed and runs privately: its data lie in KC_CACHE (kept for the
# next run), its network in a namespace of its own, its base image is made by docker/base.sh. What starts here ends here.
export PATH=/usr/sbin:/usr/bin:/sbin:/bin DOCKER_BUILDKIT=1 DEBIAN=${DEBIAN:-trixie}
cache=${KC_CACHE:-/var/tmp/khuyencong-cache}
work=$cache/$DEBIAN-$(date +%G-%V) # a new base every week brings Debian's security updates
namespace=kctest$$ private='' build_network=()

note() { echo "# $(date +%T) $*"; }
inside() { if [ "$private" ]; then nsenter --net="/run/netns/$namespace" "$@"; else "$@"; fi; }
logged() { # NAME COMMAND…: shows the end of what it printed when it fails
  local name=$1
  shift
  "$@" >"$work/$name.log" 2>&1 || { tail -n 40 "$work/$name.log"; return 1; }
}

start_engine() { # COMMAND…: dockerd with what it needs on this machine
  "$@" --data-root "$work/data" --exec-root "$work/exec" --pidfile "$work/pid" -H "$DOCKER_HOST" \
    >>"$work/dockerd.log" 2>&1 &
  for _ in {1..150}; do
    if docker version >/dev/null 2>&1; then return; fi
    sleep 0.2
  done
  tail -n 20 "$work/dockerd.log"
  return 1
}

stop_engine() {
  local pid
  [ "$private" ] || return 0
  [ -s "$work/pid" ] || return 0
  pid=$(cat "$work/pid")
  kill "$pid" 2>/dev/null || return 0
  for _ in {1..150}; do
    [ -d "/proc/$pid" ] || break
    sleep 0.1
  done
  umount "$work/exec/netns/default" 2>/dev/null || true
}

prepare_private_engine() {
  [ "$(id -u)" = 0 ] || { echo "no container engine answers; to run one privately, be root" >&2; exit 1; }
  mkdir -p "$cache"
  exec 9>"$cache/lock" # one at a time: they share the cache, and who still waits must not end the other's engine
  flock 9
  private=yes
  export DOCKER_HOST=unix://$work/sock
  find "$cache" -mindepth 1 -maxdepth 1 -type d -name "$DEBIAN-*" ! -path "$work" -exec rm -rf {} +
  mkdir -p "$work"
  if ! dpkg -s docker.io docker-compose mmdebstrap iptables iproute2 >/dev/null 2>&1; then
    note "installing an engine"
    logged apt sh -c 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends \
      docker.io docker-compose mmdebstrap iptables iproute2'
  fi
  if [ ! -s "$work/base.tar" ]; then
    note "making debian:$DEBIAN-slim"
    logged base docker/base.sh "$DEBIAN" "$work/new.tar"
    mv "$work/new.tar" "$work/base.tar"
  fi
  # Builds use the machine's network as it is: the engine needs none of its own and changes none of the machine's rules.
  build_network=(--network host)
  start_engine dockerd --bridge=none --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false 9>&-
  docker image inspect "debian:$DEBIAN-slim" >/dev/null 2>&1 ||
    docker import -c 'CMD ["bash"]' "$work/base.tar" "debian:$DEBIAN-slim" >/dev/null
}

build() { # NAME TARGET FOLDER
  docker build --progress=plain "${build_network[@]}" --build-arg "DEBIAN=$DEBIAN" ${2:+--target "$2"} \
    -t "khuyencong-$1" "$3"
}

use_engine() {
  mkdir -p "$work"
  if docker version >/dev/null 2>&1; then note "using the engine that answers"; else prepare_private_engine; fi
}
