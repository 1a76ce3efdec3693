# shellcheck shell=bash
# One stream each way between a program under Atoll and a peer of the host's kernel, both the example Transfer.

TRANSFER=dev.atoll.examples.transfer.Transfer
BEFORE=()

build_examples() {
  build_once "$EXAMPLES_CLASSES/dev/atoll/examples/transfer/Transfer.class" examples pom.xml examples/pom.xml examples/src
}

# transfer SIDE MODE BYTES SEED DIRECTORY: moves the streams and compares the hashes of both ends; SIDE is what the
# program inside is, client or server. The caller has set
#   JAVA        the JDK's java, and options
#   INSIDE, PEER, PORT    the two ends' addresses and the server's port
#   RUN         options of atoll run
#   ON_HOST     where the launcher runs (see netns.sh)
#   ON_PEER     where the peer runs
#   BEFORE      a class, with arguments, that is to run the one inside; may be empty
#   LIMIT       seconds that all of it may take
# What the ends say stays in DIRECTORY.
transfer() {
  local side=$1 mode=$2 bytes=$3 seed=$4 directory=$5 server client
  local inside=$directory/inside peer=$directory/peer code=0
  mkdir -p "$directory"
  if [ "$side" = client ]; then
    start "$peer" "${ON_PEER[@]}" "${JAVA[@]}" -cp "$EXAMPLES_CLASSES" "$TRANSFER" server "$PORT" "$mode" "$bytes" "$seed"
    server=$STARTED
    wait_for_line 30 "$peer" '^listening on ' "$server" || code=$?
    start_atoll "$inside" "${RUN[@]}" --timeout "${LIMIT}s" -- \
      "${JAVA[@]}" -cp "$EXAMPLES_CLASSES" "${BEFORE[@]}" "$TRANSFER" client "$PEER" "$PORT" "$mode" "$bytes" "$seed"
    client=$STARTED
  else
    start_atoll "$inside" "${RUN[@]}" --timeout "${LIMIT}s" -- \
      "${JAVA[@]}" -cp "$EXAMPLES_CLASSES" "${BEFORE[@]}" "$TRANSFER" server "$PORT" "$mode" "$bytes" "$seed"
    server=$STARTED
    wait_for_line 30 "$inside" '^listening on ' "$server" || code=$?
    start "$peer" "${ON_PEER[@]}" "${JAVA[@]}" -cp "$EXAMPLES_CLASSES" "$TRANSFER" client "$INSIDE" "$PORT" "$mode" \
      "$bytes" "$seed"
    client=$STARTED
  fi
  [ "$code" = 0 ] && ends_well "$client" && ends_well "$server" || code=1
  stop "$client" "$server"
  [ "$code" = 0 ] && same_hash "$inside" "$peer" "$bytes" && same_hash "$peer" "$inside" "$bytes" && return 0
  tail -n 15 "$inside" "$peer"
  return 1
}

# ends_well PID: with code 0, and before LIMIT is over.
ends_well() {
  wait_for "$LIMIT" ended "$1" || { echo "not over after $LIMIT seconds"; return 1; }
  wait "$1"
}

# same_hash FROM TO BYTES: what one end says it sent is what the other says it received.
same_hash() {
  local sent received
  sent=$(sed -n "s/^sent $3 \([0-9a-f]\{64\}\) .*/\1/p" "$1")
  received=$(sed -n "s/^received $3 \([0-9a-f]\{64\}\) .*/\1/p" "$2")
  [ -n "$sent" ] && [ "$sent" = "$received" ] || { echo "sent $sent, received $received"; return 1; }
}

# speeds DIRECTORY: one line, as the receiving ends saw it.
speeds() {
  printf 'into the sandbox %s, out of it %s' "$(speed "$1/inside")" "$(speed "$1/peer")"
}

speed() {
  sed -n 's/^received [0-9]* [0-9a-f]* //p' "$1"
}
