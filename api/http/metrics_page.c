/* SPDX-License-Identifier: MIT */
#include "core/clock.h"
#include "http/exchange.h"
#include "http/metrics.h"
#include "service.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MILLION 1000000

static void family(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void single(struct buffer *out, const char *name, const char *type, const char *help, unsigned long long value)
{
    family(out, name, type, help);
    buffer_printf(out, "%s %llu\n", name, value);
}

static void seconds(struct buffer *out, unsigned long long us)
{
    buffer_printf(out, "%llu.%06llu\n", us / MILLION, us % MILLION);
}

/* ---- Histograms ---- */

static unsigned long long total_of(const struct histogram *histogram)
{
    unsigned long long total = 0;
    for (unsigned i = 0; i <= METRICS_BUCKETS; i++)
        total += histogram->counts[i];
    return total;
}

/* `labels` end in a comma, or are empty. */
static void histogram_lines(struct buffer *out, const char *name, const char *labels, const struct histogram *histogram)
{
    unsigned long long below = 0;
    int length = (int)strlen(labels);
    for (unsigned i = 0; i < METRICS_BUCKETS; i++) {
        below += histogram->counts[i];
        buffer_printf(out, "%s_bucket{%sle=\"%g\"} %llu\n", name, labels, metrics_bounds_us[i] / (double)MILLION,
                      below);
    }
    below += histogram->counts[METRICS_BUCKETS];
    buffer_printf(out, "%s_bucket{%sle=\"+Inf\"} %llu\n", name, labels, below);
    const char *open = length ? "{" : "", *close = length ? "}" : "";
    length -= length > 0;
    buffer_printf(out, "%s_count%s%.*s%s %llu\n", name, open, length, labels, close, below);
    buffer_printf(out, "%s_sum%s%.*s%s ", name, open, length, labels, close);
    seconds(out, histogram->sum_us);
}

/* ---- Requests ---- */

static void label_row(size_t row, char ret_labels[static 256])
{
    static const char *const methods[METHODS] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    static const char *const others[EXTRA_ROWS] = {[ROW_OPTIONS] = "options", [ROW_UNKNOWN] = "unknown"};
    if (row < noperations)
        snprintf(ret_labels, 256, "operation=\"%s\",method=\"%s\",route=\"%s\"", operations[row]->id,
                 methods[operations[row]->method], operations[row]->path);
    else
        snprintf(ret_labels, 256, "operation=\"%s\",method=\"\",route=\"\"", others[row - noperations]);
}

static void requests(struct buffer *out, const struct metrics *metrics)
{
    static const char *const classes[CLASSES] = {"2xx", "3xx", "4xx", "5xx"};
    static const char name[] = "http_server_request_duration_seconds";
    family(out, name, "histogram", "From the request's last byte to its answer.");
    for (size_t row = 0; row < noperations + EXTRA_ROWS; row++)
        for (unsigned class = 0; class < CLASSES; class ++) {
            const struct histogram *durations = &metrics->operations[row].durations[class];
            char labels[256], all[300];
            if (!total_of(durations))
                continue;
            label_row(row, labels);
            snprintf(all, sizeof all, "%s,status=\"%s\",", labels, classes[class]);
            histogram_lines(out, name, all, durations);
        }
}

static void refusals(struct buffer *out, const struct metrics *metrics)
{
    family(out, "khuyencong_problems_total", "counter", "Refusals by problem code (docs/errors.md).");
    for (size_t i = 0; i < nmessages; i++)
        if (messages[i].status)
            buffer_printf(out, "khuyencong_problems_total{code=\"%s\"} %llu\n", messages[i].code,
                          (unsigned long long)metrics->problems[i]);
    family(out, "khuyencong_rate_limited_total", "counter", "Requests beyond KC_CLIENT_RATE or KC_ADDRESS_RATE.");
    buffer_printf(out, "khuyencong_rate_limited_total{by=\"client\"} %llu\n",
                  (unsigned long long)metrics->limited_clients);
    buffer_printf(out, "khuyencong_rate_limited_total{by=\"address\"} %llu\n",
                  (unsigned long long)metrics->limited_addresses);
}

/* ---- Database ---- */

static void database(struct buffer *out, const struct metrics *metrics)
{
    family(out, "khuyencong_database_seconds", "histogram",
           "Time that one request spent waiting for PostgreSQL's answers.");
    histogram_lines(out, "khuyencong_database_seconds", "", &metrics->database);
    family(out, "khuyencong_operation_database_seconds_total", "counter", "The same, added up by operation.");
    for (size_t row = 0; row < noperations; row++)
        if (metrics->operations[row].database_us) {
            buffer_printf(out, "khuyencong_operation_database_seconds_total{operation=\"%s\"} ", operations[row]->id);
            seconds(out, metrics->operations[row].database_us);
        }
}

static void connections(struct buffer *out, struct service *service)
{
    struct pool_counts pool;
    struct lanes_counts lanes;
    pool_count(service->pool, &pool);
    lanes_count(service->lanes, &lanes);
    single(out, "khuyencong_pool_connections_max", "gauge", "KC_POOL_SIZE.", pool.size);
    single(out, "khuyencong_pool_connections_open", "gauge", "Connections of the pool to PostgreSQL.", pool.open);
    single(out, "khuyencong_pool_connections_in_use", "gauge", "Those that serve a request.", pool.in_use);
    single(out, "khuyencong_pool_waiting", "gauge", "Requests that wait for one.", pool.waiting);
    single(out, "khuyencong_pool_refused_total", "counter", "Times that none was to be had, within the wait or at all.",
           pool.refused);
    single(out, "khuyencong_lanes_max", "gauge", "KC_LANES: connections that quick reads share.", lanes.size);
    single(out, "khuyencong_lanes_in_use", "gauge", "Those that serve a batch.", lanes.in_use);
    single(out, "khuyencong_lanes_waiting", "gauge", "Requests that wait for the next batch.", lanes.waiting);
    single(out, "khuyencong_lane_batches_total", "counter", "Batches sent.", lanes.batches);
    single(out, "khuyencong_lane_questions_total", "counter", "Questions in them.", lanes.questions);
}

/* ---- The service, the process ---- */

static void tokens(struct buffer *out, struct service *service)
{
    struct token_counts counts;
    auth_count(service->auth, &counts);
    single(out, "khuyencong_token_cache_entries", "gauge", "Verified tokens that are kept.", counts.entries);
    single(out, "khuyencong_token_cache_entries_max", "gauge", "As many have room.", TOKEN_CACHE_ENTRIES);
    single(out, "khuyencong_token_cache_evictions_total", "counter", "Tokens forgotten for want of room.",
           counts.evictions);
    family(out, "khuyencong_token_cache_lookups_total", "counter",
           "hit: all was known; refresh: the client was looked up again; miss: the signature was checked too.");
    buffer_printf(out, "khuyencong_token_cache_lookups_total{result=\"hit\"} %llu\n", counts.hits);
    buffer_printf(out, "khuyencong_token_cache_lookups_total{result=\"refresh\"} %llu\n", counts.refreshes);
    buffer_printf(out, "khuyencong_token_cache_lookups_total{result=\"miss\"} %llu\n", counts.misses);
    single(out, "khuyencong_keys_loaded", "gauge", "Whether the signing keys were read from the database.",
           !auth_fault(service->auth));
}

static void state(struct buffer *out, struct service *service)
{
    family(out, "khuyencong_build_info", "gauge", "Version of the contract, and the migration that it was built for.");
    buffer_printf(out, "khuyencong_build_info{version=\"%s\",migration=\"%d\"} 1\n", contract_version,
                  built_for_migration);
    single(out, "http_server_active_requests", "gauge", "Requests in flight.", service->in_flight);
    single(out, "http_server_connections", "gauge", "HTTP connections.", service->connections);
    single(out, "http_server_connections_max", "gauge", "KC_MAX_CONNECTIONS.",
           (unsigned long long)service->config->max_connections);
    single(out, "khuyencong_draining", "gauge", "Whether SIGTERM has come.", service->draining);
}

static void resident_memory(struct buffer *out)
{
    unsigned long long size, resident;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file && fscanf(file, "%llu %llu", &size, &resident) == 2)
        single(out, "process_resident_memory_bytes", "gauge", "Resident memory.",
               resident * (unsigned long long)sysconf(_SC_PAGESIZE));
    if (file)
        fclose(file);
}

static void descriptors(struct buffer *out)
{
    unsigned long long count = 0;
    DIR *directory = opendir("/proc/self/fd");
    if (!directory)
        return;
    while (readdir(directory))
        count++;
    closedir(directory);
    single(out, "process_open_fds", "gauge", "Open files and sockets.", count - 3); /* `.`, `..`, the directory */
}

static unsigned long long microseconds(struct timeval time)
{
    return (unsigned long long)time.tv_sec * MILLION + (unsigned long long)time.tv_usec;
}

static void process(struct buffer *out, const struct metrics *metrics)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    family(out, "process_cpu_seconds_total", "counter", "Processor time, user and system.");
    buffer_text(out, "process_cpu_seconds_total ");
    seconds(out, microseconds(usage.ru_utime) + microseconds(usage.ru_stime));
    single(out, "process_start_time_seconds", "gauge", "Start, in seconds since 1970.",
           (unsigned long long)metrics->started_ms / 1000);
    resident_memory(out);
    descriptors(out);
}

void metrics_page(struct service *service, struct buffer *out)
{
    state(out, service);
    requests(out, service->metrics);
    refusals(out, service->metrics);
    database(out, service->metrics);
    connections(out, service);
    tokens(out, service);
    process(out, service->metrics);
}
