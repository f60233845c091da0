/* SPDX-License-Identifier: MIT */
#include "pg/turns.h"

#include <stdbool.h>
#include <stddef.h>

#define PACE_PART   32     /* of the pace is the newest step */
#define PACE_MAX_US 100000 /* a server that stood still for a while is not slow for long */

/* FNV-1a: names are told apart by 64 bits; two that fall together would share what one may have. */
uint64_t turns_client(const char *name)
{
    uint64_t value = 14695981039346656037u;
    if (!name)
        return NOBODY;
    for (; *name; name++)
        value = (value ^ (unsigned char)*name) * 1099511628211u;
    return value ? value : 1;
}

static bool is_unused(const struct line *line)
{
    return !line->first && line->held == 0;
}

unsigned turns_line(struct turns *turns, uint64_t client)
{
    unsigned unused = LINES;
    for (unsigned i = 0; i < LINES; i++) {
        if (is_unused(&turns->lines[i]))
            unused = unused < LINES ? unused : i;
        else if (turns->lines[i].client == client)
            return i;
    }
    if (unused == LINES)
        return (unsigned)(client % LINES);
    turns->lines[unused].client = client;
    return unused;
}

void turns_append(struct turns *turns, struct turn *turn, unsigned number)
{
    struct line *line = &turns->lines[number];
    *turn = (struct turn){.line = number};
    if (line->first)
        line->last->next = turn;
    else
        line->first = turn;
    line->last = turn;
    line->waiting++;
    turns->waiting++;
}

void turns_put_in_front(struct turns *turns, struct turn *turn, unsigned number)
{
    struct line *line = &turns->lines[number];
    *turn = (struct turn){.next = line->first, .line = number};
    if (!line->first)
        line->last = turn;
    line->first = turn;
    line->waiting++;
    turns->waiting++;
}

void turns_leave(struct turns *turns, struct turn *turn)
{
    struct line *line = &turns->lines[turn->line];
    struct turn *before = NULL;
    for (struct turn *each = line->first; each != turn; each = each->next)
        before = each;
    if (before)
        before->next = turn->next;
    else
        line->first = turn->next;
    if (line->last == turn)
        line->last = before;
    line->waiting--;
    turns->waiting--;
}

struct turn *turns_next(struct turns *turns, unsigned most)
{
    for (unsigned i = 0; turns->waiting && i < LINES; i++) {
        unsigned number = (turns->next + i) % LINES;
        struct line *line = &turns->lines[number];
        if (!line->first || (most && line->client != NOBODY && line->held >= most))
            continue;
        struct turn *turn = line->first;
        turns->next = number + 1;
        turns_leave(turns, turn);
        return turn;
    }
    return NULL;
}

void turns_served(struct turns *turns, int64_t now_us)
{
    if (turns->served_us) {
        int64_t step = now_us - turns->served_us;
        turns->pace_us += ((step < PACE_MAX_US ? step : PACE_MAX_US) - turns->pace_us) / PACE_PART;
    }
    turns->served_us = turns->waiting ? now_us : 0;
}

/* Lines are served in turn, so of each line as many come first as stand in his own with him. */
int64_t turns_wait_us(const struct turns *turns, uint64_t client)
{
    unsigned own = 1, before = 0;
    for (unsigned i = 0; i < LINES; i++)
        if (turns->lines[i].first && turns->lines[i].client == client)
            own += turns->lines[i].waiting;
    for (unsigned i = 0; i < LINES; i++)
        before += turns->lines[i].waiting < own ? turns->lines[i].waiting : own;
    return before * turns->pace_us;
}
