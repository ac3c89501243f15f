#define _GNU_SOURCE
#include "ccurl.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#if LIBCURL_VERSION_NUM < 0x075500
#error "libcurl 7.85 or newer is needed, for CURLOPT_PROTOCOLS_STR"
#endif

bool ccurl_start(void) { return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK; }

// MARK: URLs

struct ccurl_url {
    CURLU *handle;
};

ccurl_url *ccurl_url_new(const char *text) {
    ccurl_url *url = calloc(1, sizeof *url);
    if (url == NULL) return NULL;
    url->handle = curl_url();
    if (url->handle != NULL && curl_url_set(url->handle, CURLUPART_URL, text, CURLU_DISALLOW_USER) == CURLUE_OK) {
        char *scheme = ccurl_url_scheme(url);
        bool is_http = scheme != NULL && (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
        curl_free(scheme);
        if (is_http) return url;
    }
    ccurl_url_free(url);
    return NULL;
}

void ccurl_url_free(ccurl_url *url) {
    curl_url_cleanup(url->handle);
    free(url);
}

static char *part(const ccurl_url *url, CURLUPart name, unsigned int flags) {
    char *text = NULL;
    return curl_url_get(url->handle, name, &text, flags) == CURLUE_OK ? text : NULL;
}

char *ccurl_url_scheme(const ccurl_url *url) { return part(url, CURLUPART_SCHEME, 0); }

char *ccurl_url_host(const ccurl_url *url) { return part(url, CURLUPART_HOST, 0); }

uint16_t ccurl_url_port(const ccurl_url *url) {
    char *text = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    if (text == NULL) return 0;
    long port = strtol(text, NULL, 10);
    curl_free(text);
    return port > 0 && port <= UINT16_MAX ? (uint16_t)port : 0;
}

void ccurl_text_free(char *text) { curl_free(text); }

// MARK: Pools

struct ccurl_pool {
    CURLM *multi;
    ccurl_pool_callbacks callbacks;
};

// libcurl leaves what OpenSSL complained of in the thread's error queue, where the next TLS call of the loop's other connections would
// take it for its own (SSL_get_error(3)).
static void forget_tls_errors(void) { ERR_clear_error(); }

static int socket_changed(CURL *easy, curl_socket_t descriptor, int what, void *user, void *unused) {
    (void)easy, (void)unused;
    ccurl_pool *pool = user;
    int interest = what == CURL_POLL_REMOVE ? 0 : what & CURL_POLL_INOUT;  // CURL_POLL_IN is 1, CURL_POLL_OUT is 2
    pool->callbacks.watch(pool->callbacks.owner, descriptor, interest);
    return 0;
}

static int timer_changed(CURLM *multi, long milliseconds, void *user) {
    (void)multi;
    ccurl_pool *pool = user;
    pool->callbacks.schedule(pool->callbacks.owner, milliseconds);
    return 0;
}

ccurl_pool *ccurl_pool_new(const ccurl_pool_callbacks *callbacks, const ccurl_pool_limits *limits) {
    ccurl_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) return NULL;
    pool->callbacks = *callbacks;
    pool->multi = curl_multi_init();
    CURLM *multi = pool->multi;
    if (multi != NULL && curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket_changed) == CURLM_OK
        && curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, pool) == CURLM_OK
        && curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer_changed) == CURLM_OK
        && curl_multi_setopt(multi, CURLMOPT_TIMERDATA, pool) == CURLM_OK
        && curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX) == CURLM_OK
        && curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits->connections) == CURLM_OK
        && curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, limits->connections_per_host) == CURLM_OK
        && curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, limits->idle_connections) == CURLM_OK) {
        return pool;
    }
    ccurl_pool_free(pool);
    return NULL;
}

void ccurl_pool_free(ccurl_pool *pool) {
    if (pool->multi != NULL) curl_multi_cleanup(pool->multi);
    free(pool);
    forget_tls_errors();
}

void ccurl_pool_act(ccurl_pool *pool, int descriptor, int readiness) {
    int running = 0;
    // CURL_CSELECT_IN is 1, CURL_CSELECT_OUT is 2.
    curl_multi_socket_action(pool->multi, descriptor < 0 ? CURL_SOCKET_TIMEOUT : descriptor, readiness, &running);
    forget_tls_errors();
}

static ccurl_outcome outcome_of(CURLcode code) {
    switch (code) {
        case CURLE_OK: return CCURL_COMPLETE;
        case CURLE_COULDNT_RESOLVE_HOST: return CCURL_UNRESOLVABLE;
        case CURLE_COULDNT_CONNECT: return CCURL_UNREACHABLE;
        case CURLE_OPERATION_TIMEDOUT: return CCURL_TIMED_OUT;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR: return CCURL_TLS;
        case CURLE_FILESIZE_EXCEEDED: return CCURL_TOO_LARGE;
        case CURLE_WRITE_ERROR: return CCURL_STOPPED;
        default: return CCURL_BROKEN;
    }
}

void *ccurl_pool_next_ended(ccurl_pool *pool, ccurl_outcome *outcome) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(pool->multi, &left)) != NULL) {
        void *owner = NULL;
        if (message->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &owner);
        *outcome = outcome_of(message->data.result);
        return owner;
    }
    return NULL;
}

// MARK: Transfers

struct ccurl_transfer {
    CURL *easy;
    CURLM *multi;  // while it is under way
    struct curl_slist *headers;
    struct curl_slist *addresses;
    ccurl_transfer_callbacks callbacks;
    char explanation[CURL_ERROR_SIZE];
};

