/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>

/* Whom the service believes when he says for whom he asks: KC_TRUSTED_PROXIES. */
struct networks;

#define ADDRESS_LENGTH 64

/* "10.0.0.7, 192.168.4.0/24, fd00::/8"; an empty text is no network. False: something else, or no memory. */
bool networks_open(const char *text, struct networks **ret_networks);
void networks_close(struct networks *networks);

/* The peer, unless he is trusted: then the last one of X-Forwarded-For that is not. What stands before that one anybody
 * may have written. NULL and words that are no address end the search. */
void address_of_client(const struct networks *networks, const char *peer, const char *forwarded_for,
                       char ret_address[static ADDRESS_LENGTH]);
