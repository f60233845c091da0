/* SPDX-License-Identifier: MIT */
#pragma once
#include "http/exchange.h"

#include <sys/types.h>

/* A file on its way out: read from the database a piece at a time, as fast as the caller takes it. */
bool download_begin(struct exchange *x); /* all of x->file, or the range that is asked for, into x->reply */
int64_t download_size(const struct download *download);
ssize_t download_read(struct download *download, char *out, size_t room); /* negative: the rest cannot be had */
void download_close(struct download *download);

/* What a Range header asks of `size` bytes. */
enum range { RANGE_ALL, RANGE_PART, RANGE_NONE };
enum range range_read(const char *header, int64_t size, int64_t *ret_first, int64_t *ret_last);

/* attachment; filename="…" in ASCII; filename*=UTF-8''… (RFC 8187) */
const char *disposition(struct arena *arena, const char *file_name);

/* Who brings or takes a file holds a piece of it in memory, so there are only so many at a time. */
bool transfer_begin(struct exchange *x);
void transfer_end(struct service *service);
