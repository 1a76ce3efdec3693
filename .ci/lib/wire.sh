# shellcheck shell=bash
# A bad wire between two namespaces: the host side's end is wire0, the peer's wire1. The launcher's jar and the examples are
# built; `seed` decides what the wire does to which frame.

# For processes that wait more than they work: little is compiled, and by the quicker compiler.
SMALL_JAVA=("$(jdk_home 17)/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC)

# wire TROUBLE DIRECTORY MTU: makes both namespaces and the wire; its output is in DIRECTORY/wire, and it ends with HOLD.
# wire0 is up and has no address, PEER is that of wire1, of either family.
wire() {
  local trouble=$1 directory=$2 mtu=$3
  HOST_NS=atoll-ci-$BASHPID
  PEER_NS=$HOST_NS-peer
  make_netns "$HOST_NS"
  make_netns "$PEER_NS"
  ON_HOST=(ip netns exec "$HOST_NS")
  ON_PEER=(ip netns exec "$PEER_NS")
  silence "${ON_HOST[@]}"
  silence "${ON_PEER[@]}"

  # The wire ends when nobody can write to its standard input any more.
  mkfifo "$directory/hold"
  exec {HOLD}<>"$directory/hold"
  "${ON_HOST[@]}" "${SMALL_JAVA[@]}" -cp "$EXAMPLES_CLASSES:$ATOLL_JAR" \
    dev.atoll.examples.badwire.BadWire --seed "$seed" --a wire0 --b wire1 --a-to-b "$trouble" --b-to-a "$trouble" \
    <"$directory/hold" >"$directory/wire" 2>&1 {HOLD}<&- &
  WIRE=$!
  on_exit "stop $WIRE"
  wait_for_line 30 "$directory/wire" ' are there, ' "$WIRE" || { cat "$directory/wire"; return 1; }

  ip -n "$HOST_NS" link set wire1 netns "$PEER_NS"
  packets_only "$PEER_NS" wire1
  assign "$PEER_NS" wire1 "$PEER"
  ip -n "$PEER_NS" link set wire1 mtu "$mtu" up
  packets_only "$HOST_NS" wire0
  ip -n "$HOST_NS" link set wire0 mtu "$mtu" up
}

# Nothing but the streams is to cross the wire: what has no IPv6 address of a test's sends no IPv6. And the bridge is not to look into packets: with netfilter it would
# keep those whose IP header is corrupt from the sandbox.
silence() {
  "$@" sh -c 'cd /proc/sys/net
    for f in ipv6/conf/all/disable_ipv6 ipv6/conf/default/disable_ipv6; do [ ! -w $f ] || echo 1 >$f; done
    for f in bridge/bridge-nf-call-*tables; do [ ! -w $f ] || echo 0 >$f; done'
}

# packets_only NETNS DEVICE: no super-segments and no open checksums. What a device cannot do in the first place
# ethtool refuses to switch off.
packets_only() {
  local feature
  for feature in gro gso tso sg tx rx; do
    ip netns exec "$1" ethtool -K "$2" "$feature" off >/dev/null 2>&1 || true
  done
}
