/* SPDX-License-Identifier: MIT */
#pragma once
#include "auth/token.h"
#include "contract/contract.h"
#include "contract/fault.h"
#include "contract/parameters.h"
#include "core/arena.h"
#include "core/buffer.h"
#include "core/uuid.h"

#include <stdbool.h>
#include <stdint.h>

/* One request's life. Every stage reads and fills this; one place replies, one place logs. */

struct service; /* settings, pool, auth: what lives as long as the process (service.h) */

struct request {
    const char *method; /* as sent */
    const char *protocol;
    const char *target; /* as sent: path and query */
    const char *path;   /* raw path, without the query */
    const char *query;  /* raw text behind '?', or NULL */
    const char *address;
    const char *body;
    size_t body_length, body_limit; /* as long as it may be; 0: BODY_MAX */
    const void *headers;            /* read by request_header only */
};

/* Case-insensitive; NULL when absent. A header sent twice comes as "a,b", as Ulfius joins it. */
const char *request_header(const struct request *request, const char *name);
const char *request_odd_header(const struct request *request); /* first header whose name is no token, or NULL */

#define REPLY_HEADERS_MAX 20
struct reply {
    int status;
    const char *media;  /* NULL: application/json */
    struct buffer body; /* owned */
    const void *fixed;  /* bytes that outlive the request (documents); used instead of body */
    size_t fixed_length;
    const char *version; /* of the record: ETag */
    const char *location;
    const char *cache;         /* Cache-Control; NULL: private, no-cache */
    struct download *download; /* owned: bytes that are read while they are sent; used instead of body */
    struct {
        const char *name, *value;
    } headers[REPLY_HEADERS_MAX];
    size_t nheaders;
};

#define LAST_WORDS_MAX 512

struct problem {
    const struct message *kind; /* NULL: all is well */
    struct faults faults;
    const char *params;   /* JSON object: values for {…} in the detail, and extra members of the document */
    unsigned retry_after; /* seconds; 0: no header */
    const char *internal; /* for the log only: SQLSTATE and the like, never row contents */
};

/* The file that comes with a request, or goes with its reply. */
struct file_facts {
    const void *bytes; /* those at hand, of a body or of the file in a form */
    size_t length;
    const char *at; /* their place in the file, in digits */
    struct content_writer *writer;
    const char *part;         /* JSON: what the form says of the file */
    const char *sniffed_type; /* by its first bytes */
    const char *sha256;
    bool is_whole; /* the write has brought the last bytes of it */
    const char *name, *media_type;
    int64_t size;
};

#define PATH_VALUES_MAX 8
#define SORT_KEYS_MAX   4

struct exchange {
    struct service *service;
    const struct operation *operation;
    const struct route *route;
    struct arena arena;
    struct request request;
    struct query_string query;
    enum language language;
    const char *media; /* of the success reply, one of operation->produces; NULL: there is no choice */
    const char *path_values[PATH_VALUES_MAX];
    const char **values; /* one per operation->parameters */
    struct caller caller;
    struct file_facts file;
    json_t *body;
    const char *body_text; /* JSON that is bound to :body */
    char new_id[UUID_TEXT];
    const char *if_version; /* digits, or NULL */
    bool validate_only;
    const char *idempotency_key;
    unsigned tries;          /* of the write, before this one */
    bool names_every_fault;  /* the write is run to see by which of its constraints a row is refused */
    const struct sort *sort; /* of a list */
    int limit;
    const char *limit_text;
    const char *cursor_keys[SORT_KEYS_MAX]; /* set when a cursor came */
    const char *next_keys[SORT_KEYS_MAX];   /* set when there is another page */
    long long total;                        /* of the list, when total_kind is set */
    const char *total_kind;                 /* exact, at_least, estimated */
    char trace_id[33], span_id[17];
    bool sampled;
    struct problem problem;
    struct reply reply;
    char last_words[LAST_WORDS_MAX]; /* a problem document that needs no memory */
    int64_t started_us, database_us;
};

/* Sets the problem and returns false, so that a stage can `return fail(x, "not-found");`. Unknown codes are a bug:
 * assert. */
bool fail(struct exchange *x, const char *code);
bool fail_with(struct exchange *x, const char *code, const char *params_json);
bool fail_scope(struct exchange *x,
                const char *wanted);          /* 403, with the challenge of RFC 6750; space-separated: one of them */
struct faults *faults_of(struct exchange *x); /* where a stage collects its faults */

bool short_of_memory(const struct exchange *x); /* something was left out or cut since the request began */
void reply_header(struct exchange *x, const char *name, const char *value);
const char *parameter_value(const struct exchange *x, const char *name); /* of a declared parameter; NULL when absent */
