/* SPDX-License-Identifier: MIT */
#include "contract/fault.h"
#include "core/buffer.h"
#include "core/cleanup.h"

#include <string.h>

static struct fault *fault_append(struct faults *faults, struct fault fault)
{
    bool full = faults->count >= FAULTS_MAX;
    faults->count++;
    struct fault *added = full ? NULL : arena_alloc(faults->arena, sizeof *added);
    if (!added) {
        return NULL;
    }
    *added = fault;
    *(faults->last ? &faults->last->next : &faults->first) = added;
    faults->last = added;
    return added;
}

struct fault *fault_add(struct faults *faults, const char *pointer, const char *code)
{
    return fault_append(faults, (struct fault){.pointer = pointer, .code = code});
}

struct fault *fault_add_parameter(struct faults *faults, const char *parameter, const char *code)
{
    return fault_append(faults, (struct fault){.parameter = parameter, .code = code});
}

struct fault *fault_add_header(struct faults *faults, const char *header, const char *code)
{
    return fault_append(faults, (struct fault){.header = header, .code = code});
}

static void member_write(struct buffer *pointer, const char *member)
{
    for (; *member; member++) {
        unsigned char c = (unsigned char)*member;
        if (c == '~') {
            buffer_text(pointer, "~0");
        } else if (c == '/') {
            buffer_text(pointer, "~1");
        } else if (c <= ' ' || c == 0x7F || strchr("\"#%<>[\\]^`{|}", c)) {
            buffer_printf(pointer, "%%%02X", c);
        } else {
            buffer_add(pointer, &c, 1);
        }
    }
}

static void spot_write(struct buffer *pointer, const struct spot *spot)
{
    if (!spot->parent) {
        buffer_text(pointer, spot->member);
        return;
    }
    spot_write(pointer, spot->parent);
    buffer_text(pointer, "/");
    if (spot->member) {
        member_write(pointer, spot->member);
    } else {
        buffer_printf(pointer, "%zu", spot->index);
    }
}

const char *spot_pointer(const struct spot *spot, struct arena *arena)
{
    cleanup(buffer_done) struct buffer pointer = buffer_with_limit(ARENA_LIMIT - 1);
    spot_write(&pointer, spot);
    if (pointer.failed) {
        arena->failed = true;
        return NULL;
    }
    return arena_copy(arena, pointer.bytes, pointer.length);
}
