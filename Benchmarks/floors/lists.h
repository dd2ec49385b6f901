/* What both floors read from lists: serial numbers, servers and cursors, and nothing else. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char token[8192];
static long requests, bytes;

static void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void read_token(void) {
    if (fgets(token, sizeof token, stdin) == NULL) fail("no token on standard input");
    token[strcspn(token, "\n")] = 0;
}

/* Gives the body of an answer, ended with a zero, which lives until the next call. */
typedef char *fetching(void *client, const char *path);

/* Calls `each` with every id of a list whose members begin with `opening`. */
static void list(fetching *fetch, void *client, const char *path, const char *opening, void (*each)(const char *id)) {
    char page[1024], cursor[512] = "";
    do {
        snprintf(page, sizeof page, "%s?limit=1000%s%s", path, *cursor ? "&cursor=" : "", cursor);
        char *at = fetch(client, page), *next = strstr(at, "\"nextCursor\":\"");
        while ((at = strstr(at, opening)) != NULL) {
            char *id = at + strlen(opening), *end = strchr(id, '"');
            *end = 0;
            each(id);
            at = end + 1;
        }
        *cursor = 0;
        if (next != NULL) sscanf(next + 14, "%511[^\"]", cursor);
    } while (*cursor);
}

static char (*serials)[64], (*servers)[64];
static size_t serial_count, server_count;

static void keep(char (**ids)[64], size_t *count, const char *id) {
    if ((*count & (*count - 1)) == 0) *ids = realloc(*ids, (*count ? 2 * *count : 1) * sizeof **ids);
    snprintf((*ids)[(*count)++], sizeof **ids, "%s", id);
}

static void keep_serial(const char *id) { keep(&serials, &serial_count, id); }
static void keep_server(const char *id) { keep(&servers, &server_count, id); }
static void ignore(const char *id) { (void)id; }

/* All devices, all servers, and the devices of each. */
static void read_lists(fetching *fetch, void *client) {
    char path[512];
    list(fetch, client, "/v1/orgDevices", "{\"type\":\"orgDevices\",\"id\":\"", keep_serial);
    list(fetch, client, "/v1/mdmServers", "{\"type\":\"mdmServers\",\"id\":\"", keep_server);
    for (size_t i = 0; i < server_count; i++) {
        snprintf(path, sizeof path, "/v1/mdmServers/%s/relationships/devices", servers[i]);
        list(fetch, client, path, "{\"type\":\"orgDevices\",\"id\":\"", ignore);
    }
}

static void coverage_path(char path[512], size_t number) {
    snprintf(path, 512, "/v1/orgDevices/%s/appleCareCoverage", serials[number]);
}
