#!/bin/bash
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2016  # the hooks are read by a shell of mmdebstrap's
# base.sh SUITE OUT.tar: what the registry calls debian:SUITE-slim, made from this machine's own package sources, for
# machines that reach a Debian mirror but no container registry. `docker import OUT.tar debian:SUITE-slim` loads it.
set -euo pipefail
suite=$1 out=$2
# shellcheck disable=SC1091  # of this machine
host=$(. /etc/os-release && echo "$VERSION_CODENAME")
[[ $out == *.tar ]] || { echo "base.sh: the output must end in .tar" >&2; exit 2; }
W=$(mktemp -d)
trap 'rm -rf "$W"' EXIT

# Only Debian's own source, not what else the machine may have.
for source in /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list; do
  if [ -s "$source" ]; then break; fi
done
sources=$W/debian.${source##*.}
sed "s/\b$host\b/$suite/g" "$source" >"$sources"

# As in the registry's image: no lists and no .deb files are left behind by an apt-get in a Dockerfile.
APT_CONF=$(cat <<'X'
Acquire::Languages "none"; Acquire::GzipIndexes "true"; APT::AutoRemove::SuggestsImportant "false";
Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb || true"; };
X
)
DPKG_CONF=$(printf 'path-exclude=/usr/share/%s/*\n' man info locale doc
  printf 'path-include=/usr/share/doc/*/copyright\nforce-unsafe-io\n')
export APT_CONF DPKG_CONF

# The machine's certificate authorities come along: npm and curl inside must trust what the machine trusts.
authorities='mkdir -p "$1/etc/ssl/certs" "$1/usr/local/share/ca-certificates"
cp -rL /etc/ssl/certs/. "$1/etc/ssl/certs/"
if [ -d /usr/local/share/ca-certificates ]; then cp -r /usr/local/share/ca-certificates/. "$1/usr/local/share/ca-certificates/"; fi'

[ -d /dev/shm ] && export TMPDIR=/dev/shm # dpkg's many fsyncs cost a minute on a disk
mmdebstrap --quiet --variant=minbase --mode=root --include=usr-is-merged \
  --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr \
  --customize-hook='cd "$1/usr/share"; rm -rf man/* info/* locale/*
    find doc -type f ! -name copyright -delete; find doc -type l -delete; find doc -type d -empty -delete' \
  --customize-hook='printf "%s\n" "$DPKG_CONF" >"$1/etc/dpkg/dpkg.cfg.d/docker-slim"' \
  --customize-hook='printf "%s\n" "$APT_CONF" >"$1/etc/apt/apt.conf.d/docker-clean"; rm -f "$1"/var/cache/apt/*.bin' \
  --customize-hook="$authorities" \
  "$suite" "$out" "$sources"
