/* SPDX-License-Identifier: MIT */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The contract as constant tables: generate.py makes them from openapi.yaml, resources/ and messages.yaml.
 * Nothing here is written by hand twice; the server is an interpreter of these rows. */

struct exchange;

/* ---- Schemas: the closed set of JSON-Schema keywords (docs/decisions/0004) ---- */

/* Bits of schema.kinds. */
enum json_kind {
    KIND_NULL = 1,
    KIND_BOOLEAN = 2,
    KIND_INTEGER = 4,
    KIND_NUMBER = 8, /* any number, so it includes integers */
    KIND_STRING = 16,
    KIND_ARRAY = 32,
    KIND_OBJECT = 64,
};

enum format {
    FORMAT_NONE,
    FORMAT_DATE,
    FORMAT_DATE_TIME,
    FORMAT_UUID,
    FORMAT_INT32,
    FORMAT_INT64,
    FORMAT_URI,
    FORMAT_EMAIL
};

struct property {
    const char *name;
    const struct schema *schema;
};

struct schema {
    const char *name; /* of the component, for messages in the build; NULL inside others */
    unsigned kinds;   /* 0: any kind */
    enum format format;
    bool closed; /* additionalProperties: false */
    bool unique_items;
    bool has_minimum, has_maximum;
    double minimum, maximum;
    size_t min_length, min_items;
    size_t max_length, max_items; /* SIZE_MAX: no limit */
    const char *const *required;
    size_t nrequired;
    const struct property *properties;
    size_t nproperties;
    const struct schema *items;
    int pattern;          /* index into patterns[], -1: none */
    size_t first_literal; /* enum and const: literals[first_literal … + nliterals) */
    size_t nliterals;
    bool constant; /* the one literal is that of const, not of enum */
};

extern const char *const patterns[]; /* compiled once by contract_open */
extern const size_t npatterns;
extern const char *const literals[]; /* JSON texts, parsed once by contract_open */
extern const size_t nliterals;

/* ---- Parameters ---- */

enum place { IN_PATH, IN_QUERY, IN_HEADER };

struct parameter {
    const char *name; /* as sent: `updated_at[gte]` */
    enum place place;
    const struct schema *schema; /* of the value; for a list, of the array */
    const char *fallback;        /* schema default, or NULL */
    bool required;
    bool list; /* a,b,c: bound to SQL as a text[] literal */
};

/* ---- Statements: the named queries of resources/ ---- */

struct statement {
    const char *name;   /* also the name it is prepared under */
    const char *text;   /* with $1 … $n */
    const char *origin; /* resources/promotion/projects.sql:12 */
    unsigned number;    /* 0 … nstatements - 1 */
    unsigned nparameters;
};

extern const size_t nstatements;
extern const struct statement *const statements[];

/* Where the value of $n comes from when an operation runs a statement. */
enum source_kind {
    SOURCE_PARAMETER,       /* exchange.values[index] */
    SOURCE_BODY,            /* the validated body as JSON text */
    SOURCE_NEW_ID,          /* UUIDv7 made for this request */
    SOURCE_IF_VERSION,      /* If-Match or if_version as integer, or null */
    SOURCE_PROVINCES,       /* text[]: codes of the caller's territory and of all predecessors */
    SOURCE_PROVINCE_CODE,   /* the caller's own province, or null */
    SOURCE_ORGANISATION_ID, /* the caller's organisation */
    SOURCE_CLIENT_ID,
    SOURCE_TIER,          /* central, region, province, district, commune */
    SOURCE_PERSONAL_DATA, /* boolean: scope personal-data:read */
    SOURCE_USER_ID,       /* the person on whose behalf the client calls, or null */
    SOURCE_ROLES,         /* text[]: of that person; null: no person */
    SOURCE_SCOPES,        /* of the token, space-separated */
    SOURCE_EXPIRES_AT,    /* of the token, seconds since 1970 */
    SOURCE_LIMIT,         /* rows of a page */
    SOURCE_CURSOR_KEY,    /* key[index] of the cursor */
    SOURCE_BYTES,         /* bytea: of the file that is coming in */
    SOURCE_AT,            /* place of those bytes in the file, or of the byte that is asked for */
    SOURCE_PART,          /* {file_name, media_type, sniffed_type} of the file in a form */
    SOURCE_SNIFFED_TYPE,  /* media type by the first bytes of the body */
    SOURCE_MEDIA,         /* media type of the reply where there is a choice of several; else null */
    SOURCE_SHA256,        /* of the whole file, in hex */
    SOURCE_FILE_LIMIT,    /* KC_FILE_BYTES */
    SOURCE_NOTHING,       /* null: an option of the get that answers a write, which the write does not take */
};

struct source {
    enum source_kind kind;
    unsigned index;
};

struct step {
    const struct statement *statement; /* NULL: no such step */
    const struct source *sources;      /* statement->nparameters */
};

struct sort {
    const char *name; /* as in ?sort= */
    unsigned nkeys;
    struct step first; /* from the beginning */
    struct step next;  /* after the keys of a cursor */
};

enum shape {
    SHAPE_ONE,    /* columns body [, version, gone] */
    SHAPE_PAGE,   /* columns body, key_1 … key_n */
    SHAPE_WRITE,  /* columns id, version [, created]; then `follow` gives the reply */
    SHAPE_BYTES,  /* columns version, gone, is_whole, file_name, media_type, size_bytes; `read` gives the bytes */
    SHAPE_REMOVE, /* columns id, version; `follow` only tells 403 and 410 from 404; 204 */
};

