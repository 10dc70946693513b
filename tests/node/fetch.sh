#!/usr/bin/env bash
# fetch.sh [FOLDER]: brings the tests of the Node.js release that the lists speak of into FOLDER (else $OURO_NODE_SUITE,
# else target/node-suite). Where they are already, it does nothing.
#
# On Debian they come from the source package, through the mirror that the machine's apt uses, without a change to apt's
# own settings. Elsewhere, or if the mirror doesn't have that release, from the release's tag in Node's repository
# (NODE_REPOSITORY names a copy of it).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's/^pub const VERSION: &str = "\(.*\)";$/\1/p' "$here/suite.rs")
folder=${1:-${OURO_NODE_SUITE:-$here/../../target/node-suite}}

if [ "$(cat "$folder/version" 2>/dev/null)" = "$version" ]; then
  echo "$folder holds the tests of Node.js $version"
  exit 0
fi

mkdir -p "$(dirname "$folder")"
# Beside its place, so that half a suite never stands in it.
work=$(mktemp -d "$(dirname "$folder")/node-suite.XXXXXX")
trap 'rm -rf "$work"' EXIT

from_debian() {
  command -v apt-get >/dev/null && [ -f /usr/share/keyrings/debian-archive-keyring.gpg ] || return 1
  local mirror suite
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | sed -n 1p)
  [ -n "$mirror" ] || mirror=http://deb.debian.org/debian/
  suite=trixie
  mkdir -p "$work"/apt/{sources,lists/partial,cache/archives/partial,download}
  printf '%s\n' 'Types: deb-src' "URIs: $mirror" "Suites: $suite" 'Components: main' \
    'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg' > "$work/apt/sources/suite.sources"
  local apt=(apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/apt/sources"
    -o "Dir::State::Lists=$work/apt/lists" -o "Dir::Cache=$work/apt/cache" -o Acquire::Retries=3)
  [ "$(id -u)" != 0 ] || apt+=(-o APT::Sandbox::User=root)
  "${apt[@]}" update || return 1
  (cd "$work/apt/download" && "${apt[@]}" source --download-only nodejs) || return 1
  local archive
  archive=$(find "$work/apt/download" -name "nodejs_$version*.orig.tar.*" | sed -n 1p)
  [ -n "$archive" ] || { echo "fetch.sh: Debian's nodejs isn't $version" >&2; return 1; }
  mkdir "$work/suite"
  tar -xf "$archive" -C "$work/suite" --strip-components=1 --wildcards '*/test/*'
}

from_repository() {
  command -v git >/dev/null || return 1
  git clone --quiet --depth 1 --filter=blob:none --no-checkout --branch "v$version" \
    "${NODE_REPOSITORY:-https://github.com/nodejs/node.git}" "$work/clone" || return 1
  git -C "$work/clone" sparse-checkout set --no-cone '/test/' || return 1
  git -C "$work/clone" checkout --quiet || return 1
  mkdir "$work/suite"
  mv "$work/clone/test" "$work/suite/test"
}

from_debian || from_repository || {
  echo "fetch.sh: the tests of Node.js $version can't be fetched from here" >&2
  exit 1
}
# What lies above the tests must not make modules of them.
echo '{"type":"commonjs"}' > "$work/suite/package.json"
echo "$version" > "$work/suite/version"
rm -rf "$folder"
mv "$work/suite" "$folder"
echo "$folder holds the tests of Node.js $version"
