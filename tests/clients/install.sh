#!/usr/bin/env bash
# Installs with apt what the tests drive and this machine lacks: `install.sh` for the clients, `install.sh PACKAGE …` for those packages.
set -euo pipefail
packages=("$@")
[ ${#packages[@]} -gt 0 ] || packages=(skopeo podman buildah umoci)
missing=()
for package in "${packages[@]}"; do
  command -v "$package" >/dev/null || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]}; install them, this script only knows apt-get" >&2
  exit 1
fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" crun netavark uidmap >/dev/null
