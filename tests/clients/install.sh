#!/usr/bin/env bash
# Installs with apt what the tests drive and this machine lacks: `install.sh` for all of it, `install.sh COMMAND …` for those commands.
# The services that come with it are neither started nor enabled: a test starts what it needs, and ends it.
set -euo pipefail
PATH=$PATH:/usr/sbin:/sbin
commands=("$@")
[ ${#commands[@]} -gt 0 ] ||
  commands=(skopeo podman buildah umoci dockerd docker containerd ctr runc docker-registry curl)

# The packages that bring a command. A `docker` may be there without its engine, so both are looked for.
packages_of() {
  case $1 in
    dockerd) echo docker.io ;;
    docker) apt-cache show docker-cli >/dev/null 2>&1 && echo docker-cli || echo docker.io ;;
    ctr) echo containerd ;;
    podman | buildah) echo "$1" crun netavark uidmap ;;
    *) echo "$1" ;;
  esac
}

# A python3 may be there without its means to make virtual environments, which are no command.
present() {
  case $1 in
    python3-venv) command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

missing=()
for command in "${commands[@]}"; do
  present "$command" || missing+=("$command")
done
[ ${#missing[@]} -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "missing: ${missing[*]}; install them, this script only knows apt-get" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" != 0 ]; then
  command -v sudo >/dev/null || { echo "missing: ${missing[*]}; run $0 as root to install them, there is no sudo" >&2; exit 1; }
  as_root=(sudo)
fi

export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
packages=()
for command in "${missing[@]}"; do
  read -ra found < <(packages_of "$command")
  packages+=("${found[@]}")
done
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap '"${as_root[@]}" rm -f $policy' EXIT
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
  "${as_root[@]}" chmod 755 $policy
fi
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
if command -v systemctl >/dev/null; then
  for unit in $(dpkg -L "${packages[@]}" | sed -nE 's#.*/systemd/system/([^/@]+\.(service|socket|timer))$#\1#p'); do
    "${as_root[@]}" systemctl disable --quiet "$unit"
  done
fi