static curl_socket_t open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address) {
    ccurl_transfer *transfer = user;
    char text[INET6_ADDRSTRLEN];
    const void *bytes = address->family == AF_INET    ? (const void *)&((struct sockaddr_in *)&address->addr)->sin_addr
                        : address->family == AF_INET6 ? (const void *)&((struct sockaddr_in6 *)&address->addr)->sin6_addr
                                                      : NULL;
    if (purpose != CURLSOCKTYPE_IPCXN || bytes == NULL || inet_ntop(address->family, bytes, text, sizeof text) == NULL
        || !transfer->callbacks.permits(transfer->callbacks.owner, text)) {
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address->protocol);
}

static size_t head_arrived(char *bytes, size_t size, size_t count, void *user) {
    ccurl_transfer *transfer = user;
    return transfer->callbacks.received_head(transfer->callbacks.owner, bytes, size * count) ? size * count : 0;
}

static size_t body_arrived(char *bytes, size_t size, size_t count, void *user) {
    ccurl_transfer *transfer = user;
    if (size * count == 0) return 0;
    return transfer->callbacks.received_body(transfer->callbacks.owner, bytes, size * count) ? size * count : 0;
}

static bool set_number(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value) == CURLE_OK; }

static bool set_text(CURL *easy, CURLoption option, const char *value) { return curl_easy_setopt(easy, option, value) == CURLE_OK; }

// Where it may go, and by what.
static bool set_way(ccurl_transfer *transfer, const ccurl_url *url, const ccurl_transfer_settings *settings) {
    CURL *easy = transfer->easy;
    if (settings->addresses != NULL) {
        transfer->addresses = curl_slist_append(NULL, settings->addresses);
        if (transfer->addresses == NULL) return false;
        if (curl_easy_setopt(easy, CURLOPT_RESOLVE, transfer->addresses) != CURLE_OK) return false;
    }
    return curl_easy_setopt(easy, CURLOPT_CURLU, url->handle) == CURLE_OK
        && set_text(easy, CURLOPT_PROTOCOLS_STR, settings->schemes)
        && set_number(easy, CURLOPT_FOLLOWLOCATION, 0)
        && curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer) == CURLE_OK
        // The empty text keeps the proxy variables of the environment from being read.
        && set_text(easy, CURLOPT_PROXY, "")
        && set_number(easy, CURLOPT_NETRC, CURL_NETRC_IGNORED)
        && set_number(easy, CURLOPT_NOSIGNAL, 1)
        && set_number(easy, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_milliseconds)
        && set_number(easy, CURLOPT_MAXAGE_CONN, settings->idle_seconds)
        && set_number(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        && set_number(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        && set_number(easy, CURLOPT_SSL_VERIFYPEER, 1)
        && set_number(easy, CURLOPT_SSL_VERIFYHOST, 2)
        && (settings->authority == NULL
            || (set_text(easy, CURLOPT_CAINFO, settings->authority) && set_text(easy, CURLOPT_CAPATH, NULL)));
}

static bool set_request(ccurl_transfer *transfer, const ccurl_transfer_settings *settings) {
    CURL *easy = transfer->easy;
    if (settings->sends_body
        && (curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)settings->body_count) != CURLE_OK
            || curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, settings->body_count == 0 ? "" : settings->body) != CURLE_OK)) {
        return false;
    }
    if (strcmp(settings->method, "HEAD") == 0 && !set_number(easy, CURLOPT_NOBODY, 1)) return false;
    return set_text(easy, CURLOPT_CUSTOMREQUEST, settings->method)
        && set_text(easy, CURLOPT_USERAGENT, settings->user_agent)
        && curl_easy_setopt(easy, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)settings->body_limit) == CURLE_OK
        // Whoever asks for no compression gets what was sent, as it was sent.
        && set_number(easy, CURLOPT_HTTP_CONTENT_DECODING, 0)
        && curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, head_arrived) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_arrived) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->explanation) == CURLE_OK
        && curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer->callbacks.owner) == CURLE_OK;
}

ccurl_transfer *ccurl_transfer_new(
    const ccurl_url *url, const ccurl_transfer_callbacks *callbacks, const ccurl_transfer_settings *settings) {
    ccurl_transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL) return NULL;
    transfer->callbacks = *callbacks;
    transfer->easy = curl_easy_init();
    if (transfer->easy != NULL && set_way(transfer, url, settings) && set_request(transfer, settings)) return transfer;
    ccurl_transfer_free(transfer);
    return NULL;
}

bool ccurl_transfer_add_header(ccurl_transfer *transfer, const char *line) {
    struct curl_slist *longer = curl_slist_append(transfer->headers, line);
    if (longer != NULL) transfer->headers = longer;
    return longer != NULL;
}

bool ccurl_transfer_start(ccurl_transfer *transfer, ccurl_pool *pool) {
    if (curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers) != CURLE_OK) return false;
    bool is_started = curl_multi_add_handle(pool->multi, transfer->easy) == CURLM_OK;
    if (is_started) transfer->multi = pool->multi;
    return is_started;
}

void ccurl_transfer_free(ccurl_transfer *transfer) {
    if (transfer->multi != NULL) curl_multi_remove_handle(transfer->multi, transfer->easy);
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->headers);
    curl_slist_free_all(transfer->addresses);
    free(transfer);
    forget_tls_errors();
}

const char *ccurl_transfer_redirect(const ccurl_transfer *transfer) {
    char *url = NULL;
    return curl_easy_getinfo(transfer->easy, CURLINFO_REDIRECT_URL, &url) == CURLE_OK ? url : NULL;
}

const char *ccurl_transfer_explanation(const ccurl_transfer *transfer) { return transfer->explanation; }
