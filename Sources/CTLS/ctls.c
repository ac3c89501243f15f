#include "ctls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ctls_context {
    SSL_CTX *ssl;
    int is_server;
};

struct ctls_session {
    SSL *ssl;
    const uint8_t *input;
    size_t input_count;
    uint8_t *output;
    size_t output_count, output_capacity;
};

// MARK: A BIO over lent input and a growing output. OpenSSL's own memory BIOs keep their buffers while idle.

static int bio_read(BIO *bio, char *buffer, int capacity) {
    ctls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (session->input_count == 0) {
        BIO_set_retry_read(bio);
        return -1;
    }
    size_t count = session->input_count < (size_t)capacity ? session->input_count : (size_t)capacity;
    memcpy(buffer, session->input, count);
    session->input += count;
    session->input_count -= count;
    return (int)count;
}

static int bio_write(BIO *bio, const char *bytes, int count) {
    ctls_session *session = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    size_t needed = session->output_count + (size_t)count;
    if (needed > session->output_capacity) {
        size_t capacity = needed < 4096 ? 4096 : needed * 2;
        uint8_t *grown = realloc(session->output, capacity);
        if (grown == NULL) return -1;
        session->output = grown;
        session->output_capacity = capacity;
    }
    memcpy(session->output + session->output_count, bytes, (size_t)count);
    session->output_count = needed;
    return count;
}

static long bio_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static int bio_create(BIO *bio) {
    BIO_set_init(bio, 1);
    return 1;
}

static BIO_METHOD *bio_method(void) {
    static BIO_METHOD *method;
    if (method == NULL) {  // first used while the first context is made, before there are threads to race
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "lent memory");
        BIO_meth_set_read(method, bio_read);
        BIO_meth_set_write(method, bio_write);
        BIO_meth_set_ctrl(method, bio_control);
        BIO_meth_set_create(method, bio_create);
    }
    return method;
}

// MARK: Contexts

static void say(char *error, size_t error_size) {
    ERR_error_string_n(ERR_get_error(), error, error_size);
    ERR_clear_error();
}

static ctls_context *make_context(const SSL_METHOD *method, int is_server) {
    SSL_CTX *ssl = SSL_CTX_new(method);
    if (ssl == NULL) return NULL;
    SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION);
    // An idle connection keeps no record buffers, no tickets and no cached session.
    SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ssl, 0);
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
    bio_method();
    ctls_context *context = malloc(sizeof *context);
    if (context == NULL) {
        SSL_CTX_free(ssl);
        return NULL;
    }
    *context = (ctls_context){ssl, is_server};
    return context;
}

static int select_http11(SSL *ssl, const unsigned char **chosen, unsigned char *length, const unsigned char *offered,
                         unsigned int offered_length, void *unused) {
    (void)ssl, (void)unused;
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *match;
    if (SSL_select_next_proto(&match, length, ours, sizeof ours - 1, offered, offered_length) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = match;
    return SSL_TLSEXT_ERR_OK;
}

ctls_context *ctls_server_context(const char *chain_file, const char *key_file, char *error, size_t error_size) {
    ctls_context *context = make_context(TLS_server_method(), 1);
    if (context != NULL && SSL_CTX_use_certificate_chain_file(context->ssl, chain_file) == 1 &&
        SSL_CTX_use_PrivateKey_file(context->ssl, key_file, SSL_FILETYPE_PEM) == 1 &&
        SSL_CTX_check_private_key(context->ssl) == 1) {
        SSL_CTX_set_alpn_select_cb(context->ssl, select_http11, NULL);
        return context;
    }
    say(error, error_size);
    ctls_context_free(context);
    return NULL;
}

ctls_context *ctls_client_context(int verifies, const char *ca_file, char *error, size_t error_size) {
    ctls_context *context = make_context(TLS_client_method(), 0);
    if (context != NULL) {
        if (!verifies) return context;
        SSL_CTX_set_verify(context->ssl, SSL_VERIFY_PEER, NULL);
        int loaded = ca_file == NULL ? SSL_CTX_set_default_verify_paths(context->ssl)
                                     : SSL_CTX_load_verify_locations(context->ssl, ca_file, NULL);
        if (loaded == 1) return context;
    }
    say(error, error_size);
    ctls_context_free(context);
    return NULL;
}

void ctls_context_free(ctls_context *context) {
    if (context == NULL) return;
    SSL_CTX_free(context->ssl);
    free(context);
}

// MARK: Sessions

ctls_session *ctls_session_new(ctls_context *context, const char *host) {
    ctls_session *session = calloc(1, sizeof *session);
    if (session == NULL) return NULL;
    session->ssl = SSL_new(context->ssl);
    BIO *bio = BIO_new(bio_method());
    if (session->ssl == NULL || bio == NULL) {
        BIO_free(bio);
        ctls_session_free(session);
        return NULL;
    }
    BIO_set_data(bio, session);
    SSL_set_bio(session->ssl, bio, bio);  // the session owns the BIO from here on
    if (context->is_server) {
        SSL_set_accept_state(session->ssl);
    } else {
        SSL_set_connect_state(session->ssl);
        if (host != NULL) {
            SSL_set_tlsext_host_name(session->ssl, host);
            SSL_set1_host(session->ssl, host);
        }
    }
    return session;
}

void ctls_session_free(ctls_session *session) {
    if (session == NULL) return;
    SSL_free(session->ssl);
    free(session->output);
    free(session);
}

static long code(ctls_session *session, int result) {
    int error = SSL_get_error(session->ssl, result);
    ERR_clear_error();
    switch (error) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE: return CTLS_WAITS;
        case SSL_ERROR_ZERO_RETURN: return CTLS_ENDED;
        default: return CTLS_FAILED;
    }
}

void ctls_lend(ctls_session *session, const void *bytes, size_t count) {
    session->input = bytes;
    session->input_count = count;
}

long ctls_read(ctls_session *session, void *buffer, size_t capacity) {
    size_t count = 0;
    int result = SSL_read_ex(session->ssl, buffer, capacity, &count);
    return result == 1 ? (long)count : code(session, result);
}

long ctls_write(ctls_session *session, const void *bytes, size_t count) {
    const uint8_t *rest = bytes;
    while (count > 0) {
        size_t written = 0;
        int result = SSL_write_ex(session->ssl, rest, count, &written);
        if (result != 1) return code(session, result);
        rest += written;
        count -= written;
    }
    return 0;
}

void ctls_start(ctls_session *session) {
    SSL_do_handshake(session->ssl);
    ERR_clear_error();
}

int ctls_is_established(const ctls_session *session) { return SSL_is_init_finished(session->ssl); }

void ctls_say_goodbye(ctls_session *session) {
    if (SSL_is_init_finished(session->ssl)) SSL_shutdown(session->ssl);
    ERR_clear_error();
}

const void *ctls_output(const ctls_session *session, size_t *count) {
    *count = session->output_count;
    return session->output;
}

void ctls_output_taken(ctls_session *session) {
    free(session->output);
    session->output = NULL;
    session->output_count = session->output_capacity = 0;
}
