// Runs one form of a statement against a prepared database and prints what it cost PostgreSQL.
//
//     write-path CONNINFO FORM.sql ENTRIES CONNECTIONS SECONDS SETTINGS
//
// A form is a file of statements, each ended by a line ";;" (or ";;each": once for every entry of the batch); ":name" is a parameter of
// `parameterTable`. All statements of a batch go out in one pipeline with one Sync, which makes them one transaction. Output, tab-separated: µs of
// CPU of all processes of the cluster a message, of the backends alone, p50 and p99 of a batch in ms, messages a second, WAL bytes a message.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "cluster-cpu.h"

enum { maximumBatch = 1024, maximumStatements = 16, maximumParameters = 24, maximumConnections = 64, maximumSamples = 1 << 20 };
enum { boolOID = 16, int8OID = 20, int2OID = 21, int4OID = 23, textOID = 25, uuidOID = 2950 };

static _Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

// MARK: A batch of messages

typedef struct { uint8_t bytes[16]; } UUID;
typedef struct { UUID id, members[2]; } Pair;

typedef struct {
    const Pair *pair;
    UUID senderID;
    int slot, place;  // which conversation of the batch and which entry of it, from 1
    UUID key;
    int64_t hash;
    char clientID[37], body[96];
    int bodyLength;
} Entry;

typedef struct { const Pair *pair; int count; } Group;
typedef struct { Entry entries[maximumBatch]; Group groups[maximumBatch]; int count, groupCount; } Batch;

static Pair *pairs;  // ascending by id
static int pairCount;
static int timeOrderedKeys;
static uint32_t replays, strangers;  // of a hundred entries

// xorshift64*
static uint32_t draw(uint64_t *state) {
    *state ^= *state >> 12, *state ^= *state << 25, *state ^= *state >> 27;
    return (uint32_t)(*state * 2685821657736338717ull >> 32);
}

