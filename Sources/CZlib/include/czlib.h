// zlib, as far as the server needs it: gzip for whole files, raw deflate for WebSocket messages (RFC 7692).
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Compresses `input` into `output` as one gzip member (RFC 1952), at the strongest level.
/// Returns the bytes written, or 0 when `capacity` does not suffice or memory is out.
size_t czlib_gzip(const void *input, size_t length, void *output, size_t capacity);

/// Most bytes that `czlib_gzip` can need for `length` bytes.
size_t czlib_gzip_bound(size_t length);

/// The state of a raw deflate stream, in one direction. NULL when memory is out.
typedef struct czlib_stream czlib_stream;
czlib_stream *czlib_deflater_new(void);
czlib_stream *czlib_inflater_new(void);
void czlib_deflater_free(czlib_stream *stream);
void czlib_inflater_free(czlib_stream *stream);

typedef enum {
    CZLIB_DONE,      // all input is taken and all output written
    CZLIB_FULL,      // `capacity` does not suffice
    CZLIB_MALFORMED, // the input is no deflate stream
} czlib_outcome;

/// Each of these takes one message from a fresh state and leaves a fresh state behind, and sets `*written`.
/// Deflating ends with a flush to a byte boundary (00 00 FF FF), which RFC 7692 §7.2.1 has the caller cut off.
czlib_outcome czlib_deflate(czlib_stream *stream, const void *input, size_t length, void *output, size_t capacity, size_t *written);
/// Inflating appends 00 00 FF FF by itself (RFC 7692 §7.2.2).
czlib_outcome czlib_inflate(czlib_stream *stream, const void *input, size_t length, void *output, size_t capacity, size_t *written);

/// Most bytes that `czlib_deflate` can need for `length` bytes.
size_t czlib_deflate_bound(size_t length);
