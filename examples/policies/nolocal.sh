#!/bin/sh
# What firejail calls nolocal: the internet, but no machine of the local networks, apart from DNS.
# As a script of iptables commands, as people keep them; it is read, not run.
#
# test: connect 203.0.113.80:443 -> accept
# test: connect 192.168.1.1:80 -> reject
# test: connect 10.1.2.3:5432 -> reject
# test: connect 172.16.0.9:22 -> reject
# test: connect 172.32.0.9:22 -> accept
# test: connect 169.254.169.254:80 -> reject
# test: connect 192.168.1.1:53 udp -> accept
# test: connect 224.0.0.251:5353 udp -> drop
# test: connect [2001:db8:5::80]:443 -> accept
# test: connect [fd12::1]:443 -> reject
# test: connect 127.0.0.1:8080 -> accept
# test: accept 8080 from 192.168.1.5 -> drop
IPT="iptables -w"
IP6="ip6tables -w"

$IPT -P INPUT DROP
$IPT -A INPUT -i lo -j ACCEPT
$IPT -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
$IPT -A INPUT -p icmp --icmp-type destination-unreachable -j ACCEPT
$IPT -A INPUT -p icmp --icmp-type time-exceeded -j ACCEPT
$IPT -A OUTPUT -o lo -j ACCEPT
$IPT -A OUTPUT -p udp --dport 53 -j ACCEPT
$IPT -A OUTPUT -d 192.168.0.0/16,10.0.0.0/8,172.16.0.0/12,169.254.0.0/16 -j REJECT
$IPT -A OUTPUT -d 224.0.0.0/4 -j DROP

$IP6 -P INPUT DROP
$IP6 -A INPUT -i lo -j ACCEPT
$IP6 -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
$IP6 -A OUTPUT -o lo -j ACCEPT
$IP6 -A OUTPUT -p udp --dport 53 -j ACCEPT
$IP6 -A OUTPUT -d fc00::/7,fe80::/10 -j REJECT
$IP6 -A OUTPUT -d ff00::/8 -j DROP
