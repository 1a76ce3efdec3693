# shellcheck shell=bash
# What every script of .ci shares: where things are, counting, waiting, and leaving nothing behind.
# Sourced after `set -euo pipefail`; installs the exit trap.
#
# No script has process substitutions, <(...): bash 5.2 keeps their process ids for longer than the processes live, and when a
# process started later gets such an id, bash takes its end for that of the substitution and waits for it for ever.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/atoll-ci
# Debian keeps ip, nginx and the like where an ordinary user's PATH does not look.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export ROOT CACHE PATH LC_ALL=C.UTF-8

# --- Counting -------------------------------------------------------------------------------------------------

PASSED=0
FAILED=0
SKIPPED=0

pass() {
  PASSED=$((PASSED + 1))
  printf 'ok    %s\n' "$*"
}

fail() {
  FAILED=$((FAILED + 1))
  printf 'FAIL  %s\n' "$*"
}

skip() {
  SKIPPED=$((SKIPPED + 1))
  printf 'skip  %s\n' "$*"
}

note() {
  printf '      %s\n' "$*"
}

# The closing line; the script's exit code is that of this function.
finish() {
  printf '%d passed, %d failed, %d skipped\n' "$PASSED" "$FAILED" "$SKIPPED"
  [ "$FAILED" = 0 ]
}

die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

# check NAME COMMAND...: passes if the command does; its output is shown when it fails.
check() {
  local name=$1 log
  shift
  log=$(mktemp "$WORK/check.XXXXXX")
  if "$@" >"$log" 2>&1; then
    pass "$name"
  else
    fail "$name (exit code $?)"
    tail -n "${CHECK_LINES:-40}" "$log" | sed 's/^/      | /'
  fi
}

# --- Leaving nothing behind -----------------------------------------------------------------------------------

# Commands to run at the end, last one first. Each is a line of shell and may fail.
ON_EXIT=()

on_exit() {
  ON_EXIT+=("$1")
}

run_exit_commands() {
  local code=$? i
  trap - EXIT INT TERM HUP
  set +e
  for ((i = ${#ON_EXIT[@]} - 1; i >= 0; i--)); do
    eval "${ON_EXIT[i]}" >/dev/null 2>&1
  done
  exit "$code"
}

trap run_exit_commands EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# One directory for everything a run writes. Readable by the unprivileged servers that the scripts start.
WORK=$(mktemp -d "${TMPDIR:-/tmp}/atoll-ci.XXXXXX")
chmod 755 "$WORK"
on_exit "[ -n '${KEEP:-}' ] || rm -rf '$WORK'"

# is_child PID: whether that is a process which this shell has started, and not somebody else's that got its number since.
is_child() {
  local stat parent
  stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  read -r _ parent _ <<<"${stat##*) }"
  [ "$parent" = "$BASHPID" ] || [ "$parent" = $$ ]
}

# stop PID...: TERM, up to five seconds, KILL, of what this shell has started and what still runs of it; it is reaped.
stop() {
  local pid
  for pid in "$@"; do
    is_child "$pid" || continue
    kill -TERM "$pid" 2>/dev/null || continue
    wait_for 5 ended "$pid" || kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
}

# start LOG COMMAND...: in the background, stopped at the end at the latest; the process id is in STARTED. The log is empty when
# this returns, so that nobody reads there what an earlier process wrote.
start() {
  local log=$1
  shift
  : >"$log"
  "$@" >"$log" 2>&1 </dev/null &
  STARTED=$!
  on_exit "stop $STARTED"
}

# ended PID: no such process, or one that only waits to be reaped.
ended() {
  local state
  state=$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null) || return 0
  [ -z "$state" ] || [ "$state" = Z ]
}

# --- Waiting --------------------------------------------------------------------------------------------------

# wait_for SECONDS COMMAND...: until the command succeeds; fails when the time is over.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.05
  done
}

# wait_for_line SECONDS FILE PATTERN [PID]: until a line of the file matches; fails early when the process has ended.
wait_for_line() {
  local end=$((SECONDS + $1)) file=$2 pattern=$3 pid=${4:-}
  until grep -q -E -- "$pattern" "$file" 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || return 1
    if [ -n "$pid" ] && ended "$pid"; then
      grep -q -E -- "$pattern" "$file" 2>/dev/null
      return
    fi
    sleep 0.05
  done
}

# --- Outside programs -----------------------------------------------------------------------------------------

is_root() {
  [ "$(id -u)" = 0 ]
}

# need PROGRAM=PACKAGE...: installs the packages whose programs are not there, as root; else says what is missing.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} = 0 ] && return 0
  if is_root && command -v apt-get >/dev/null; then
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 ||
      { apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }
  else
    die "missing programs; install: ${missing[*]}"
  fi
}

# as_nobody COMMAND...: servers refuse to run as root; a script run by an ordinary user stays that user.
as_nobody() {
  if is_root; then
    setpriv --reuid=nobody --regid=nogroup --clear-groups -- "$@"
  else
    "$@"
  fi
}