static int ascending(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

/// Fills a batch with messages to random pairs among `count` from `first` on, grouped by conversation, conversations in the order of their ids.
///
/// `known` holds for each pair a message that an earlier batch stored, if there was one: replays are copies of these.
static void fill(Batch *batch, int size, int first, int count, uint64_t *random, Entry *known) {
    int chosen[maximumBatch];
    for (int i = 0; i < size; i++) chosen[i] = first + (int)(draw(random) % (uint32_t)count);
    qsort(chosen, (size_t)size, sizeof *chosen, ascending);
    batch->count = size, batch->groupCount = 0;
    for (int i = 0; i < size; i++) {
        Entry *e = &batch->entries[i];
        e->pair = &pairs[chosen[i]];
        if (!i || chosen[i] != chosen[i - 1]) batch->groups[batch->groupCount++] = (Group){e->pair, 0};
        e->slot = batch->groupCount, e->place = ++batch->groups[batch->groupCount - 1].count;
        e->senderID = e->pair->members[draw(random) & 1];
        for (int k = 0; k < 16; k++) e->key.bytes[k] = (uint8_t)draw(random);
        if (timeOrderedKeys) {  // as the service makes them of client ids that are UUIDs of version 7: milliseconds, then a hash
            struct timespec t;
            clock_gettime(CLOCK_REALTIME, &t);
            uint64_t milliseconds = htobe64((uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000);
            memcpy(e->key.bytes, (char *)&milliseconds + 2, 6);
        }
        e->hash = (int64_t)draw(random) << 32 | draw(random);
        snprintf(e->clientID, sizeof e->clientID, "%08x-%04x-7%03x-8%03x-%08x%04x", draw(random), draw(random) & 0xFFFF, draw(random) & 0xFFF,
                 draw(random) & 0xFFF, draw(random), draw(random) & 0xFFFF);
        e->bodyLength = 40 + (int)(draw(random) % 40);
        memset(e->body, 'a' + e->place % 26, (size_t)e->bodyLength);
        Entry *original = &known[chosen[i] - first];
        if (original->pair && draw(random) % 100 < replays) {
            int slot = e->slot, place = e->place;
            *e = *original, e->slot = slot, e->place = place;
        } else if (draw(random) % 100 < strangers) {
            e->senderID = pairs[first + (chosen[i] - first + 1) % count].members[0];
        } else {
            *original = *e;  // no batch names it before this one is stored, but for a double within it
        }
    }
}

// MARK: Binary parameters

typedef struct { char *bytes; size_t length, capacity; } Buffer;

static void append(Buffer *b, const void *bytes, size_t count) {
    if (b->length + count > b->capacity) {
        b->capacity = (b->length + count) * 2 + 256;
        b->bytes = realloc(b->bytes, b->capacity);
    }
    memcpy(b->bytes + b->length, bytes, count);
    b->length += count;
}
static void append16(Buffer *b, int v) { uint16_t n = htons((uint16_t)v); append(b, &n, 2); }
static void append32(Buffer *b, int v) { uint32_t n = htonl((uint32_t)v); append(b, &n, 4); }
static void append64(Buffer *b, int64_t v) { uint64_t n = htobe64((uint64_t)v); append(b, &n, 8); }

typedef enum { ofBatch, ofGroup, ofEntry } Scope;  // a scalar of a ";;each" statement, an array over the conversations, an array over the entries
typedef enum { conversation, membersRev, slot, count, place, sender, kind, key, hash, clientID, body } Field;

static const struct { const char *name; Scope scope; Field field; Oid element, type; } parameterTable[] = {
    {"one_conversation", ofBatch, conversation, 0, uuidOID}, {"one_members_rev", ofBatch, membersRev, 0, int8OID},
    {"one_sender", ofBatch, sender, 0, uuidOID}, {"one_kind", ofBatch, kind, 0, int2OID}, {"one_key", ofBatch, key, 0, uuidOID},
    {"one_hash", ofBatch, hash, 0, int8OID}, {"one_client_msg_id", ofBatch, clientID, 0, textOID}, {"one_body", ofBatch, body, 0, textOID},
    {"conversations", ofGroup, conversation, uuidOID, 2951}, {"counts", ofGroup, count, int4OID, 1007},
    {"members_revs", ofGroup, membersRev, int8OID, 1016}, {"conversation_slots", ofGroup, slot, int4OID, 1007},
    {"slots", ofEntry, slot, int4OID, 1007}, {"places", ofEntry, place, int4OID, 1007}, {"senders", ofEntry, sender, uuidOID, 2951},
    {"kinds", ofEntry, kind, int2OID, 1005}, {"keys", ofEntry, key, uuidOID, 2951}, {"hashes", ofEntry, hash, int8OID, 1016},
    {"client_msg_ids", ofEntry, clientID, textOID, 1009}, {"bodies", ofEntry, body, textOID, 1009},
};
enum { parameterKinds = sizeof parameterTable / sizeof *parameterTable };

static void appendValue(Buffer *b, Field field, const Entry *e) {
    switch (field) {
    case conversation: append(b, &e->pair->id, 16); break;
    case membersRev: append64(b, 1); break;
    case slot: append32(b, e->slot); break;
    case place: append32(b, e->place); break;
    case sender: append(b, &e->senderID, 16); break;
    case kind: append16(b, 1); break;
    case key: append(b, &e->key, 16); break;
    case hash: append64(b, e->hash); break;
    case clientID: append(b, e->clientID, 36); break;
    case body: append(b, e->body, (size_t)e->bodyLength); break;
    case count: break;
    }
}

static void appendElement(Buffer *b, Field field, const Entry *e, const Group *g) {
    size_t at = b->length;
    append32(b, 0);
    if (field == count) append32(b, g->count); else appendValue(b, field, e);
    uint32_t length = htonl((uint32_t)(b->length - at - 4));
    memcpy(b->bytes + at, &length, 4);
}

/// An array in binary: dimensions, has-null flag, element type, then length and lower bound, then each element after its own length.
static void encode(Buffer *b, int parameter, const Batch *batch, int entry) {
    Field field = parameterTable[parameter].field;
    Scope scope = parameterTable[parameter].scope;
    b->length = 0;
    if (scope == ofBatch) return appendValue(b, field, &batch->entries[entry]);
    int length = scope == ofGroup ? batch->groupCount : batch->count;
    append32(b, 1), append32(b, 0), append32(b, (int)parameterTable[parameter].element), append32(b, length), append32(b, 1);
    for (int i = 0; i < length; i++) {
        Entry group = {.pair = batch->groups[i].pair, .slot = i + 1};
        appendElement(b, field, scope == ofGroup ? &group : &batch->entries[i], &batch->groups[i]);
    }
}

// MARK: Forms

typedef struct { char *sql; int perEntry, parameterCount, parameters[maximumParameters]; Oid types[maximumParameters]; } Statement;
static Statement statements[maximumStatements];
static int statementCount;

static int parameterNamed(const char *name, size_t length) {
    for (int p = 0; p < parameterKinds; p++)
        if (strlen(parameterTable[p].name) == length && !strncmp(parameterTable[p].name, name, length)) return p;
    return -1;
}

static int numberOf(Statement *s, int parameter) {
    int number = 0;
    while (number < s->parameterCount && s->parameters[number] != parameter) number++;
    if (number == s->parameterCount) {
        s->parameters[number] = parameter, s->types[number] = parameterTable[parameter].type;
        s->parameterCount++;
    }
    return number + 1;
}

static void readForm(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) fail("no form %s", path);
    char line[4096];
    Buffer sql = {0};
    while (fgets(line, sizeof line, file)) {
        Statement *s = &statements[statementCount];
        if (!strncmp(line, ";;", 2)) {
            append(&sql, "", 1);
            s->sql = sql.bytes, s->perEntry = !strncmp(line, ";;each", 6);
            sql = (Buffer){0};
            statementCount++;
            continue;
        }
        for (const char *c = line; *c; c++) {
            size_t length = *c == ':' ? strspn(c + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
            int parameter = length && (c == line || c[-1] != ':') ? parameterNamed(c + 1, length) : -1;
            if (parameter < 0) { append(&sql, c, 1); continue; }
            char text[8];
            append(&sql, text, (size_t)snprintf(text, sizeof text, "$%d", numberOf(s, parameter)));
            c += length;
        }
    }
    fclose(file);
}

// MARK: Work

typedef struct {
    PGconn *connection;
    int batchSize, first, count;  // the pairs that this connection writes to
    uint64_t random;
    double until;
    long messages, batches;
    double *latencies;
    Batch batch;
    Entry *known;  // one for each of its pairs
    Buffer buffers[maximumParameters];
} Worker;

static void submit(Worker *w, int statement, int entry) {
    const Statement *s = &statements[statement];
    const char *values[maximumParameters];
    int lengths[maximumParameters], formats[maximumParameters];
    char name[8];
    snprintf(name, sizeof name, "s%d", statement);
    for (int p = 0; p < s->parameterCount; p++) {
        encode(&w->buffers[p], s->parameters[p], &w->batch, entry);
        values[p] = w->buffers[p].bytes, lengths[p] = (int)w->buffers[p].length, formats[p] = 1;
    }
    if (!PQsendQueryPrepared(w->connection, name, s->parameterCount, values, lengths, formats, 1)) fail("%s", PQerrorMessage(w->connection));
}

static void runBatch(Worker *w) {
    int expected = 0;
    for (int s = 0; s < statementCount; s++)
        for (int entry = 0; entry < (statements[s].perEntry ? w->batch.count : 1); entry++, expected++) submit(w, s, entry);
    if (!PQpipelineSync(w->connection)) fail("%s", PQerrorMessage(w->connection));
    for (int i = 0; i <= expected; i++) {
        PGresult *r = PQgetResult(w->connection);
        ExecStatusType status = PQresultStatus(r);
        if (i == expected ? status != PGRES_PIPELINE_SYNC : status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) fail("%s", PQresultErrorMessage(r));
        if (status == PGRES_TUPLES_OK && !PQntuples(r)) fail("no row");
        PQclear(r);
        if (i < expected && PQgetResult(w->connection)) fail("more than one result");
    }
}

static void *work(void *argument) {
    Worker *w = argument;
    for (;;) {
        fill(&w->batch, w->batchSize, w->first, w->count, &w->random, w->known);
        double start = seconds();
        if (start >= w->until) return NULL;
        runBatch(w);
        if (w->batches < maximumSamples) w->latencies[w->batches++] = seconds() - start;
        w->messages += w->batchSize;
    }
}

static void prepare(Worker *w, const char *conninfo, const char *settings) {
    w->connection = PQconnectdb(conninfo);
    if (PQstatus(w->connection) != CONNECTION_OK) fail("%s", PQerrorMessage(w->connection));
    PQclear(PQexec(w->connection, settings));
    for (int s = 0; s < statementCount; s++) {
        char name[8];
        snprintf(name, sizeof name, "s%d", s);
        PGresult *r = PQprepare(w->connection, name, statements[s].sql, statements[s].parameterCount, statements[s].types);
        if (PQresultStatus(r) != PGRES_COMMAND_OK) fail("%s%s", PQerrorMessage(w->connection), statements[s].sql);
        PQclear(r);
    }
    if (getentropy(&w->random, sizeof w->random)) fail("no entropy");
    w->latencies = malloc(maximumSamples * sizeof *w->latencies);
    w->known = calloc((size_t)w->count, sizeof *w->known);
    PQenterPipelineMode(w->connection);
    for (int i = 0; i < 50; i++) fill(&w->batch, w->batchSize, w->first, w->count, &w->random, w->known), runBatch(w);
}

static long long number(PGconn *c, const char *sql) {
    PGresult *r = PQexec(c, sql);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) fail("%s", PQerrorMessage(c));
    long long value = atoll(PQgetvalue(r, 0, 0));
    PQclear(r);
    return value;
}

static void readPairs(PGconn *c) {
    PGresult *r = PQexecParams(c, "SELECT id, pair_low, pair_high FROM bench_pairs ORDER BY id", 0, NULL, NULL, NULL, NULL, 1);
    pairCount = PQntuples(r);
    if (!pairCount) fail("no pairs: %s", PQerrorMessage(c));
    pairs = calloc((size_t)pairCount, sizeof *pairs);
    for (int i = 0; i < pairCount; i++) {
        memcpy(&pairs[i].id, PQgetvalue(r, i, 0), 16);
        for (int m = 0; m < 2; m++) memcpy(&pairs[i].members[m], PQgetvalue(r, i, m + 1), 16);
    }
    PQclear(r);
}

static int byValue(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static uint32_t percentage(const char *variable) {
    const char *text = getenv(variable);
    return text ? (uint32_t)atoi(text) : 0;
}

int main(int argc, char **argv) {
    if (argc != 7) fail("use: write-path CONNINFO FORM.sql ENTRIES CONNECTIONS SECONDS SETTINGS");
    int batchSize = atoi(argv[3]), connections = atoi(argv[4]);
    if (batchSize < 1 || batchSize > maximumBatch || connections < 1 || connections > maximumConnections) fail("out of range");
    timeOrderedKeys = getenv("TIME_ORDERED_KEYS") != NULL;
    replays = percentage("REPLAYS"), strangers = percentage("STRANGERS");
    readForm(argv[2]);
    PGconn *control = PQconnectdb(argv[1]);
    if (PQstatus(control) != CONNECTION_OK) fail("%s", PQerrorMessage(control));
    readPairs(control);
    int postmaster = postmasterOf(control);
    if (!postmaster) fail("the cluster must be on this machine, its data directory readable");

    Worker *workers = calloc((size_t)connections, sizeof *workers);
    int backends[maximumConnections];
    for (int i = 0; i < connections; i++) {
        Worker *w = &workers[i];
        w->batchSize = batchSize, w->first = pairCount * i / connections, w->count = pairCount * (i + 1) / connections - w->first;
        prepare(w, argv[1], argv[6]);
        backends[i] = PQbackendPID(w->connection);
    }

    const char *position = "SELECT pg_current_wal_lsn() - '0/0'::pg_lsn";
    long long wal = number(control, position);
    double backendCPU = -processesCPU(backends, connections), clusterCPU = -familyCPU(postmaster), start = seconds();
    pthread_t threads[maximumConnections];
    for (int i = 0; i < connections; i++) workers[i].until = start + atof(argv[5]), pthread_create(&threads[i], NULL, work, &workers[i]);
    for (int i = 0; i < connections; i++) pthread_join(threads[i], NULL);
    double elapsed = seconds() - start;
    clusterCPU += familyCPU(postmaster), backendCPU += processesCPU(backends, connections);
    wal = number(control, position) - wal;

    long messages = 0, batches = 0;
    double *latencies = malloc(sizeof(double) * maximumSamples * (size_t)connections);
    for (int i = 0; i < connections; i++) {
        memcpy(latencies + batches, workers[i].latencies, sizeof(double) * (size_t)workers[i].batches);
        batches += workers[i].batches, messages += workers[i].messages;
    }
    qsort(latencies, (size_t)batches, sizeof *latencies, byValue);
    printf("%.1f\t%.1f\t%.3f\t%.3f\t%.0f\t%.0f\n", clusterCPU * 1e6 / messages, backendCPU * 1e6 / messages, latencies[batches / 2] * 1e3,
           latencies[batches * 99 / 100] * 1e3, messages / elapsed, (double)wal / messages);
    return 0;
}
