// libuv, and the few things that Swift cannot reach from its headers.
#pragma once
#include <uv.h>

/// The event loop whose thread this is, or NULL. One word of thread-local storage: asked on every enqueue.
void *cuv_current_loop(void);
void cuv_set_current_loop(void *loop);

/// Names the calling thread for debuggers and `top -H` (15 bytes at most; longer names are cut).
void cuv_name_thread(const char *name);
