/* SPDX-License-Identifier: MIT */
#include "open_files.h"

#include <stdio.h>
#include <sys/resource.h>

#define OTHER_FILES 64 /* log, sockets that listen, files of the documentation viewer, what libraries open */

const char *open_files_refusal(const struct config *config)
{
    static char reason[160];
    long needed = config->max_connections + config->pool_size + config->lanes + OTHER_FILES;
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return NULL;
    files.rlim_cur = files.rlim_max; /* the usual soft limit of 1024 is for programs that use select() */
    if (files.rlim_max != RLIM_INFINITY && files.rlim_max < (rlim_t)needed) {
        snprintf(reason, sizeof reason,
                 "KC_MAX_CONNECTIONS=%ld does not fit: %ld open files are needed and the hard limit is %llu",
                 config->max_connections, needed, (unsigned long long)files.rlim_max);
        return reason;
    }
    if (setrlimit(RLIMIT_NOFILE, &files) != 0)
        return "the limit of open files cannot be raised";
    return NULL;
}
