/* The least that fetching an organization can cost: one process, one thread, IN_FLIGHT connections that each have one
   request out, bodies read by their Content-Length and thrown away. Only serial numbers, servers and cursors are looked for.

       bare_sockets PORT IN_FLIGHT < token

   Prints how many requests it made and how many bytes their bodies had. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "lists.h"

struct connection {
    int socket;
    size_t count, capacity, end;
    char *data;
};

static int port;

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
    char request[16384];
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

static char *fetch(void *client, const char *path) {
    struct connection *c = client;
    ask(c, path);
    while (!receive(c)) {}
    return body(c);
}

int main(int count, char **arguments) {
    if (count != 3) fail("bare_sockets PORT IN_FLIGHT < token");
    read_token();
    port = atoi(arguments[1]);
    size_t in_flight = atoi(arguments[2]), asked = 0, answered = 0;
    char path[512];
    struct connection *all = calloc(in_flight, sizeof *all);
    int poll = epoll_create1(0);
    for (size_t i = 0; i < in_flight; i++) {
        open_connection(&all[i]);
        epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &(struct epoll_event){.events = EPOLLIN, .data.ptr = &all[i]});
    }
    read_lists(fetch, all);
    for (; asked < in_flight && asked < serial_count; asked++) {
        coverage_path(path, asked);
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
                coverage_path(path, asked++);
                ask(c, path);
            }
        }
    }
    printf("%ld %ld\n", requests, bytes);
    return 0;
}
