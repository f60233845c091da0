/* SPDX-License-Identifier: MIT */
#include "cases.h"
#include "http/address.h"

#define PROXIES "10.0.0.7, 192.168.4.0/22,fd00::/8\t::1 172.16.0.0/12"

static const struct from {
    const char *name, *networks, *peer, *header, *address;
} froms[] = {
    {"from: nobody is trusted", "", "10.0.0.7", "203.0.113.9", "10.0.0.7"},
    {"from: a stranger's word is no word", PROXIES, "203.0.113.5", "198.51.100.1", "203.0.113.5"},
    {"from: no header", PROXIES, "10.0.0.7", NULL, "10.0.0.7"},
    {"from: an empty header", PROXIES, "10.0.0.7", "", "10.0.0.7"},
    {"from: only separators", PROXIES, "10.0.0.7", " ,\t, ", "10.0.0.7"},
    {"from: one proxy", PROXIES, "10.0.0.7", "203.0.113.9", "203.0.113.9"},
    {"from: its neighbour is a stranger", PROXIES, "10.0.0.8", "203.0.113.9", "10.0.0.8"},
    {"from: first address of a network", PROXIES, "192.168.4.0", "203.0.113.9", "203.0.113.9"},
    {"from: last address of a network", PROXIES, "192.168.7.255", "203.0.113.9", "203.0.113.9"},
    {"from: one before the network", PROXIES, "192.168.3.255", "203.0.113.9", "192.168.3.255"},
    {"from: one behind the network", PROXIES, "192.168.8.0", "203.0.113.9", "192.168.8.0"},
    {"from: bits that fill no byte", PROXIES, "172.31.0.1", "203.0.113.9", "203.0.113.9"},
    {"from: beyond bits that fill no byte", PROXIES, "172.32.0.1", "203.0.113.9", "172.32.0.1"},
    {"from: what the caller wrote himself", PROXIES, "10.0.0.7", "1.2.3.4, 203.0.113.9", "203.0.113.9"},
    {"from: two proxies", PROXIES, "10.0.0.7", "203.0.113.9, 192.168.5.5", "203.0.113.9"},
    {"from: all are proxies", PROXIES, "10.0.0.7", "192.168.5.6,192.168.5.5", "192.168.5.6"},
    {"from: IPv4 in IPv6, as :: hears it", PROXIES, "::ffff:10.0.0.7", "203.0.113.9", "203.0.113.9"},
    {"from: IPv6", PROXIES, "fd12::1", "2001:db8::5", "2001:db8::5"},
    {"from: IPv6 of a stranger", PROXIES, "fe80::1", "2001:db8::5", "fe80::1"},
    {"from: loopback", PROXIES, "::1", "2001:db8::5", "2001:db8::5"},
    {"from: everybody", "0.0.0.0/0", "8.8.8.8", "2001:db8::5", "2001:db8::5"},
    {"from: every IPv4 is no IPv6", "0.0.0.0/0", "2001:db8::6", "2001:db8::5", "2001:db8::6"},
    {"from: a word that is no address", PROXIES, "10.0.0.7", "203.0.113.9, unknown", "10.0.0.7"},
    {"from: an address with a port", PROXIES, "10.0.0.7", "203.0.113.9:80", "10.0.0.7"},
    {"from: an injected line", PROXIES, "10.0.0.7", "203.0.113.9\"}", "10.0.0.7"},
    {"from: too long for an address", PROXIES, "10.0.0.7",
     "0000000000000000000000000000000000000000000000000000000000000000000000001", "10.0.0.7"},
    {"from: nothing known of the peer", PROXIES, "", "203.0.113.9", ""},
};

static void check_from(void **state)
{
    const struct from *row = *state;
    struct networks *networks = NULL;
    char address[ADDRESS_LENGTH];
    assert_true(networks_open(row->networks, &networks));
    address_of_client(networks, row->peer, row->header, address);
    networks_close(networks);
    assert_string_equal(address, row->address);
}

static const struct list {
    const char *name, *text;
} lists[] = {
    {"list: a name", "proxy.example"},
    {"list: too many bits", "10.0.0.0/33"},
    {"list: no bits", "10.0.0.0/"},
    {"list: bits below zero", "10.0.0.0/-1"},
    {"list: a mask", "10.0.0.0/255.0.0.0"},
    {"list: too many bits of IPv6", "fd00::/129"},
    {"list: half an address", "10.0.0"},
    {"list: one good, one bad", "10.0.0.7, 10.0.0.300"},
    {"list: an address in brackets", "[::1]"},
};

static void check_list(void **state)
{
    const struct list *row = *state;
    struct networks *networks = NULL;
    assert_false(networks_open(row->text, &networks));
    assert_null(networks);
}

static void too_many_networks(void **state)
{
    (void)state;
    struct networks *networks = NULL;
    char text[1024] = "";
    for (int i = 0; i < 64; i++)
        strcat(text, "10.0.0.7 ");
    assert_true(networks_open(text, &networks));
    networks_close(networks);
    networks = NULL;
    assert_false(networks_open(strcat(text, "10.0.0.7"), &networks));
}

int main(void)
{
    add_cases(froms, check_from);
    add_cases(lists, check_list);
    add_test(too_many_networks);
    return run_cases(NULL, NULL);
}
