/* SPDX-License-Identifier: MIT */
/* Arena and buffer: room that grows up to a limit and says once that it did not suffice. */
#include "cases.h"
#include "core/arena.h"
#include "core/buffer.h"
#include "core/cleanup.h"

#include <stdalign.h>
#include <stdlib.h>

/* Allocations that are still allowed; linked with --wrap. */
static size_t allowed = SIZE_MAX;
void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_realloc(void *bytes, size_t size);
void *__wrap_realloc(void *bytes, size_t size);

void *__wrap_malloc(size_t size)
{
    return allowed == 0 ? NULL : (allowed--, __real_malloc(size));
}

void *__wrap_realloc(void *bytes, size_t size)
{
    return allowed == 0 ? NULL : (allowed--, __real_realloc(bytes, size));
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    unsigned char *pieces[300];
    for (size_t i = 0; i < countof(pieces); i++) {
        pieces[i] = arena_alloc(&arena, i);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t j = 0; j < i; j++) {
            assert_int_equal(pieces[i][j], 0);
        }
        memset(pieces[i], (int)(i & 0xFF), i);
    }
    for (size_t i = 0; i < countof(pieces); i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_equal(pieces[i][j], i & 0xFF);
        }
    }
    assert_false(arena.failed);
}

static void large_piece_leaves_the_open_block_in_use(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    assert_non_null(arena_alloc(&arena, 100));
    size_t before = arena.held;
    assert_non_null(arena_alloc(&arena, 100000));
    size_t with_large = arena.held;
    assert_true(with_large >= before + 100000);
    assert_non_null(arena_alloc(&arena, 100));
#ifndef __SANITIZE_ADDRESS__
    assert_int_equal(arena.held, with_large);
#endif
}

static void limit_holds_and_is_remembered(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    assert_null(arena_alloc(&arena, ARENA_LIMIT + 1));
    assert_true(arena.failed);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    arena.failed = false;
    while (arena_alloc(&arena, 65536)) {
        assert_true(arena.held <= ARENA_LIMIT);
    }
    assert_true(arena.failed);
    assert_true(arena.held > ARENA_LIMIT - 2 * 65536);
}

static void no_memory_is_remembered(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    allowed = 0;
    void *piece = arena_alloc(&arena, 10);
    char *copy = arena_text(&arena, "text");
    char *printed = arena_printf(&arena, "%d", 1);
    allowed = SIZE_MAX;
    assert_null(piece);
    assert_null(copy);
    assert_null(printed);
    assert_true(arena.failed);
    assert_int_equal(arena.held, 0);
}

static void lent_room_is_used_first(void **state)
{
    (void)state;
    alignas(max_align_t) unsigned char room[256];
    memset(room, 0xAA, sizeof room);
    cleanup(arena_done) struct arena arena = arena_with_room(room, sizeof room);
    unsigned char *pieces[] = {arena_alloc(&arena, 100), arena_alloc(&arena, 100), arena_alloc(&arena, 100)};
    for (size_t i = 0; i < countof(pieces); i++) {
        assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t), 0);
        for (size_t k = 0; k < 100; k++)
            assert_int_equal(pieces[i][k], 0);
        memset(pieces[i], (int)i + 1, 100);
    }
    assert_int_equal(pieces[0][99], 1);
    assert_int_equal(pieces[1][99], 2);
#ifndef __SANITIZE_ADDRESS__
    assert_ptr_equal(pieces[0], room);
    assert_true(pieces[2] < room || pieces[2] >= room + sizeof room);
#endif
}

