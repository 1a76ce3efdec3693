# shellcheck shell=bash
# OpenJDK's own tests and what runs them, for .ci/jdk-tests. The tests are GPLv2 and no part of Atoll: they come from
# Debian's source package, jtreg from Debian's binary package. Sourced after common.sh and java.sh.

# The tests fit the JDK they were written for; a version that Debian no longer has is replaced by the one it has.
SOURCE_VERSION=17.0.19+10-1~deb12u2
OPENJDK=$CACHE/jdk-tests
TESTS=$OPENJDK/tests/test/jdk
JTREG=$OPENJDK/jtreg
# Which version the tests are of.
SOURCE_STAMP=$OPENJDK/tests/version

# --- Bringing the tests ---------------------------------------------------------------------------------------

# apt with lists, cache and sources of its own: the system's stay as they are.
private_apt() {
  local state=$1
  shift
  apt-get -qq -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$state/lists" -o Dir::Cache="$state/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}

fetch_tests() {
  local state=$WORK/apt new=$OPENJDK/tests.new version
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/source"
  apt-get indextargets --format 'deb-src $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' |
    sort -u >"$state/sources.list"
  [ -s "$state/sources.list" ] || die "apt knows no Debian archive; run apt-get update"
  private_apt "$state" update
  (cd "$state/source" && {
    private_apt "$state" source --download-only "openjdk-17=$SOURCE_VERSION" ||
      private_apt "$state" source --download-only openjdk-17
  }) || die "openjdk-17's source package cannot be had"
  rm -rf "$new"
  mkdir -p "$new"
  tar -xJf "$state"/source/openjdk-17_*.orig.tar.xz -C "$new" --strip-components=1 --wildcards \
    '*/test/jdk/TEST.ROOT' '*/test/jdk/java/net' '*/test/jdk/java/nio/channels' '*/test/jdk/com/sun/net' \
    '*/test/jdk/sun/net' '*/test/jdk/sun/nio/ch' '*/test/jdk/jdk/net' '*/test/jdk/lib/testlibrary' '*/test/lib' \
    '*/test/jtreg-ext'
  # Names directories that were not taken; jtreg refuses the tree for it.
  : >"$new/test/jdk/TEST.groups"
  version=$(sed -n 's/^Version: //p' "$state"/source/openjdk-17_*.dsc | head -n 1)
  printf '%s\n' "${version:?the source package does not say its version}" >"$new/version"
  rm -rf "${TESTS%/test/jdk}"
  mv "$new" "${TESTS%/test/jdk}"
}

fetch_jtreg() {
  local state=$WORK/deb
  mkdir -p "$state"
  (cd "$state" && apt-get -qq -o APT::Sandbox::User="$(id -un)" download jtreg7) || die "package jtreg7 cannot be had"
  dpkg -x "$state"/jtreg7_*.deb "$state/root"
  rm -rf "$JTREG"
  mv "$state/root/usr/share/jtreg" "$JTREG"
}

need_openjdk_tests() {
  mkdir -p "$OPENJDK"
  if [ ! -s "$SOURCE_STAMP" ] || [ ! -d "$JTREG/lib" ]; then
    # A fresh machine's apt knows no package at all.
    ! is_root || apt-cache show jtreg7 >/dev/null 2>&1 || apt-get update -qq
    [ -s "$SOURCE_STAMP" ] || fetch_tests
    [ -d "$JTREG/lib" ] || fetch_jtreg
  fi
}

# --- The image under test -------------------------------------------------------------------------------------

# sandboxed_image IMAGE JDK: a JDK image of links whose bin/java starts the JDK's in a sandbox. javac and the others stay
# plain, and so does a JVM that a test starts from within its sandbox.
sandboxed_image() {
  local image=$1 jdk=$2 entry
  mkdir -p "$image/bin"
  for entry in "$jdk"/*; do
    [ "${entry##*/}" = bin ] || ln -s "$entry" "$image/${entry##*/}"
  done
  for entry in "$jdk"/bin/*; do
    [ "${entry##*/}" = java ] || ln -s "$entry" "$image/bin/${entry##*/}"
  done
  cat >"$image/bin/java" <<END
#!/bin/sh
# jtreg clears the environment.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
[ ! -e /etc/atoll/agent.jar ] || exec '$jdk/bin/java' "\$@"
exec '$LAUNCHER_JAVA' -jar '$ATOLL_JAR' run --link stream -- '$jdk/bin/java' "\$@"
END
  chmod +x "$image/bin/java"
}

# --- Running --------------------------------------------------------------------------------------------------

# jtreg_run NAME IMAGE JDK SECONDS TEST...: runs the tests on an image and compiles them on a JDK, within that time. Writes
# a line "TEST<tab>OUTCOME" for each that ran to $WORK/NAME.outcomes; what the tests have written stays below $WORK/NAME.
jtreg_run() {
  local name=$1 image=$2 jdk=$3 seconds=$4 status=0 log=$WORK/$1.log
  shift 4
  (cd "$TESTS" && timeout --kill-after=30 "$seconds" "$LAUNCHER_JAVA" -jar "$JTREG/lib/jtreg.jar" \
    -othervm -jdk:"$image" -compilejdk:"$jdk" -concurrency:"${CONCURRENCY:-$(nproc)}" -timeoutFactor:4 -ignore:quiet \
    -verbose:none -workDir:"$WORK/$name" -reportDir:"$WORK/$name.report" "$@") >"$log" 2>&1 || status=$?
  # 0 all passed, 1 none selected, 2 some failed, 3 some in error; the rest means that jtreg itself did not get through.
  if [ "$status" -gt 3 ] || [ ! -s "$WORK/$name.report/text/summary.txt" ]; then
    tail -n 40 "$log" | sed 's/^/      | /'
    case $status in
      124 | 137) die "jtreg was not done after $seconds s" ;;
      *) die "jtreg ended with $status" ;;
    esac
  fi
  sed -E 's/^([^ ]+) +/\1\t/' "$WORK/$name.report/text/summary.txt" >"$WORK/$name.outcomes"
}

# said_by NAME TEST: the end of what a test that failed has written.
said_by() {
  local name=$1 test=$2 stem
  stem=${test%%#*}
  stem=${stem%.*}
  case $test in
    *'#'*) stem+=_${test##*#} ;;
  esac
  [ -r "$WORK/$name/$stem.jtr" ] || return 0
  sed -n '/^----------System.out/,/^----------rerun/p' "$WORK/$name/$stem.jtr" | tail -n "${CHECK_LINES:-40}" |
    sed 's/^/      | /'
}
