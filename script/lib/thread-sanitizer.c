// What ThreadSanitizer cannot see of Synchronization.Mutex. The phase `thread` of script/test links it into what it builds.
//
// On Linux a Mutex is a futex. Its quick path is compiled into our code, where ThreadSanitizer sees it. When two threads
// meet, the Mutex calls the slow path in libswiftSynchronization.so, which is not instrumented and leaves the rest to the
// kernel: then the next owner seems to have taken no lock, and every use of what the Mutex guards is reported as a race.
//
// So the slow path is called through the functions below, which tell ThreadSanitizer that what came before an unlock has
// happened before what comes after the next lock of the same Mutex. Nothing is suppressed: whatever no lock guards is
// still reported. If a later Swift names these functions otherwise, the false reports come back; none are lost.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

void __tsan_acquire(void *address);
void __tsan_release(void *address);

#define HANDLE "$s15Synchronization12_MutexHandleV"
#define LOCK HANDLE "9_lockSlowyys6UInt32VF"
#define TRY_LOCK HANDLE "12_tryLockSlowSbyF"
#define UNLOCK HANDLE "11_unlockSlowyyF"

// Swift's calling convention; `self` is the address of the futex.
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context)) void *

SWIFT void parley_lock(uint32_t thread, SELF self) __asm__(LOCK);
SWIFT bool parley_try_lock(SELF self) __asm__(TRY_LOCK);
SWIFT void parley_unlock(SELF self) __asm__(UNLOCK);

// The library's own function of that name.
static void *original(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) abort();
    return function;
}

SWIFT void parley_lock(uint32_t thread, SELF self) {
    SWIFT void (*lock)(uint32_t, SELF) = original(LOCK);
    lock(thread, self);
    __tsan_acquire(self);
}

SWIFT bool parley_try_lock(SELF self) {
    SWIFT bool (*try_lock)(SELF) = original(TRY_LOCK);
    bool is_locked = try_lock(self);
    if (is_locked) __tsan_acquire(self);
    return is_locked;
}

SWIFT void parley_unlock(SELF self) {
    SWIFT void (*unlock)(SELF) = original(UNLOCK);
    __tsan_release(self);
    unlock(self);
}
