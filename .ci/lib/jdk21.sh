# shellcheck shell=bash
# JDK 21 where the machine has none: Debian's of a later release, with the C library of that release, in the cache
# directory, of root's in /var/cache. It is told where that library is and so needs no root and no chroot. Sourced after common.sh.

JDK21_SUITE=trixie
JDK21=$CACHE/jdk-21
# Root has tests run programs as other users, to whom a home directory may be closed.
! is_root || JDK21=/var/cache/atoll-ci/jdk-21
JDK21_PACKAGES=(openjdk-21-jdk-headless openjdk-21-jre-headless libc6 zlib1g libgcc-s1 libstdc++6)

# use_libraries DIRECTORY COMMAND: with the C library that is there.
use_libraries() {
  patchelf --set-interpreter "$1/ld-linux-x86-64.so.2" --force-rpath --set-rpath "\$ORIGIN:\$ORIGIN/../lib:$1" "$2"
}

# patch_base_module FILE DIRECTORY WORK: does the same to the commands that images of jlink have from there. The file is a
# header of four bytes and a zip archive.
patch_base_module() {
  local module=$1 libraries=$2 work=$3 header=4 commands=(bin/java bin/keytool lib/jspawnhelper lib/jexec) each
  local files=()
  mkdir -p "$work/files"
  tail -c +$((header + 1)) "$module" >"$work/base.zip"
  (cd "$work/files" && jar xf ../base.zip "${commands[@]}")
  for each in "${commands[@]}"; do
    use_libraries "$libraries" "$work/files/$each"
    files+=(-C "$work/files" "$each")
  done
  jar ufM "$work/base.zip" "${files[@]}"
  head -c "$header" "$module" >"$work/base.jmod"
  cat "$work/base.zip" >>"$work/base.jmod"
  mv "$work/base.jmod" "$module"
}

fetch_jdk21() {
  local state=$WORK/apt-21 new=$JDK21.new keys=/usr/share/keyrings/debian-archive-keyring.gpg home libraries file
  need patchelf=patchelf
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$state/debs"
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Component: main' | sort -u |
    while read -r archive; do
      case $archive in *security*) ;; *) printf 'deb [signed-by=%s] %s %s main\n' "$keys" "$archive" "$JDK21_SUITE" ;; esac
    done >"$state/sources.list"
  [ -s "$state/sources.list" ] || die "apt knows no Debian archive; run apt-get update"
  local apt=(apt-get -qq -o "Dir::Etc::SourceList=$state/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$state/lists" -o "Dir::Cache=$state/cache" -o "APT::Sandbox::User=$(id -un)")
  "${apt[@]}" update
  (cd "$state/debs" && "${apt[@]}" download "${JDK21_PACKAGES[@]}") || die "JDK 21 cannot be had from $JDK21_SUITE"
  rm -rf "$new"
  mkdir -p "$new"
  for file in "$state"/debs/*.deb; do
    dpkg -x "$file" "$new"
  done
  home=$new/usr/lib/jvm/java-21-openjdk-amd64
  # Where it will be.
  libraries=$JDK21/usr/lib/x86_64-linux-gnu
  # Its settings are links to /etc. Certificates are not among what was brought; none is asked for.
  find "$home" -type l -lname '/etc/java-21-openjdk/*' | while read -r file; do
    cp --remove-destination "$new$(readlink "$file")" "$file"
  done
  for file in "$home"/bin/* "$home/lib/jspawnhelper" "$home/lib/jexec"; do
    [ -L "$file" ] || use_libraries "$libraries" "$file"
  done
  patch_base_module "$home/jmods/java.base.jmod" "$libraries" "$state/base"
  rm -rf "$JDK21"
  mv "$new" "$JDK21"
}

# need_jdk21: sets ATOLL_JDK_21, which scripts and tests find a JDK by before they look elsewhere.
need_jdk21() {
  ATOLL_JDK_21=$(jdk_home 21) || {
    ATOLL_JDK_21=$JDK21/usr/lib/jvm/java-21-openjdk-amd64
    [ -x "$ATOLL_JDK_21/bin/java" ] || fetch_jdk21
  }
  export ATOLL_JDK_21
  "$ATOLL_JDK_21/bin/java" -version >"$WORK/jdk-21" 2>&1 || die "JDK 21 does not run: $(cat "$WORK/jdk-21")"
}
