/* SPDX-License-Identifier: MIT */
#include "access_cli.h"

#include "access_commands.h"
#include "auth/token.h"
#include "core/cleanup.h"
#include "core/uuid.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct flag {
    const char *name, *value; /* value: what it takes; NULL: it is a switch */
    size_t offset;
} flags[] = {
    {"--name", "NAME", offsetof(struct context, name)},
    {"--organisation", "ID_OR_CODE", offsetof(struct context, organisation)},
    {"--scopes", "\"A B\"", offsetof(struct context, scopes)},
    {"--client", "ID", offsetof(struct context, client)},
    {"--secret", "SECRET", offsetof(struct context, secret)},
    {"--scope", "\"A B\"", offsetof(struct context, scope)},
    {"--seconds", "N", offsetof(struct context, seconds)},
    {"--purpose", "token|cursor", offsetof(struct context, purpose)},
    {"--json", NULL, offsetof(struct context, json)},
    {"--demo", NULL, offsetof(struct context, demo)},
    {"--now", NULL, offsetof(struct context, now)},
};

static const struct command {
    const char *noun, *verb; /* verb NULL: the noun alone */
    int (*run)(struct context *c);
    const char *needs, *may; /* flags, space-separated */
    const char *help;
} commands[] = {
    {"client", "add", client_add, "--name --organisation --scopes", "--json", "makes a client and shows its secret"},
    {"client", "list", client_list, "", "--json", "all clients"},
    {"client", "rotate", client_rotate, "--client", "--json", "a second secret; the first stays good"},
    {"client", "retire-secret", client_retire_secret, "--client", "", "ends the older of two secrets"},
    {"client", "suspend", client_suspend, "--client", "", "no tokens until it is resumed"},
    {"client", "resume", client_resume, "--client", "", "ends the suspension"},
    {"client", "revoke", client_revoke, "--client", "", "no tokens any more, and those it has end"},
    {"client", "ensure-demo", client_ensure_demo, "", "", "the client demo: of the ministry, all scopes, no secret"},
    {"admin", "init", admin_init, "", "--json", "the first client: of the ministry, with all scopes; once"},
    {"admin", "reset", admin_reset, "", "--json", "a new secret when that of the administrator is lost"},
    {"key", "rotate", key_rotate, "--purpose", "--now --json", "the next key; --now also ends the old ones at once"},
    {"token", NULL, token_print, "", "--client --secret --demo --scope --seconds", "an access token, for trying out"},
};

static const struct flag *find_flag(const char *name)
{
    for (size_t i = 0; i < countof(flags); i++)
        if (strcmp(flags[i].name, name) == 0)
            return &flags[i];
    return NULL;
}

static void print_usage(const char *noun)
{
    for (size_t i = 0; i < countof(commands); i++) {
        const struct command *command = &commands[i];
        if (noun && strcmp(noun, command->noun) != 0)
            continue;
        fprintf(stderr, "api %s %s", command->noun, command->verb ? command->verb : "");
        for (size_t k = 0; k < countof(flags); k++) {
            bool needed = scope_listed(command->needs, flags[k].name);
            if (needed || scope_listed(command->may, flags[k].name))
                fprintf(stderr, " %s%s%s%s%s", needed ? "" : "[", flags[k].name, flags[k].value ? " " : "",
                        flags[k].value ? flags[k].value : "", needed ? "" : "]");
        }
        fprintf(stderr, "\n    %s\n", command->help);
    }
}

/* False: told what is wrong. */
static bool read_flags(struct context *c, const struct command *command, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        const struct flag *flag = find_flag(argv[i]);
        bool taken = flag && (scope_listed(command->needs, flag->name) || scope_listed(command->may, flag->name));
        if (!taken || (flag->value && i + 1 == argc)) {
            fprintf(stderr, taken ? "%s lacks its value\n" : "%s is not understood here\n", argv[i]);
            return false;
        }
        char *place = (char *)c + flag->offset;
        if (flag->value)
            *(const char **)place = argv[++i];
        else
            *(bool *)place = true;
    }
    for (size_t i = 0; i < countof(flags); i++)
        if (scope_listed(command->needs, flags[i].name) && !*(const char **)((char *)c + flags[i].offset)) {
            fprintf(stderr, "%s is missing\n", flags[i].name);
            return false;
        }
    if (c->client && !uuid_valid(c->client)) {
        fprintf(stderr, "--client is the id of the client, a UUID (api client list)\n");
        return false;
    }
    return true;
}

static int run_command(const struct config *config, const struct command *command, int argc, char **argv)
{
    struct context c = {.config = config};
    if (!read_flags(&c, command, argc, argv)) {
        print_usage(command->noun);
        return MISUSED;
    }
    struct pool_options options = {.conninfo = config->database_url,
                                   .size = 1,
                                   .wait_ms = (unsigned)config->pool_wait_ms,
                                   .statement_ms = (unsigned)config->statement_ms,
                                   .connect_ms = (unsigned)config->connect_ms,
                                   .prepare = config->database_prepare};
    c.pool = pool_open(&options);
    int code = c.pool ? command->run(&c) : REFUSED;
    pool_close(c.pool);
    arena_done(&c.arena);
    return code;
}

int access_command(const struct config *config, int argc, char **argv)
{
    const char *noun = argc > 1 ? argv[1] : "", *verb = argc > 2 ? argv[2] : "";
    bool known = false;
    for (size_t i = 0; i < countof(commands); i++) {
        const struct command *command = &commands[i];
        if (strcmp(command->noun, noun) != 0)
            continue;
        known = true;
        int words = command->verb ? 3 : 2;
        if (!command->verb || strcmp(command->verb, verb) == 0)
            return run_command(config, command, argc - words, argv + words);
    }
    print_usage(known ? noun : NULL);
    return MISUSED;
}
