// zlib, as far as the server needs it: whole buffers in and out, and the macros that Swift cannot call.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Compresses `input` into `output` as one gzip member (RFC 1952), at the strongest level.
/// Returns the bytes written, or 0 when `capacity` does not suffice or memory is out.
size_t czlib_gzip(const void *input, size_t length, void *output, size_t capacity);

/// Most bytes that `czlib_gzip` can need for `length` bytes.
size_t czlib_gzip_bound(size_t length);
