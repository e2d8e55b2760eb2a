# What packaging/quickstart and packaging/test share. Sourced, not run; bash.

# Debian's names of what the Swift sources are built with: first what the toolchain itself runs and links with.
build_packages=(
  binutils ca-certificates git libc6-dev libcurl4 libncurses6 libsqlite3-0 libstdc++-12-dev libxml2
  pkg-config libsystemd-dev liblz4-dev libzstd-dev libsnappy-dev zlib1g-dev libyaml-dev
)

swift_needed=6.3

say() { printf '%s\n' "== $*" >&2; }

fail() {
  printf '%s\n' "${0##*/}: $*" >&2
  exit 1
}

# Installs those of the named Debian packages that are missing; root is asked for only when there are any.
install_missing_packages() {
  local package missing=() as_root=()
  command -v dpkg-query >/dev/null || fail "this is not Debian; install what these packages hold and try again: $*"
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)" = installed ] || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "missing Debian packages; run as root: apt-get install ${missing[*]}"
    as_root=(sudo)
    say "Installing Debian packages, for which sudo is needed: ${missing[*]}"
  else
    say "Installing Debian packages: ${missing[*]}"
  fi
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -q >&2 ||
    fail "apt-get update failed; are Debian's package servers reachable?"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}" >&2 ||
    fail "apt-get could not install: ${missing[*]}"
}

require_swift() {
  command -v swift >/dev/null ||
    fail "Swift $swift_needed or newer is needed and no swift is on PATH; see https://www.swift.org/install/linux/"
}

# Once the packages are there that Swift needs to run.
require_swift_version() {
  local told version
  told=$(swift --version 2>&1) || fail "$(command -v swift) does not run: $told"
  version=$(sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' <<<"$told" | head -n 1)
  [ "$(printf '%s\n' "$swift_needed" "${version:-0}" | sort -V | head -n 1)" = "$swift_needed" ] ||
    fail "Swift $swift_needed or newer is needed, found ${version:-one that does not tell its version}; see https://www.swift.org/install/linux/"
}
