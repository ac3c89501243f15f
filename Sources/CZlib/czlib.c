#include "czlib.h"
#include <limits.h>
#include <zlib.h>

// windowBits of deflateInit2 and inflateInit2: 15 is the largest window; +16 asks for the gzip format, a negative value for none (zlib.h).
enum { gzip_format = 15 + 16, raw_format = -15 };

size_t czlib_gzip_bound(size_t length) { return compressBound(length) + 32; }

size_t czlib_gzip(const void *input, size_t length, void *output, size_t capacity) {
    if (length > UINT_MAX || capacity > UINT_MAX) return 0;
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_format, 9, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)length;
    stream.next_out = output;
    stream.avail_out = (uInt)capacity;
    int result = deflate(&stream, Z_FINISH);
    size_t written = result == Z_STREAM_END ? stream.total_out : 0;
    deflateEnd(&stream);
    return written;
}
