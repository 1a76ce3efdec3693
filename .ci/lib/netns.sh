# shellcheck shell=bash
# Network namespaces of a script's own: "the host side" of a test is such a namespace, so that nothing a test does
# is seen on the machine's own network.

HOST_NS=

# make_netns NAME: with lo up; deleted at the end, and with it every device made in it.
make_netns() {
  ip netns add "$1"
  on_exit "delete_netns $1"
  ip -n "$1" link set lo up
}

# assign NETNS DEVICE ADDRESS: in a /24, or in a /64. Over IPv6 the device then does what it must and no more: it looks for no
# duplicates, asks for no routers and believes none.
assign() {
  if [[ $3 != *:* ]]; then
    ip -n "$1" address add "$3/24" dev "$2"
    return
  fi
  ip netns exec "$1" sh -c 'cd "/proc/sys/net/ipv6/conf/$0" &&
    for f in accept_dad accept_ra autoconf router_solicitations disable_ipv6; do echo 0 >$f; done' "$2"
  ip -n "$1" address add "$3/64" dev "$2" nodad
}

# What still runs in the namespace is ended first: a process would keep the namespace and its devices alive.
delete_netns() {
  local pid
  for pid in $(ip netns pids "$1" 2>/dev/null); do
    kill -KILL "$pid" 2>/dev/null || true
  done
  wait_for 5 netns_is_empty "$1" || true
  ip netns delete "$1"
}

netns_is_empty() {
  [ -z "$(ip netns pids "$1" 2>/dev/null)" ]
}

# host_side: makes the namespace in which servers, clients and the launcher run.
host_side() {
  HOST_NS=atoll-ci-$$
  make_netns "$HOST_NS"
  ON_HOST=(ip netns exec "$HOST_NS")
}

# listening PORT: whether something listens on the host side.
listening() {
  "${ON_HOST[@]}" ss -Hltn "sport = :$1" | grep -q .
}
