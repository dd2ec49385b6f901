/* The least that fetching an organisation can cost: one process, one thread, IN_FLIGHT connections that each have one
   request out, bodies read by their Content-Length and thrown away. Only serial numbers, servers and cursors are looked for.

       bare_sockets PORT IN_FLIGHT < token

   Prints how many requests it made and how many bytes their bodies had. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct connection {
    int socket;
    size_t count, capacity, end;
    char *data;
};

static char token[4096];
static int port;
static long requests, bytes;

static void fail(const char *what) {
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static void open_connection(struct connection *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int one = 1;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(c->socket, (struct sockaddr *)&address, sizeof address) != 0) fail("no connection");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    c->capacity = 1 << 16;
    c->data = malloc(c->capacity);
}

static void ask(struct connection *c, const char *path) {
    char request[8192];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: application/json\r\n"
                          "Authorization: Bearer %s\r\n\r\n", path, port, token);
    if (send(c->socket, request, length, MSG_NOSIGNAL) != length) fail("a request was not sent");
    c->count = c->end = 0;
    requests++;
}

/* Reads once; 1 when the answer is complete. */
static int receive(struct connection *c) {
    if (c->capacity - c->count < 1 << 15) c->data = realloc(c->data, c->capacity *= 2);
    ssize_t got = recv(c->socket, c->data + c->count, c->capacity - c->count - 1, 0);
    if (got <= 0) fail("a connection ended");
    c->count += got;
    c->data[c->count] = 0;
    if (c->end == 0) {
        char *blank = strstr(c->data, "\r\n\r\n"), *length;
        if (blank == NULL) return 0;
        if (strncmp(c->data, "HTTP/1.1 200", 12) != 0) fail("an answer without status 200");
        *blank = 0;
        if ((length = strcasestr(c->data, "content-length:")) == NULL) fail("an answer without Content-Length");
        c->end = blank + 4 - c->data + strtoul(length + 15, NULL, 10);
    }
    return c->count >= c->end;
}

/* Behind the header, which `receive` has ended with a zero. */
static char *body(struct connection *c) {
    char *found = c->data + strlen(c->data) + 4;
    bytes += c->end - (found - c->data);
    return found;
}

static char *fetch(struct connection *c, const char *path) {
    ask(c, path);
    while (!receive(c)) {}
    return body(c);
}

/* Calls `each` with every id of a list whose members begin with `opening`. */
static void list(struct connection *c, const char *path, const char *opening, void (*each)(const char *id)) {
    char page[1024], cursor[512] = "";
    do {
        snprintf(page, sizeof page, "%s?limit=1000%s%s", path, *cursor ? "&cursor=" : "", cursor);
        char *at = fetch(c, page), *next = strstr(at, "\"nextCursor\":\"");
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

int main(int count, char **arguments) {
    if (count != 3 || fgets(token, sizeof token, stdin) == NULL) fail("bare_sockets PORT IN_FLIGHT < token");
    token[strcspn(token, "\n")] = 0;
    port = atoi(arguments[1]);
    size_t in_flight = atoi(arguments[2]), asked = 0, answered = 0;
    char path[512];
    struct connection *all = calloc(in_flight, sizeof *all);
    int poll = epoll_create1(0);
    for (size_t i = 0; i < in_flight; i++) {
        open_connection(&all[i]);
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &all[i]});
    }
    list(all, "/v1/orgDevices", "{\"type\":\"orgDevices\",\"id\":\"", keep_serial);
    list(all, "/v1/mdmServers", "{\"type\":\"mdmServers\",\"id\":\"", keep_server);
    for (size_t i = 0; i < server_count; i++) {
        snprintf(path, sizeof path, "/v1/mdmServers/%s/relationships/devices", servers[i]);
        list(all, path, "{\"type\":\"orgDevices\",\"id\":\"", ignore);
    }
    for (; asked < in_flight && asked < serial_count; asked++) {
        snprintf(path, sizeof path, "/v1/orgDevices/%s/appleCareCoverage", serials[asked]);
        ask(&all[asked], path);
    }
    while (answered < serial_count) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!receive(c)) continue;
            body(c);
            answered++;
            if (asked < serial_count) {
                snprintf(path, sizeof path, "/v1/orgDevices/%s/appleCareCoverage", serials[asked++]);
                ask(c, path);
            }
        }
    }
    printf("%ld %ld\n", requests, bytes);
    return 0;
}