struct plan {
    enum shape shape;
    struct step main;
    struct step follow;
    struct step taken;           /* run after a unique violation: column id of the record that has the value */
    struct step begin;           /* the first bytes of the file in a form have come */
    struct step chunk;           /* the next bytes of it */
    struct step abort;           /* it did not come to its end, or is not kept */
    struct step read;            /* column bytes: some of the file, beginning at :at */
    struct step seal;            /* after a write with column whole_bytes: the digest of all bytes is known */
    struct step count_exact;     /* column total, at most 100,001 */
    struct step count_estimated; /* the planner's guess, as EXPLAIN's JSON */
    const struct sort *sorts;
    unsigned nsorts;
    bool slow;
};

/* ---- Sheets: bodies that come as a table ---- */

enum sheet_kind { SHEET_WORDS, SHEET_DAY, SHEET_MONEY };

struct sheet_column {
    const char *heading; /* title of the member */
    const char *member;
    enum sheet_kind kind;
    bool required;
    bool is_named;           /* its heading may name, behind a colon, what the words are of (x-named-headings) */
    const char *line_member; /* of a row that goes on with the one above (sheet.lines); NULL: such a row has it not */
};

/* The columns of `rows` in a body that is also taken as CSV or Excel. */
struct sheet {
    const struct sheet_column *columns;
    size_t ncolumns;
    const char *lines;         /* member that is made of the rows behind a record's own, or NULL */
    const char *line_key;      /* member of a line that each must have */
    const struct schema *body; /* what the sheet becomes: that of the operation, or of its media type (contentSchema) */
};

/* ---- Operations ---- */

enum method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE, METHODS };

struct operation {
    const char *id;
    unsigned number; /* 0 … noperations - 1 */
    enum method method;
    const char *path; /* template, also the route in logs */
    /* Or several, of which one will do. NULL: any valid token when needs_token, else nobody is asked. */
    const char *scope;
    const struct parameter *parameters;
    size_t nparameters;
    const struct schema *body;
    const struct schema *form;   /* of multipart/form-data, or NULL */
    const char *file_field;      /* its member that is the file */
    const struct sheet *sheet;   /* of text/csv and of Excel's workbooks, or NULL */
    size_t body_bytes;           /* of a body that is longer than others may be (x-limit-bytes), or 0 */
    const char *const *consumes; /* NULL-terminated media types of the body */
    const char *const *produces; /* NULL-terminated media types of the success reply */
    const struct plan *plan;     /* NULL: `serve` is a C function */
    bool (*serve)(struct exchange *x);
    const char *origin;   /* where it is served: file:line of the SQL, or the C function */
    int success;          /* first 2xx of the contract */
    const char *cache;    /* Cache-Control of the success reply (x-cache); NULL: private, no-cache */
    unsigned patience_ms; /* of a round trip to the database (x-patience-seconds); 0: KC_STATEMENT_MS */
    const char *absent;   /* code of the 404 when there is no row (x-absent); NULL: not-found */
    bool (*render)(
        struct exchange *x); /* makes the reply out of the query's JSON (x-render); NULL: the JSON is the reply */
    bool needs_token;
    bool needs_version; /* If-Match or if_version is compulsory */
    bool takes_version; /* If-Match is known, perhaps optional */
    bool is_write;      /* changes records: validate_only is known, POST takes Idempotency-Key */
    bool needs_key;     /* Idempotency-Key is compulsory */
    bool tells_gone;    /* 410 is among its answers */
    bool is_strict;     /* asked without a token, an address has the allowance of KC_CHECK_RATE (x-strict) */
};

struct route {
    const char *segment;          /* NULL: a path parameter */
    const struct route *children; /* fixed segments first, the parameter last */
    size_t nchildren;
    const struct operation *operations[METHODS];
    const char *allow; /* value of Allow, NULL on inner nodes */
    const char *path;  /* template */
};

extern const struct operation *const operations[];
extern const size_t noperations;
extern const struct route route_root;
extern const char *const scope_names[]; /* all scopes of the contract (components.securitySchemes) */
extern const size_t nscopes;
extern const char *const exposed_headers; /* Access-Control-Expose-Headers, from the response headers of the contract */

/* ---- Messages: api/messages.yaml ---- */

struct message {
    const char *code;
    int status;            /* 0: a code of one field error only */
    const char *title[2];  /* [0] vi, [1] en */
    const char *detail[2]; /* with {params}; may be NULL */
    const char *fix[2];    /* problems only: what the caller can do */
    const char *pointer;   /* constraints: where the fault is; may be NULL */
    const char *problem;   /* constraints: problem code to answer with; NULL: by SQLSTATE */
};

enum language { LANGUAGE_VI, LANGUAGE_EN };

extern const struct message messages[]; /* sorted by code */
extern const size_t nmessages;
const struct message *message_find(const char *code); /* NULL when unknown */

/* ---- Documents served as they are ---- */

struct document {
    const char *name; /* openapi.yaml, openapi.vi.yaml, openapi.json */
    const unsigned char *bytes;
    size_t length;
};
extern const struct document documents[];
extern const size_t ndocuments;
extern const char *const contract_version; /* info.version */
extern const int built_for_migration;      /* newest file of db/migrations */

bool contract_open(void); /* compiles patterns and literals; false: out of memory or a bad table */
void contract_close(void);
bool pattern_matches(int pattern, const char *text, size_t length); /* false also beyond the limits of the search */
const json_t *literal_value(size_t index);
