# shellcheck shell=bash
# Real servers on the host side, as an ordinary user, with everything they write below $WORK.

# start_nginx PORT DOCROOT
start_nginx() {
  local port=$1 docroot=$2 home=$WORK/nginx pid
  mkdir -p "$home"
  cat >"$home/nginx.conf" <<END
daemon off;
worker_processes 1;
pid $home/nginx.pid;
error_log stderr warn;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  client_body_temp_path $home/body;
  proxy_temp_path $home/proxy;
  fastcgi_temp_path $home/fastcgi;
  uwsgi_temp_path $home/uwsgi;
  scgi_temp_path $home/scgi;
  server {
    listen $port;
    listen [::]:$port;
    root $docroot;
  }
}
END
  owned_by_nobody "$home"
  unprivileged nginx -p "$home" -e stderr -c "$home/nginx.conf"
  start "$home/log" "${COMMAND[@]}"
  wait_for 10 listening "$port" || die "nginx did not start: $(tail -n 5 "$home/log")"
}

# start_postgres PORT: user "atoll" without a password, to whoever reaches it.
start_postgres() {
  local port=$1 home=$WORK/postgres bin
  bin=$(postgres_bin) || die "no PostgreSQL server found"
  mkdir -p "$home"
  owned_by_nobody "$home"
  unprivileged "$bin/initdb" -D "$home/data" -U atoll -A trust -E UTF8 --no-locale --no-sync
  "${COMMAND[@]}" >"$home/log" 2>&1 || die "initdb failed: $(tail -n 5 "$home/log")"
  echo 'host all all 10.66.0.0/16 trust' >>"$home/data/pg_hba.conf"
  # It is thrown away at the end: nothing need survive a crash.
  unprivileged "$bin/postgres" -D "$home/data" -p "$port" -c listen_addresses='*' -c fsync=off \
    -c full_page_writes=off -c max_wal_size=4GB -c unix_socket_directories="$home"
  start "$home/log" "${COMMAND[@]}"
  wait_for 30 "$bin/pg_isready" -q -h "$home" -p "$port" || die "PostgreSQL did not start: $(tail -n 5 "$home/log")"
}

# Debian keeps the server's programs out of PATH, by version.
postgres_bin() {
  local dir
  for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) "$(dirname "$(command -v postgres || echo /)")"; do
    [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] && printf '%s\n' "$dir" && return
  done
  return 1
}

# start_redis PORT: in memory, open to whoever reaches it.
start_redis() {
  local port=$1 home=$WORK/redis
  mkdir -p "$home"
  owned_by_nobody "$home"
  unprivileged redis-server --port "$port" --bind 0.0.0.0 --protected-mode no --dir "$home" --save ''
  start "$home.log" "${COMMAND[@]}"
  wait_for 10 listening "$port" || die "Redis did not start: $(tail -n 5 "$home.log")"
}

# start_dnsmasq ADDRESS OPTION...: a name server for what its options say, at an address that is there; port 53 needs root.
start_dnsmasq() {
  local log=$WORK/dnsmasq-$1.log
  start "$log" "${ON_HOST[@]}" dnsmasq --keep-in-foreground --user=root --conf-file=/dev/null --pid-file= --no-hosts --no-resolv \
    --bind-interfaces --listen-address="$1" --log-facility=- "${@:2}"
  wait_for_line 10 "$log" 'started, version' "$STARTED" || die "dnsmasq did not start: $(tail -n 5 "$log")"
}

# unprivileged PROGRAM...: sets COMMAND to run it on the host side, as nobody if we are root (servers refuse root).
unprivileged() {
  COMMAND=("${ON_HOST[@]}")
  is_root && COMMAND+=(setpriv --reuid=nobody --regid=nogroup --clear-groups --)
  COMMAND+=("$@")
}

owned_by_nobody() {
  ! is_root || chown -R nobody:nogroup "$1"
}
