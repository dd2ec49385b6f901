#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#if LIBCURL_VERSION_NUM < 0x075700
#error "axport needs libcurl 7.87 or later (CURLOPT_QUICK_EXIT)"
#endif

// libcurl sets and tells everything by variadic functions, which Swift cannot call: one function for each type.

static inline CURLcode ccurl_set_number(CURL *easy, CURLoption option, long value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_text(CURL *easy, CURLoption option, const char *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(CURL *easy, CURLoption option, void *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *_Nullable value) {
    return curl_easy_setopt(easy, option, value);
}

/// Sets a parsed URL, which must exist as long as the handle; NULL to go by CURLOPT_URL again.
static inline CURLcode ccurl_set_url(CURL *easy, CURLU *_Nullable url) {
    return curl_easy_setopt(easy, CURLOPT_CURLU, url);
}

typedef size_t (*ccurl_bytes)(char *_Nullable bytes, size_t size, size_t count, void *_Nullable context);

static inline CURLcode ccurl_set_bytes(CURL *easy, CURLoption option, ccurl_bytes _Nonnull take) {
    return curl_easy_setopt(easy, option, take);
}

typedef int (*ccurl_before)(void *_Nullable context, char *_Nullable, char *_Nullable, int, int);

static inline CURLcode ccurl_set_before(CURL *easy, ccurl_before _Nonnull before) {
    return curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before);
}

typedef int (*ccurl_opened)(void *_Nullable context, curl_socket_t socket, curlsocktype);

/// Calls `opened` for each new socket, before it is connected.
static inline CURLcode ccurl_set_opened(CURL *easy, ccurl_opened _Nonnull opened) {
    return curl_easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, opened);
}

/// The local port of a socket; 0 if it has none, or is closed.
static inline int ccurl_local_port(curl_socket_t socket) {
    struct sockaddr_storage place;
    socklen_t length = sizeof place;
    if (getsockname(socket, (struct sockaddr *)&place, &length)) return 0;
    if (place.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&place)->sin_port);
    return place.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&place)->sin6_port) : 0;
}

static inline int ccurl_has_unread(curl_socket_t socket) {
    char byte;
    return recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

static inline long ccurl_number(CURL *easy, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline curl_off_t ccurl_offset(CURL *easy, CURLINFO info) {
    curl_off_t value = 0;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : 0;
}

static inline const char *_Nullable ccurl_text(CURL *easy, CURLINFO info) {
    char *value = NULL;
    return curl_easy_getinfo(easy, info, &value) == CURLE_OK ? value : NULL;
}

static inline CURLMcode ccurl_multi_set_number(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode ccurl_multi_set_sockets(CURLM *multi, curl_socket_callback _Nonnull watch, void *_Nonnull context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    return code ? code : curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, watch);
}

static inline CURLMcode ccurl_multi_set_timer(CURLM *multi, curl_multi_timer_callback _Nonnull set, void *_Nonnull context) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code ? code : curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, set);
}

/// The easy handle of a message that says that a transfer is over, or NULL; `result` is how it ended.
static inline CURL *_Nullable ccurl_done(CURLM *multi, CURLcode *_Nonnull result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}
