// The few functions of libcurl that Parley uses. Its variadic calls cannot be made from Swift; they, and its types, stay behind this header.
//
// Nothing here is locked: a pool, its transfers and their callbacks belong to one thread. No callback may call back into this library.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Must be called before anything else, once. False if the library cannot be used.
bool ccurl_start(void);

// MARK: URLs, as libcurl itself reads them

typedef struct ccurl_url ccurl_url;

/// NULL for what is no absolute http or https URL, or carries a user or password.
ccurl_url *ccurl_url_new(const char *text);
void ccurl_url_free(ccurl_url *url);
/// Copies of the URL's parts, to be freed by `ccurl_text_free`; NULL if memory ran out. An IPv6 host stands in brackets.
char *ccurl_url_scheme(const ccurl_url *url);
char *ccurl_url_host(const ccurl_url *url);
/// The port, also where it is the scheme's own; 0 if it cannot be said.
uint16_t ccurl_url_port(const ccurl_url *url);
void ccurl_text_free(char *text);

// MARK: Pools: the connections of one event loop

typedef struct ccurl_pool ccurl_pool;

typedef struct {
    void *owner;
    /// What to wait for on a socket: 1 to read, 2 to write, 3 for both; 0 ends the watch, before the socket is closed.
    void (*watch)(void *owner, int descriptor, int interest);
    /// After how many milliseconds to call `ccurl_pool_act` with descriptor -1; a negative number calls it off.
    void (*schedule)(void *owner, long milliseconds);
} ccurl_pool_callbacks;

typedef struct {
    long connections;           // open at a time
    long connections_per_host;  // the same, to one host and port
    long idle_connections;      // kept for later
} ccurl_pool_limits;

/// NULL if memory ran out.
ccurl_pool *ccurl_pool_new(const ccurl_pool_callbacks *callbacks, const ccurl_pool_limits *limits);
/// Closes the connections. All transfers have been freed before.
void ccurl_pool_free(ccurl_pool *pool);
/// A descriptor is ready (1 to read, 2 to write, 3 for both), or it is time (descriptor -1).
void ccurl_pool_act(ccurl_pool *pool, int descriptor, int readiness);

typedef enum {
    CCURL_COMPLETE,
    CCURL_UNRESOLVABLE,
    CCURL_UNREACHABLE,
    CCURL_TIMED_OUT,
    CCURL_TLS,
    CCURL_TOO_LARGE,
    CCURL_STOPPED,  // a callback refused what arrived
    CCURL_BROKEN,   // the connection ended early, or the answer is no HTTP
} ccurl_outcome;

/// The owner of a transfer that has ended, and how; NULL when there is none. To be asked after each `ccurl_pool_act`.
void *ccurl_pool_next_ended(ccurl_pool *pool, ccurl_outcome *outcome);

// MARK: Transfers: one request and its answer

typedef struct ccurl_transfer ccurl_transfer;

typedef struct {
    void *owner;
    /// Whether a socket may be opened to this address (in numbers, IPv6 without brackets), asked for each.
    bool (*permits)(void *owner, const char *address);
    /// A line of the head, line end included; false stops the transfer. Interim answers, the blank line and trailers come, too.
    bool (*received_head)(void *owner, const char *bytes, size_t count);
    bool (*received_body)(void *owner, const char *bytes, size_t count);
} ccurl_transfer_callbacks;

typedef struct {
    const char *method;
    const void *body;  // copied
    size_t body_count;
    bool sends_body;  // also if it is empty
    /// Where the host is: `+host:port:address,address…` (CURLOPT_RESOLVE(3)); NULL if the URL says it in numbers.
    const char *addresses;
    const char *schemes;  // `https` or `http,https`
    const char *user_agent;
    const char *authority;  // path of a PEM file to trust; the system's store if NULL
    long connect_milliseconds;
    long idle_seconds;  // how long a connection may have been idle to be used again
    int64_t body_limit;
} ccurl_transfer_settings;

/// NULL if memory ran out or libcurl does not know one of the settings. `url` must outlive the transfer.
ccurl_transfer *ccurl_transfer_new(
    const ccurl_url *url, const ccurl_transfer_callbacks *callbacks, const ccurl_transfer_settings *settings);
/// Adds a header line without its line end, before the start. `Name:` keeps libcurl from sending a field of its own.
bool ccurl_transfer_add_header(ccurl_transfer *transfer, const char *line);
bool ccurl_transfer_start(ccurl_transfer *transfer, ccurl_pool *pool);
/// Ends it, wherever it is.
void ccurl_transfer_free(ccurl_transfer *transfer);

/// Where a redirect leads, as an absolute URL; NULL for any other answer. Valid as long as the transfer.
const char *ccurl_transfer_redirect(const ccurl_transfer *transfer);
/// What went wrong, in libcurl's words. Valid as long as the transfer.
const char *ccurl_transfer_explanation(const ccurl_transfer *transfer);
