/* SPDX-License-Identifier: MIT */
#pragma once
#include <stdbool.h>
#include <stdio.h>

/* Settings: one table, one row each. X(member, kind, variable, default, minimum, maximum, help)
 * TEXT may be empty; SECRET is never printed; NUMBER has bounds; FLAG is on or off. Each also as <variable>_FILE. */
#define SETTINGS(X)                                                                                                    \
    X(listen, TEXT, "KC_LISTEN", "127.0.0.1", 0, 0, "address to listen on; :: for all, IPv4 too")                      \
    X(port, NUMBER, "KC_PORT", "8080", 0, 65535, "port; 0 takes a free one and logs it")                               \
    X(public_url, TEXT, "KC_PUBLIC_URL", "", 0, 0, "address as callers see it, for links; empty: relative links")      \
    X(database_url, SECRET, "KC_DATABASE_URL", "dbname=khuyencong user=kc_api", 0, 0,                                  \
      "libpq connection string of role kc_api")                                                                        \
    X(database_prepare, FLAG, "KC_DATABASE_PREPARE", "on", 0, 0,                                                       \
      "prepared statements; off behind a transaction-pooling proxy")                                                   \
    X(lanes, NUMBER, "KC_LANES", "4", 1, 16, "database connections that quick reads share")                            \
    X(pool_size, NUMBER, "KC_POOL_SIZE", "8", 1, 500, "further database connections at most")                          \
    X(pool_wait_ms, NUMBER, "KC_POOL_WAIT_MS", "2000", 1, 60000, "wait for a free connection, then 503")               \
    X(statement_ms, NUMBER, "KC_STATEMENT_MS", "12000", 10, 600000, "deadline of one database round trip, then 503")   \
    X(connect_ms, NUMBER, "KC_CONNECT_MS", "3000", 10, 60000, "deadline of a new database connection")                 \
    X(master_key, SECRET, "KC_MASTER_KEY", "", 0, 0, "64 hex digits that encrypt the signing keys in the database")    \
    X(issuer, TEXT, "KC_ISSUER", "https://khuyencong.example", 0, 0, "`iss` of tokens; one name for all replicas")     \
    X(audience, TEXT, "KC_AUDIENCE", "", 0, 0, "`aud` of tokens; empty: the issuer")                                   \
    X(token_seconds, NUMBER, "KC_TOKEN_SECONDS", "600", 10, 600, "life of an access token")                            \
    X(allowed_origins, TEXT, "KC_ALLOWED_ORIGINS", "", 0, 0, "CORS: comma-separated origins")                          \
    X(client_rate, NUMBER, "KC_CLIENT_RATE", "6000", 0, 10000000, "requests of one client per minute; 0: no limit")    \
    X(address_rate, NUMBER, "KC_ADDRESS_RATE", "0", 0, 10000000,                                                       \
      "requests without a token of one address per minute; 0: no limit")                                               \
    X(check_rate, NUMBER, "KC_CHECK_RATE", "60", 0, 10000000,                                                          \
      "checks of certificates from one address per minute; 0: no limit")                                               \
    X(trusted_proxies, TEXT, "KC_TRUSTED_PROXIES", "", 0, 0,                                                           \
      "addresses and networks (10.0.0.7, fd00::/8) whose X-Forwarded-For is believed")                                 \
    X(share_dir, TEXT, "KC_SHARE_DIR", "/usr/share/khuyencong-api", 0, 0, "folder of the documentation viewer")        \
    X(max_connections, NUMBER, "KC_MAX_CONNECTIONS", "3000", 1, 20000, "HTTP connections at the same time")            \
    X(idle_seconds, NUMBER, "KC_IDLE_SECONDS", "15", 1, 3600, "a silent connection is closed after so long")           \
    X(request_seconds, NUMBER, "KC_REQUEST_SECONDS", "30", 1, 3600, "a request must be received and answered within")  \
    X(file_bytes, NUMBER, "KC_FILE_BYTES", "104857600", 1, 1099511627776, "largest file; beyond it 413")               \
    X(file_seconds, NUMBER, "KC_FILE_SECONDS", "600", 1, 86400, "a file must be received or sent within")              \
    X(file_transfers, NUMBER, "KC_FILE_TRANSFERS", "32", 1, 20000, "files that come or go at the same time, then 503") \
    X(metrics_port, NUMBER, "KC_METRICS_PORT", "-1", -1, 65535, "port of /metrics; 0 takes a free one; -1: none")      \
    X(metrics_listen, TEXT, "KC_METRICS_LISTEN", "127.0.0.1", 0, 0, "address of /metrics: nobody is asked who he is")  \
    X(drain_ms, NUMBER, "KC_DRAIN_MS", "0", 0, 600000, "on SIGTERM: still accept for so long while /readyz says 503")  \
    X(clock, TEXT, "KC_CLOCK", "", 0, 0, "tests only: RFC 3339 instant at which the clock starts")

enum setting_kind { SETTING_TEXT, SETTING_SECRET, SETTING_NUMBER, SETTING_FLAG };

#define SETTING_TYPE_TEXT   const char *
#define SETTING_TYPE_SECRET const char *
#define SETTING_TYPE_NUMBER long
#define SETTING_TYPE_FLAG   bool
struct config {
#define X(member, kind, ...) SETTING_TYPE_##kind member;
    SETTINGS(X)
#undef X
};

/* Reads the environment. False: `error` was told what is wrong (every fault, one line each). */
bool config_read(struct config *ret_config, FILE *error);
void config_free(struct config *config);
void config_help(FILE *out);
