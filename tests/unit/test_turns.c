/* SPDX-License-Identifier: MIT */
#include "cases.h"
#include "pg/turns.h"

#include <stdbool.h>

#define CROWD 100

/* "AAB" waits as it is written; `most` is what one client may hold, and each turn given is held. */
static const struct order {
    const char *name, *waiting, *served;
    unsigned most;
} orders[] = {
    {"order: nobody", "", "", 0},
    {"order: one client as it came", "AAAA", "AAAA", 0},
    {"order: the late one is second", "AAAAAAAAB", "ABAAAAAAA", 0},
    {"order: each in turn", "AAABBBCC", "ABCABCAB", 0},
    {"order: those who came first go first", "CBA", "CBA", 0},
    {"order: a share each", "AAAABB", "ABABA", 3},
    {"order: one share for the whole crowd of a client", "AAAAAAAA", "AAA", 3},
    {"order: nobody's requests have no limit", "00000000", "00000000", 3},
    {"order: nobody waits in turn all the same", "0000A0", "0A0000", 3},
};

static struct turn crowd[CROWD];
static struct turns turns;

static uint64_t client(char letter)
{
    const char name[] = {letter, '\0'};
    return turns_client(letter == '0' ? NULL : name);
}

static void gather(const char *waiting)
{
    turns = (struct turns){0};
    for (size_t i = 0; waiting[i]; i++)
        turns_append(&turns, &crowd[i], turns_line(&turns, client(waiting[i])));
}

static void expect(const char *waiting, const char *served, unsigned most)
{
    size_t count = 0;
    const struct turn *turn;
    for (; (turn = turns_next(&turns, most)); count++) {
        assert_true(served[count]);
        assert_int_equal(waiting[turn - crowd], served[count]);
        if (most)
            turns.lines[turn->line].held++;
    }
    assert_int_equal(strlen(served), count);
    assert_int_equal(turns.waiting, strlen(waiting) - count);
}

static void check_order(void **state)
{
    const struct order *row = *state;
    gather(row->waiting);
    expect(row->waiting, row->served, row->most);
}

static void same_client_in_order(void **state)
{
    (void)state;
    gather("AAAA");
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(turns_next(&turns, 0), &crowd[i]);
}

static void given_back_is_free_again(void **state)
{
    (void)state;
    gather("AA");
    const struct turn *first = turns_next(&turns, 1);
    turns.lines[first->line].held++;
    assert_null(turns_next(&turns, 1));
    turns.lines[first->line].held--;
    assert_ptr_equal(turns_next(&turns, 1), &crowd[1]);
}

static void whoever_leaves_is_not_served(void **state)
{
    (void)state;
    static const unsigned leavers[] = {0, 2, 4};
    gather("AAAAA");
    for (size_t i = 0; i < 3; i++)
        turns_leave(&turns, &crowd[leavers[i]]);
    assert_int_equal(turns.waiting, 2);
    assert_ptr_equal(turns_next(&turns, 0), &crowd[1]);
    turns_append(&turns, &crowd[0], turns_line(&turns, client('A')));
    assert_ptr_equal(turns_next(&turns, 0), &crowd[3]);
    assert_ptr_equal(turns_next(&turns, 0), &crowd[0]);
    assert_null(turns_next(&turns, 0));
}

static void put_in_front_comes_before_his_own(void **state)
{
    (void)state;
    gather("AAB");
    struct turn *first = turns_next(&turns, 0);
    turns_put_in_front(&turns, first, turns_line(&turns, client('A')));
    assert_ptr_equal(turns_next(&turns, 0), &crowd[2]);
    assert_ptr_equal(turns_next(&turns, 0), first);
    assert_ptr_equal(turns_next(&turns, 0), &crowd[1]);
    turns_put_in_front(&turns, first, turns_line(&turns, client('A')));
    turns_append(&turns, &crowd[1], turns_line(&turns, client('A')));
    assert_ptr_equal(turns_next(&turns, 0), first);
    assert_ptr_equal(turns_next(&turns, 0), &crowd[1]);
}

/* A line stays its client's as long as he holds something, and is another's afterwards. */
static void lines_are_used_again(void **state)
{
    (void)state;
    turns = (struct turns){0};
    unsigned a = turns_line(&turns, client('A'));
    turns.lines[a].held = 1;
    assert_int_not_equal(turns_line(&turns, client('B')), a);
    assert_int_equal(turns_line(&turns, client('A')), a);
    turns.lines[a].held = 0;
    assert_int_equal(turns_line(&turns, client('B')), a);
}

static void more_clients_than_lines_are_all_served(void **state)
{
    (void)state;
    turns = (struct turns){0};
    for (unsigned i = 0; i < CROWD; i++)
        turns_append(&turns, &crowd[i], turns_line(&turns, i + 1));
    bool served[CROWD] = {0};
    const struct turn *turn;
    while ((turn = turns_next(&turns, 0)))
        served[turn - crowd] = true;
    for (unsigned i = 0; i < CROWD; i++)
        assert_true(served[i]);
    assert_int_equal(turns.waiting, 0);
}

static void serve_one_each(int64_t step_us, unsigned times)
{
    for (unsigned i = 1; i <= times; i++)
        turns_served(&turns, i * step_us);
}

static void waits_are_told_by_place_and_pace(void **state)
{
    (void)state;
    gather("AAAB");
    assert_int_equal(turns_wait_us(&turns, client('C')), 0); /* nobody was served yet: nothing is known */
    serve_one_each(1000, 1000);
    int64_t pace = turns.pace_us;
    assert_in_range(pace, 900, 1000);
    assert_int_equal(turns_wait_us(&turns, client('A')), 4 * pace);
    assert_int_equal(turns_wait_us(&turns, client('B')), 3 * pace); /* his other one, and two of A's */
    assert_int_equal(turns_wait_us(&turns, client('C')), 2 * pace); /* the first of each */
}

static void the_pace_forgets_a_standstill(void **state)
{
    (void)state;
    gather("AB");
    turns_served(&turns, 1);
    turns_served(&turns, 60000001);
    assert_in_range(turns.pace_us, 1, 10000);
    while (turns_next(&turns, 0))
        ;
    turns_served(&turns, 60000002); /* the last: what comes later did not wait for it */
    int64_t pace = turns.pace_us;
    turns_served(&turns, 90000000);
    assert_int_equal(turns.pace_us, pace);
}

int main(void)
{
    add_cases(orders, check_order);
    add_test(same_client_in_order);
    add_test(given_back_is_free_again);
    add_test(whoever_leaves_is_not_served);
    add_test(put_in_front_comes_before_his_own);
    add_test(lines_are_used_again);
    add_test(more_clients_than_lines_are_all_served);
    add_test(waits_are_told_by_place_and_pace);
    add_test(the_pace_forgets_a_standstill);
    return run_cases(NULL, NULL);
}
