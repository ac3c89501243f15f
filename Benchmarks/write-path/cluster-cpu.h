// CPU time of a PostgreSQL cluster's processes, in seconds, from /proc.
#pragma once
#include <libpq-fe.h>

/// The process id of the cluster that `connection` reaches, or 0.
int postmasterOf(PGconn *connection);

/// Of these processes.
double processesCPU(const int *pids, int count);

/// Of the postmaster and all its children: backends, WAL writer, checkpointer, and children that have ended.
double familyCPU(int postmaster);
