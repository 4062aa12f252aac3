#!/usr/bin/env bash
# Installs the servers and clients of `npm run test:real` on Debian or Ubuntu; does nothing where all of them are there.
set -euo pipefail

PATH="$PATH:/usr/local/go/bin:/usr/sbin:/sbin"

# Debian package and the program that proves it.
packages=(
  docker-registry:docker-registry
  docker.io:dockerd
  skopeo:skopeo
  apache2-utils:htpasswd
  curl:curl
  zsh:zsh
  fish:fish
  tmux:tmux
  git:git
  gcc:gcc
)

# Program, Go package and version.
tools=(
  "crane github.com/google/go-containerregistry/cmd/crane v0.22.1"
  "regctl github.com/regclient/regclient/cmd/regctl v0.11.7"
  "registry github.com/distribution/distribution/v3/cmd/registry v3.1.2"
  "token-server github.com/docker/distribution/contrib/token-server v2.8.3+incompatible"
  "versitygw github.com/versity/versitygw/cmd/versitygw v1.8.0"
  "conformance github.com/opencontainers/distribution-spec/conformance v0.0.0-20260831232431-97274622c111"
)

# Program, Go module, version, package in it and build tags, of what is built in its own folder: its go.mod wants that.
built=(
  "olareg github.com/olareg/olareg v0.1.2 ./cmd/olareg none"
  "gitea code.gitea.io/gitea v1.26.0 . sqlite,sqlite_unlock_notify"
)

main() {
  install_packages
  install_tools
  build_programs
}

install_packages() {
  local missing=() entry
  for entry in "${packages[@]}"; do
    command -v "${entry#*:}" >/dev/null || missing+=("${entry%%:*}")
  done
  ((${#missing[@]} == 0)) && return
  echo "installing ${missing[*]}"
  as_root apt-get update -qq
  without_services as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -qq --yes --no-install-recommends "${missing[@]}" >/dev/null
}

# The tests start their servers themselves; Debian would start one of each on its usual port.
without_services() {
  local policy=/usr/sbin/policy-rc.d made=false code=0
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod +x "$policy"
    made=true
  fi
  "$@" || code=$?
  if $made; then as_root rm -f "$policy"; fi
  return "$code"
}

install_tools() {
  command -v go >/dev/null || { echo "Go is needed to build the clients; see go.dev/doc/install" >&2; exit 1; }
  local bin entry name package version
  bin="$(go env GOPATH)/bin"
  for entry in "${tools[@]}"; do
    read -r name package version <<<"$entry"
    [[ "$(version_of "$bin/$name")" == "$version" ]] && continue
    echo "installing $name $version"
    GOBIN="$bin" CGO_ENABLED=0 go install "$package@$version"
  done
}

# Gitea reads its templates where its source lies, and sqlite needs cgo.
build_programs() {
  local bin entry name module version package tags folder
  bin="$(go env GOPATH)/bin"
  for entry in "${built[@]}"; do
    read -r name module version package tags <<<"$entry"
    folder="$(go mod download -json "$module@$version" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p')"
    [[ "$(built_as "$bin/$name")" == "$version in $folder" ]] && continue
    echo "building $name $version"
    (cd "$folder" && go build -tags "$tags" -o "$bin/$name" \
      -ldflags "-s -w -X main.Version=$version -X $module/modules/setting.StaticRootPath=$folder" "$package")
  done
}

built_as() {
  [[ -x $1 ]] || return 0
  go version -m "$1" | sed -n 's/.*-X main.Version=\(\S*\) -X .*StaticRootPath=\([^ "]*\).*/\1 in \2/p'
}

version_of() {
  [[ -x $1 ]] || return 0
  go version -m "$1" | awk '$1 == "mod" { print $3 }'
}

as_root() {
  if (($(id -u) == 0)); then "$@"; else sudo "$@"; fi
}

main
