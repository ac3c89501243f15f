// TLS 1.3 by OpenSSL, without sockets: ciphertext comes in and goes out through memory.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Certificates and settings that many sessions share (an SSL_CTX).
typedef struct ctls_context ctls_context;
/// One connection.
typedef struct ctls_session ctls_session;

/// A server's context from PEM files, or NULL with the library's words in `error`.
ctls_context *ctls_server_context(const char *chain_file, const char *key_file, char *error, size_t error_size);
/// A client's context. It verifies the server by `ca_file`, by the system's store if that is NULL, or not at all.
ctls_context *ctls_client_context(int verifies, const char *ca_file, char *error, size_t error_size);
void ctls_context_free(ctls_context *context);

/// `host` is the name to ask for and to verify; NULL for a server.
ctls_session *ctls_session_new(ctls_context *context, const char *host);
void ctls_session_free(ctls_session *session);

enum {
    CTLS_WAITS = -1,   // nothing more until the peer sends
    CTLS_ENDED = -2,   // the peer said goodbye (close_notify)
    CTLS_FAILED = -3,  // alert, bad record, refused handshake
};

/// Lends ciphertext that arrived. It must stay in place until `ctls_read` has answered something negative.
void ctls_lend(ctls_session *session, const void *bytes, size_t count);
/// Plaintext into `buffer`: how many bytes, or one of the codes above. Carries the handshake on, too.
long ctls_read(ctls_session *session, void *buffer, size_t capacity);
/// Encrypts all of `bytes` into the output: 0, or CTLS_WAITS while the handshake is under way, or CTLS_FAILED.
long ctls_write(ctls_session *session, const void *bytes, size_t count);
/// Starts a client's handshake.
void ctls_start(ctls_session *session);
int ctls_is_established(const ctls_session *session);
/// Puts close_notify into the output.
void ctls_say_goodbye(ctls_session *session);

/// Ciphertext that waits to be sent, valid until the next call with this session.
const void *ctls_output(const ctls_session *session, size_t *count);
/// The output was taken: frees its memory, so that an idle session owns none.
void ctls_output_taken(ctls_session *session);
