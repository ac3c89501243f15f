#include "czlib.h"
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

// windowBits of deflateInit2 and inflateInit2: 15 is the largest window; 16 more ask for gzip, a negative value for no format (zlib.h).
enum { gzip_format = 15 + 16, raw_format = -15, memory_level = 8 };

struct czlib_stream {
    z_stream zlib;
};

size_t czlib_gzip_bound(size_t length) { return compressBound(length) + 32; }

size_t czlib_deflate_bound(size_t length) { return compressBound(length) + 32; }

size_t czlib_gzip(const void *input, size_t length, void *output, size_t capacity) {
    if (length > UINT_MAX || capacity > UINT_MAX) return 0;
    z_stream stream = {0};
    if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip_format, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) return 0;
    stream.next_in = (Bytef *)input;
    stream.avail_in = (uInt)length;
    stream.next_out = output;
    stream.avail_out = (uInt)capacity;
    int result = deflate(&stream, Z_FINISH);
    size_t written = result == Z_STREAM_END ? stream.total_out : 0;
    deflateEnd(&stream);
    return written;
}

czlib_stream *czlib_deflater_new(void) {
    czlib_stream *stream = calloc(1, sizeof *stream);
    if (stream && deflateInit2(&stream->zlib, Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw_format, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

czlib_stream *czlib_inflater_new(void) {
    czlib_stream *stream = calloc(1, sizeof *stream);
    if (stream && inflateInit2(&stream->zlib, raw_format) != Z_OK) {
        free(stream);
        return NULL;
    }
    return stream;
}

void czlib_deflater_free(czlib_stream *stream) {
    deflateEnd(&stream->zlib);
    free(stream);
}

void czlib_inflater_free(czlib_stream *stream) {
    inflateEnd(&stream->zlib);
    free(stream);
}

czlib_outcome czlib_deflate(czlib_stream *stream, const void *input, size_t length, void *output, size_t capacity, size_t *written) {
    z_stream *zlib = &stream->zlib;
    *written = 0;
    if (length > UINT_MAX || capacity > UINT_MAX) return CZLIB_FULL;
    zlib->next_in = (Bytef *)input;
    zlib->avail_in = (uInt)length;
    zlib->next_out = output;
    zlib->avail_out = (uInt)capacity;
    deflate(zlib, Z_SYNC_FLUSH);
    // With room left over, everything is out; without, there may be more (zlib.h, deflate).
    int is_done = zlib->avail_in == 0 && zlib->avail_out > 0;
    *written = capacity - zlib->avail_out;
    deflateReset(zlib);
    return is_done ? CZLIB_DONE : CZLIB_FULL;
}

// Inflates until the input is used up. A stream may end within a message, and another begin behind it (RFC 7692 §7.2.3.4).
static czlib_outcome inflate_all(z_stream *zlib, const Bytef *input, size_t length) {
    zlib->next_in = (Bytef *)input;
    zlib->avail_in = (uInt)length;
    while (zlib->avail_in > 0) {
        int result = inflate(zlib, Z_SYNC_FLUSH);
        if (zlib->avail_out == 0) return CZLIB_FULL;
        if (result == Z_STREAM_END) inflateReset(zlib);
        else if (result != Z_OK) return CZLIB_MALFORMED;
    }
    return CZLIB_DONE;
}

czlib_outcome czlib_inflate(czlib_stream *stream, const void *input, size_t length, void *output, size_t capacity, size_t *written) {
    static const Bytef tail[4] = {0x00, 0x00, 0xFF, 0xFF};
    enum { between_blocks = 128 };  // of data_type, zlib.h
    z_stream *zlib = &stream->zlib;
    *written = 0;
    if (length > UINT_MAX || capacity > UINT_MAX) return CZLIB_FULL;
    zlib->next_out = output;
    zlib->avail_out = (uInt)capacity;
    czlib_outcome outcome = inflate_all(zlib, input, length);
    if (outcome == CZLIB_DONE) outcome = inflate_all(zlib, tail, sizeof tail);
    if (outcome == CZLIB_DONE && !(zlib->data_type & between_blocks)) outcome = CZLIB_MALFORMED;
    *written = capacity - zlib->avail_out;
    inflateReset(zlib);
    return outcome;
}
