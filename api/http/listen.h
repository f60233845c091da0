/* SPDX-License-Identifier: MIT */
#pragma once

/* A socket that listens: port 0 takes a free one, and `::` serves IPv4 too. -1: *ret_error says why. */
int listen_at(const char *address, long port, unsigned *ret_port, const char **ret_error);