static void texts_are_copied(void **state)
{
    (void)state;
    cleanup(arena_done) struct arena arena = {0};
    assert_null(arena_text(&arena, NULL));
    assert_string_equal(arena_text(&arena, "đề án"), "đề án");
    assert_string_equal(arena_text(&arena, ""), "");
    assert_string_equal(arena_copy(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_printf(&arena, "\"%d\" %s", 17, "x"), "\"17\" x");
    char *wide = arena_printf(&arena, "%0100000d", 1);
    assert_int_equal(strlen(wide), 100000);
}

static void done_arena_can_be_used_again(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_non_null(arena_alloc(&arena, 10));
    arena_done(&arena);
    assert_null(arena.blocks);
    assert_int_equal(arena.held, 0);
    assert_non_null(arena_alloc(&arena, 10));
    arena_done(&arena);
    arena_done(&arena);
}

static void buffer_grows_and_stays_terminated(void **state)
{
    (void)state;
    cleanup(buffer_done) struct buffer buffer = buffer_with_limit(100000);
    for (int i = 0; i < 10000; i++) {
        buffer_printf(&buffer, "%04d", i);
        assert_int_equal(buffer.bytes[buffer.length], '\0');
    }
    buffer_add(&buffer, "", 0);
    buffer_text(&buffer, "end");
    assert_false(buffer.failed);
    assert_int_equal(buffer.length, 40003);
    assert_string_equal(buffer.bytes + 39996, "9999end");
}

static void buffer_limit_is_exact_and_final(void **state)
{
    (void)state;
    cleanup(buffer_done) struct buffer buffer = buffer_with_limit(5);
    buffer_text(&buffer, "12345");
    assert_false(buffer.failed);
    buffer_text(&buffer, "6");
    assert_true(buffer.failed);
    buffer_add(&buffer, "", 0);
    buffer_printf(&buffer, "%s", "");
    assert_true(buffer.failed);
    assert_string_equal(buffer.bytes, "12345");
    cleanup(buffer_done) struct buffer none = {0};
    buffer_text(&none, "x");
    assert_true(none.failed);
}

static void buffer_without_memory_keeps_what_it_has(void **state)
{
    (void)state;
    cleanup(buffer_done) struct buffer buffer = buffer_with_limit(100000);
    buffer_text(&buffer, "kept");
    allowed = 0;
    buffer_printf(&buffer, "%01000d", 1);
    allowed = SIZE_MAX;
    buffer_text(&buffer, "more");
    assert_true(buffer.failed);
    assert_string_equal(buffer.bytes, "kept");
}

static const struct quoting {
    const char *name, *text, *json;
} quotings[] = {
    {"json: null", NULL, "null"},
    {"json: empty", "", "\"\""},
    {"json: vietnamese stays", "Đề án khuyến công", "\"Đề án khuyến công\""},
    {"json: quotes and backslashes", "a\"b\\c", "\"a\\\"b\\\\c\""},
    {"json: control characters", "\b\f\n\r\t\x01\x1f", "\"\\b\\f\\n\\r\\t\\u0001\\u001f\""},
    {"json: slash and delete stay", "a/b\x7f", "\"a/b\x7f\""},
    {"json: beyond the basic plane", "\xf0\x9f\x8c\xbe", "\"\xf0\x9f\x8c\xbe\""},
    {"json: a stray byte is replaced",
     "a\xff"
     "b",
     "\"a\xef\xbf\xbd"
     "b\""},
    {"json: a cut letter is replaced", "a\xc4", "\"a\xef\xbf\xbd\""},
    {"json: a surrogate is replaced", "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
};

static void check_quoting(void **state)
{
    const struct quoting *row = *state;
    cleanup(buffer_done) struct buffer buffer = buffer_with_limit(1000);
    buffer_json(&buffer, row->text);
    assert_false(buffer.failed);
    assert_string_equal(buffer.bytes, row->json);
}

int main(void)
{
    add_test(pieces_are_zeroed_aligned_and_apart);
    add_test(large_piece_leaves_the_open_block_in_use);
    add_test(limit_holds_and_is_remembered);
    add_test(no_memory_is_remembered);
    add_test(lent_room_is_used_first);
    add_test(texts_are_copied);
    add_test(done_arena_can_be_used_again);
    add_test(buffer_grows_and_stays_terminated);
    add_test(buffer_limit_is_exact_and_final);
    add_test(buffer_without_memory_keeps_what_it_has);
    add_cases(quotings, check_quoting);
    return run_cases(NULL, NULL);
}
