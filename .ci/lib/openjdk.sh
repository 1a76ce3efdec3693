# shellcheck shell=bash
# OpenJDK's own tests and what runs them, for .ci/jdk-tests. The tests are GPLv2 and no part of Atoll: they come from
# Debian's source package, jtreg from Debian's binary package. Sourced after common.sh,
# java.sh and netns.sh.

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
# plain, and so does a JVM that a test starts from within its sandbox. Its Atoll is the one of this moment: a build meanwhile
# changes nothing.
#
# Its network is one of both families, as the machine's is on which a test counts, where root can make it a TAP; else it is
# one of IPv4, which tests of IPv6 find out and skip themselves.
sandboxed_image() {
  local image=$1 jdk=$2 entry link='--link stream'
  if is_root && [ -c /dev/net/tun ]; then link='--link tap --address6 free'; fi
  mkdir -p "$image/bin"
  for entry in "$jdk"/*; do
    [ "${entry##*/}" = bin ] || ln -s "$entry" "$image/${entry##*/}"
  done
  for entry in "$jdk"/bin/*; do
    case ${entry##*/} in
      java | jstack) ;;
      *) ln -s "$entry" "$image/bin/${entry##*/}" ;;
    esac
  done
  cp "$ATOLL_JAR" "$image/atoll.jar"
  # jtreg asks it of the launcher when a test takes too long; what counts are the JVMs in the sandbox.
  cat >"$image/bin/jstack" <<END
#!/bin/sh
PATH=/usr/sbin:/usr/bin:/sbin:/bin
descendants() {
  for child in \$(pgrep -P "\$1"); do
    echo "\$child"
    descendants "\$child"
  done
}
'$jdk/bin/jstack' "\$1"
for pid in \$(descendants "\$1"); do
  [ "\$(cat "/proc/\$pid/comm")" != java ] || '$jdk/bin/jstack' "\$pid"
done
END
  cat >"$image/bin/java" <<END
#!/bin/sh
# jtreg clears the environment.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
[ ! -e /etc/atoll/agent.jar ] || exec '$jdk/bin/java' "\$@"
exec '$LAUNCHER_JAVA' -jar '$image/atoll.jar' run $link -- '$jdk/bin/java' "\$@"
END
  chmod +x "$image/bin/java" "$image/bin/jstack"
}

# compiling_image IMAGE JDK: a JDK image of links whose javac starts in half of the processor's time, which is most of what
# many tests take.
compiling_image() {
  local image=$1 jdk=$2 entry
  mkdir -p "$image/bin"
  for entry in "$jdk"/*; do
    [ "${entry##*/}" = bin ] || ln -s "$entry" "$image/${entry##*/}"
  done
  for entry in "$jdk"/bin/*; do
    [ "${entry##*/}" = javac ] || ln -s "$entry" "$image/bin/${entry##*/}"
  done
  printf '#!/bin/sh\nexec %s -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC "$@"\n' "'$jdk/bin/javac'" >"$image/bin/javac"
  chmod +x "$image/bin/javac"
}

# --- Running --------------------------------------------------------------------------------------------------

# The prefix that runs a command in the network of plain runs; empty means right here.
PLAIN_NETWORK=()

# plain_network: sets PLAIN_NETWORK to one of both families like a sandbox's, where root can make it. On the machine's own
# there are interfaces that other programs make and remove while a test goes through them, and such a test would not count.
plain_network() {
  local here=atoll-jdk-$$ beyond=atoll-jdk-peer-$$
  if ! is_root || [ ${#PLAIN_NETWORK[@]} -gt 0 ]; then return 0; fi
  need ip=iproute2
  make_netns "$here"
  make_netns "$beyond"
  ip link add eth0 netns "$here" type veth peer name eth0 netns "$beyond"
  ip -n "$here" link set eth0 up
  ip -n "$beyond" link set eth0 up
  assign "$here" eth0 10.66.0.2
  assign "$here" eth0 fd61:746f:6c6c::2
  assign "$beyond" eth0 10.66.0.1
  assign "$beyond" eth0 fd61:746f:6c6c::1
  ip -n "$here" route add default via 10.66.0.1
  ip -n "$here" route add default via fd61:746f:6c6c::1
  PLAIN_NETWORK=(ip netns exec "$here")
}

# jtreg_run NAME IMAGE JDK SECONDS CLASSES TEST...: runs the tests on an image and compiles them on a JDK, within that time.
# Writes a line "TEST<tab>OUTCOME" for each that ran to $WORK/NAME.outcomes; what the tests have written stays below $WORK/NAME.
# What the directory CLASSES has of compiled tests is not compiled again unless its source is newer; empty for none.
jtreg_run() {
  local name=$1 image=$2 jdk=$3 seconds=$4 classes=$5 status=0 log=$WORK/$1.log slots=${CONCURRENCY:-$(nproc)} slot
  local network=()
  shift 5
  if [ "$image" = "$jdk" ]; then
    plain_network
    network=("${PLAIN_NETWORK[@]}")
  fi
  [ -d "$WORK/compiler" ] || compiling_image "$WORK/compiler" "$jdk"
  # jtreg has a directory of classes for each test that it runs at the same time.
  for ((slot = 0; slot < slots; slot++)); do
    mkdir -p "$WORK/$name/classes/$slot"
    [ ! -d "$classes" ] || cp -a "$classes/." "$WORK/$name/classes/$slot"
  done
  (cd "$TESTS" && timeout --kill-after=30 "$seconds" "${network[@]}" "$LAUNCHER_JAVA" -jar "$JTREG/lib/jtreg.jar" \
    -othervm -jdk:"$image" -compilejdk:"$WORK/compiler" -concurrency:"$slots" -timeoutFactor:4 -ignore:quiet \
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

# compiled_by NAME CLASSES: keeps what a run has compiled, in one directory.
compiled_by() {
  local slot
  mkdir -p "$2"
  for slot in "$WORK/$1/classes"/*; do
    cp -a --update "$slot/." "$2"
  done
}

# said_by NAME TEST: the end of what a test that failed has written; of one that took too long with what its threads did.
said_by() {
  local name=$1 test=$2 stem lines=40
  stem=${test%%#*}
  stem=${stem%.*}
  case $test in
    *'#'*) stem+=_${test##*#} ;;
  esac
  [ -r "$WORK/$name/$stem.jtr" ] || return 0
  ! grep -q '^--- Timeout information' "$WORK/$name/$stem.jtr" || lines=1000
  sed -n '/^----------System.out/,/^----------rerun/p' "$WORK/$name/$stem.jtr" | tail -n "${CHECK_LINES:-$lines}" |
    sed 's/^/      | /'
}
