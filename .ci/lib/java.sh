# shellcheck shell=bash
# JDKs, our jars, and how a program is started: plainly, or under Atoll.

# jdk_home FEATURE: the newest JDK of that feature version, found by its release file. ATOLL_JDK_<FEATURE> overrides.
jdk_home() {
  local override=ATOLL_JDK_$1 release home found=
  if [ -n "${!override:-}" ]; then
    printf '%s\n' "${!override}"
    return
  fi
  for release in "${JAVA_HOME:-/nonexistent}/release" /usr/lib/jvm/*/release /opt/*/release; do
    [ -r "$release" ] || continue
    home=$(dirname "$release")
    [ -x "$home/bin/java" ] && grep -q -E "^JAVA_VERSION=\"$1([.\"]|$)" "$release" && found=$home && break
  done
  [ -n "$found" ] && printf '%s\n' "$found"
}

# jdk_version HOME: as the release file says it.
jdk_version() {
  sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$1/release"
}

# The prefix that runs a command on the host side; set by host_side, empty means right here.
ON_HOST=()

# Set by --plain: programs run without Atoll, which shows that a test itself is sound.
PLAIN=

# The JDK the launcher itself runs on: the oldest that is promised to work.
LAUNCHER_JAVA=$(jdk_home 17)/bin/java
ATOLL_JAR=$ROOT/launcher/target/atoll.jar
EXAMPLES_CLASSES=$ROOT/examples/target/classes
EXAMPLES_LIB=$ROOT/examples/target/lib
LIBRARIES_LIB=$ROOT/examples/libraries/target/lib

# build_once FILE MODULE DIRECTORY...: builds a module and what it needs, without tests, unless the file is newer than
# every source in the directories.
build_once() {
  local product=$1 module=$2
  shift 2
  if [ -e "$product" ] && [ -z "$(cd "$ROOT" && find "$@" -name target -prune -o \
    \( -path '*/src/main/*' -o -name pom.xml \) -type f -newer "$product" -print -quit)" ]; then
    return 0
  fi
  (cd "$ROOT" && mvn -B -ntp -q -DskipTests package -pl "$module" -am) || die "the build of $module failed"
  [ -e "$product" ] || die "the build of $module left no $product"
  touch "$product"
}

build_launcher() {
  [ -n "$PLAIN" ] || build_once "$ATOLL_JAR" launcher pom.xml stack sandbox-runtime socket-shim launcher
}

# command_of OPTION... -- PROGRAM...: sets COMMAND to `atoll run` on the host side with these options; with --plain the
# options are dropped. An array and not a function to run: what is started in the background must be the program itself.
command_of() {
  COMMAND=("${ON_HOST[@]}")
  if [ -n "$PLAIN" ]; then
    while [ "$1" != -- ]; do shift; done
    shift
  else
    COMMAND+=("$LAUNCHER_JAVA" -jar "$ATOLL_JAR" run)
  fi
  COMMAND+=("$@")
}

# atoll OPTION... -- PROGRAM...: runs it and waits.
atoll() {
  command_of "$@"
  "${COMMAND[@]}"
}

# start_atoll LOG OPTION... -- PROGRAM...: as start.
start_atoll() {
  local log=$1
  shift
  command_of "$@"
  start "$log" "${COMMAND[@]}"
}
