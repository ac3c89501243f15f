#define _GNU_SOURCE  // pthread_setname_np
#include "cuv.h"

#include <pthread.h>
#include <string.h>

static _Thread_local void *current_loop;

void *cuv_current_loop(void) { return current_loop; }

void cuv_set_current_loop(void *loop) { current_loop = loop; }

void cuv_name_thread(const char *name) {
    char cut[16];
    strncpy(cut, name, sizeof cut - 1);
    cut[sizeof cut - 1] = '\0';
    pthread_setname_np(pthread_self(), cut);
}
