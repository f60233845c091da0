/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdint.h>

/* Inside pg/ only: who waits stands in the line of his client, and the lines are served in turn, so that a client with
 * a hundred requests is ahead of another's by one request, not by a hundred. Needs no memory of its own; whoever owns
 * it holds a lock. */

#define LINES  64 /* clients that wait or hold something at the same time; more than that share lines */
#define NOBODY 0  /* a client without limit */

struct turn {
    struct turn *next;
    unsigned line;
};

struct line {
    uint64_t client;
    struct turn *first, *last;
    unsigned waiting;
    unsigned held; /* of what is waited for; counted by the owner */
};

struct turns {
    struct line lines[LINES];
    unsigned next; /* the line whose turn it is */
    unsigned waiting;
    int64_t served_us; /* when the last was served while others waited; 0: nobody did */
    int64_t pace_us;   /* from one to the next */
};

uint64_t turns_client(const char *name); /* NULL: NOBODY */
unsigned turns_line(struct turns *turns, uint64_t client);
void turns_append(struct turns *turns, struct turn *turn, unsigned line);
void turns_put_in_front(struct turns *turns, struct turn *turn, unsigned line);
void turns_leave(struct turns *turns, struct turn *turn);
/* The first of the next line whose client holds less than `most` (0: no limit). NULL: none. */
struct turn *turns_next(struct turns *turns, unsigned most);
void turns_served(struct turns *turns, int64_t now_us); /* tells the pace: after each that was served */
/* How long one more of this client would wait at the pace of late. */
int64_t turns_wait_us(const struct turns *turns, uint64_t client);
