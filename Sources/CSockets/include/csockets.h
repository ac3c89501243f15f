// Calls that Swift's Glibc module does not offer.
#pragma once
#include <sys/socket.h>

/// Accepts a connection as non-blocking and closed on exec; -1 and errno on failure.
int csockets_accept(int listener, struct sockaddr_storage *peer);

/// A TCP socket that is non-blocking and closed on exec; -1 and errno on failure.
int csockets_open(int family);
