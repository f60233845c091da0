/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "core/cleanup.h"
#include "core/text.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX           "KC_"
#define SETTING_FILE_MAX 65536

static const struct setting {
    enum setting_kind kind;
    const char *variable, *fallback;
    long minimum, maximum;
    const char *help;
    size_t offset;
} settings[] = {
#define X(member, kind, variable, fallback, minimum, maximum, help)                                                    \
    {SETTING_##kind, variable, fallback, minimum, maximum, help, offsetof(struct config, member)},
    SETTINGS(X)
#undef X
};

static const struct setting *find(const char *name, size_t length)
{
    for (size_t i = 0; i < countof(settings); i++)
        if (strlen(settings[i].variable) == length && !strncmp(settings[i].variable, name, length))
            return &settings[i];
    return NULL;
}

static bool known(const char *name, size_t length)
{
    return find(name, length) || (length > 5 && !strncmp(name + length - 5, "_FILE", 5) && find(name, length - 5));
}

/* A misspelt variable must not leave a default in force without a word. */
static bool refuse_unknown(FILE *error)
{
    bool fine = true;
    for (char **entry = environ; *entry; entry++) {
        size_t length = strcspn(*entry, "=");
        if (!strncmp(*entry, PREFIX, strlen(PREFIX)) && !known(*entry, length)) {
            fprintf(error, "unknown setting %.*s (api --help lists them)\n", (int)length, *entry);
            fine = false;
        }
    }
    return fine;
}

static char *read_file(const char *path, FILE *error)
{
    FILE *file = fopen(path, "re");
    char *text = calloc(1, SETTING_FILE_MAX + 2);
    size_t length = file && text ? fread(text, 1, SETTING_FILE_MAX + 1, file) : 0;
    bool fine = file && text && !ferror(file) && length <= SETTING_FILE_MAX && strlen(text) == length;
    if (!fine)
        fprintf(error, "cannot use the file %s: %s\n", path, file ? "too large or not text" : strerror(errno));
    if (file)
        fclose(file);
    if (!fine) {
        free(text);
        return NULL;
    }
    while (length && (text[length - 1] == '\n' || text[length - 1] == '\r'))
        text[--length] = '\0';
    return text;
}

/* The text of a setting, owned by the caller; NULL: a fault was told. */
static char *text_of(const struct setting *setting, FILE *error)
{
    char file_variable[64];
    snprintf(file_variable, sizeof file_variable, "%s_FILE", setting->variable);
    const char *value = getenv(setting->variable), *path = getenv(file_variable);
    if (value && path) {
        fprintf(error, "%s and %s are both set\n", setting->variable, file_variable);
        return NULL;
    }
    if (path)
        return read_file(path, error);
    return strdup(value ? value : setting->fallback);
}

static bool store(struct config *config, const struct setting *setting, char *text, FILE *error)
{
    void *place = (char *)config + setting->offset;
    int64_t number;
    switch (setting->kind) {
    case SETTING_TEXT:
    case SETTING_SECRET:
        *(char **)place = text;
        return true;
    case SETTING_NUMBER:
        if (!integer_parse(text, setting->minimum, setting->maximum, &number)) {
            fprintf(error, "%s must be a whole number from %ld to %ld\n", setting->variable, setting->minimum,
                    setting->maximum);
            break;
        }
        *(long *)place = (long)number;
        free(text);
        return true;
    case SETTING_FLAG:
        if (strcmp(text, "on") && strcmp(text, "off")) {
            fprintf(error, "%s must be on or off\n", setting->variable);
            break;
        }
        *(bool *)place = !strcmp(text, "on");
        free(text);
        return true;
    }
    free(text);
    return false;
}

bool config_read(struct config *ret_config, FILE *error)
{
    struct config config = {0};
    bool fine = refuse_unknown(error);
    for (size_t i = 0; i < countof(settings); i++) {
        char *text = text_of(&settings[i], error);
        fine = text && store(&config, &settings[i], text, error) && fine;
    }
    if (fine)
        *ret_config = config;
    else
        config_free(&config);
    return fine;
}

void config_free(struct config *config)
{
    for (size_t i = 0; i < countof(settings); i++)
        if (settings[i].kind == SETTING_TEXT || settings[i].kind == SETTING_SECRET)
            free(*(char **)((char *)config + settings[i].offset));
    *config = (struct config){0};
}

void config_help(FILE *out)
{
    for (size_t i = 0; i < countof(settings); i++)
        fprintf(out, "  %-20s %s%s%s%s\n", settings[i].variable, settings[i].help, *settings[i].fallback ? " [" : "",
                settings[i].fallback, *settings[i].fallback ? "]" : "");
}
