/* SPDX-License-Identifier: MIT */
#include "pg/turns.h"

#include <stdbool.h>
#include <stddef.h>

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
    turns->waiting++;
}

void turns_put_in_front(struct turns *turns, struct turn *turn, unsigned number)
{
    struct line *line = &turns->lines[number];
    *turn = (struct turn){.next = line->first, .line = number};
    if (!line->first)
        line->last = turn;
    line->first = turn;
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
