/* SPDX-License-Identifier: MIT */
#include "http/address.h"

#include "core/text.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAPPED_BITS  96 /* ::ffff:0:0/96 is IPv4 */
#define NETWORKS_MAX 64
#define SEPARATORS   ", \t"

struct network {
    struct in6_addr address;
    unsigned bits;
};

struct networks {
    size_t count;
    struct network items[NETWORKS_MAX];
};

/* All addresses have the 16 bytes of IPv6, so 10.0.0.7 and ::ffff:10.0.0.7 are one. */
static bool parse_address(const char *text, struct in6_addr *ret_address)
{
    char mapped[ADDRESS_LENGTH + 8];
    snprintf(mapped, sizeof mapped, "%s%s", strchr(text, ':') ? "" : "::ffff:", text);
    return inet_pton(AF_INET6, mapped, ret_address) == 1;
}

static bool parse_network(char *text, struct network *ret_network)
{
    char *slash = strchr(text, '/');
    int64_t most = strchr(text, ':') ? 128 : 32, bits = most;
    if (slash)
        *slash = '\0';
    if (!parse_address(text, &ret_network->address) || (slash && !integer_parse(slash + 1, 0, most, &bits)))
        return false;
    ret_network->bits = (unsigned)bits + (most == 32 ? MAPPED_BITS : 0);
    return true;
}

bool networks_open(const char *text, struct networks **ret_networks)
{
    struct networks *networks = calloc(1, sizeof *networks);
    char *copy = strdup(text), *rest = NULL;
    bool fine = networks && copy;
    for (char *item = fine ? strtok_r(copy, SEPARATORS, &rest) : NULL; fine && item;
         item = strtok_r(NULL, SEPARATORS, &rest))
        fine = networks->count < NETWORKS_MAX && parse_network(item, &networks->items[networks->count++]);
    free(copy);
    if (fine)
        *ret_networks = networks;
    else
        networks_close(networks);
    return fine;
}

void networks_close(struct networks *networks)
{
    free(networks);
}

static bool inside(const struct network *network, const struct in6_addr *address)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(network->address.s6_addr, address->s6_addr, whole) != 0)
        return false;
    return !rest || (network->address.s6_addr[whole] ^ address->s6_addr[whole]) >> (8 - rest) == 0;
}

static bool trusted(const struct networks *networks, const char *text)
{
    struct in6_addr address;
    if (!parse_address(text, &address))
        return false;
    for (size_t i = 0; i < networks->count; i++)
        if (inside(&networks->items[i], &address))
            return true;
    return false;
}

/* Cuts the last word off [text, *end). False: there is none, or it is no address. */
static bool last_address(const char *text, size_t *end, char ret_address[static ADDRESS_LENGTH])
{
    struct in6_addr ignored;
    while (*end && strchr(SEPARATORS, text[*end - 1]))
        --*end;
    size_t start = *end;
    while (start && !strchr(SEPARATORS, text[start - 1]))
        start--;
    size_t length = *end - start;
    if (!length || length >= ADDRESS_LENGTH)
        return false;
    memcpy(ret_address, text + start, length);
    ret_address[length] = '\0';
    *end = start;
    return parse_address(ret_address, &ignored);
}

void address_of_client(const struct networks *networks, const char *peer, const char *forwarded_for,
                       char ret_address[static ADDRESS_LENGTH])
{
    char earlier[ADDRESS_LENGTH];
    size_t end = forwarded_for ? strlen(forwarded_for) : 0;
    snprintf(ret_address, ADDRESS_LENGTH, "%s", peer);
    while (trusted(networks, ret_address) && last_address(forwarded_for, &end, earlier))
        memcpy(ret_address, earlier, sizeof earlier);
}
