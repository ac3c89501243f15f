#define _GNU_SOURCE
#include "cluster-cpu.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int postmasterOf(PGconn *connection) {
    PGresult *r = PQexec(connection, "SHOW data_directory");
    char path[1024];
    snprintf(path, sizeof path, "%s/postmaster.pid", PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    int pid = 0;
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    if (fscanf(file, "%d", &pid) != 1) pid = 0;
    fclose(file);
    return pid;
}

typedef struct { int parent; double own, reaped; } Usage;

/// User and system time as /proc/PID/stat counts it; the time on a CPU of /proc/PID/schedstat, which counts nanoseconds, where there is one.
static int readUsage(int pid, Usage *usage) {
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) return 0;
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    long user, system, reapedUser, reapedSystem;
    const char *rest = strrchr(text, ')');  // the name before it may contain anything
    if (!rest || sscanf(rest + 2, "%*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld %ld %ld", &usage->parent, &user, &system, &reapedUser, &reapedSystem) != 5)
        return 0;
    double ticks = sysconf(_SC_CLK_TCK);
    usage->own = (user + system) / ticks, usage->reaped = (reapedUser + reapedSystem) / ticks;
    snprintf(path, sizeof path, "/proc/%d/schedstat", pid);
    file = fopen(path, "r");
    if (!file) return 1;
    long long nanoseconds;
    if (fscanf(file, "%lld", &nanoseconds) == 1 && nanoseconds > 0) usage->own = nanoseconds * 1e-9;
    fclose(file);
    return 1;
}

double processesCPU(const int *pids, int count) {
    double total = 0;
    Usage usage;
    for (int i = 0; i < count; i++)
        if (readUsage(pids[i], &usage)) total += usage.own;
    return total;
}

double familyCPU(int postmaster) {
    Usage usage;
    if (!readUsage(postmaster, &usage)) return 0;
    double total = usage.own + usage.reaped;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        int pid = atoi(entry->d_name);
        if (pid && readUsage(pid, &usage) && usage.parent == postmaster) total += usage.own;
    }
    if (processes) closedir(processes);
    return total;
}
