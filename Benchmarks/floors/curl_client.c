/* What libcurl alone costs, the client that axport stands on: the same requests as bare_sockets, by libcurl's multi interface on
   one thread, over HTTP/1.1, each answer dropped. Only serial numbers, servers and cursors are looked for.

       curl_client URL IN_FLIGHT [CA_FILE] < token

   Prints how many requests it made and how many bytes their bodies had. */
#include <curl/curl.h>

#include "lists.h"

struct text {
    size_t count, capacity;
    char *data;
};

static const char *url, *authorities;
static struct curl_slist *headers;

static size_t take(char *data, size_t size, size_t count, void *context) {
    struct text *text = context;
    size *= count;
    bytes += size;
    while (text->count + size + 1 > text->capacity) text->data = realloc(text->data, text->capacity = 2 * text->capacity + 4096);
    memcpy(text->data + text->count, data, size);
    text->data[text->count += size] = 0;
    return size;
}

static size_t drop(char *data, size_t size, size_t count, void *context) {
    (void)data, (void)context;
    bytes += size * count;
    return size * count;
}

static CURL *handle(curl_write_callback write, void *context) {
    CURL *easy = curl_easy_init();
    if (easy == NULL) fail("no handle");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, write);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, context);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
    if (authorities) curl_easy_setopt(easy, CURLOPT_CAINFO, authorities);
    return easy;
}

static void aim(CURL *easy, const char *path) {
    char whole[1024];
    snprintf(whole, sizeof whole, "%s%s", url, path);
    curl_easy_setopt(easy, CURLOPT_URL, whole);
    requests++;
}

struct pages {
    CURL *easy;
    struct text body;
};

static char *fetch(void *client, const char *path) {
    struct pages *pages = client;
    pages->body.count = 0;
    aim(pages->easy, path);
    if (curl_easy_perform(pages->easy) != CURLE_OK) fail("a page could not be read");
    return pages->body.data;
}

static void ask(CURLM *multi, CURL *easy, size_t number) {
    char path[512];
    coverage_path(path, number);
    aim(easy, path);
    curl_multi_add_handle(multi, easy);
}

int main(int count, char **arguments) {
    if (count < 3) fail("curl_client URL IN_FLIGHT [CA_FILE] < token");
    read_token();
    url = arguments[1];
    size_t in_flight = atoi(arguments[2]), asked = 0, answered = 0;
    authorities = count > 3 ? arguments[3] : NULL;
    char line[9000];
    curl_global_init(CURL_GLOBAL_DEFAULT);
    snprintf(line, sizeof line, "Authorization: Bearer %s", token);
    headers = curl_slist_append(curl_slist_append(NULL, line), "Accept: application/json");
    struct pages pages = {0};
    pages.easy = handle(take, &pages.body);
    read_lists(fetch, &pages);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)in_flight);
    for (; asked < in_flight && asked < serial_count; asked++) ask(multi, handle(drop, NULL), asked);
    while (answered < serial_count) {
        int running, left;
        curl_multi_perform(multi, &running);
        for (CURLMsg *message; (message = curl_multi_info_read(multi, &left));) {
            CURL *easy = message->easy_handle;
            if (message->data.result != CURLE_OK) fail("an answer was not one");
            curl_multi_remove_handle(multi, easy);
            answered++;
            if (asked < serial_count) ask(multi, easy, asked++);
        }
        curl_multi_perform(multi, &running);
        if (answered < serial_count) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    printf("%ld %ld\n", requests, bytes);
    return 0;
}
