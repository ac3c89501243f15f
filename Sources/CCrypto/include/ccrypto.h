// The few functions of OpenSSL's libcrypto that Parley uses. Macros, parameter lists and OpenSSL's types stay behind this header.
//
// A function that returns bool returns false if memory ran out or libcrypto has no such algorithm, unless it says otherwise.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Fills `out` from the kernel's random generator. There is no state of our own that a fork could duplicate.
bool ccrypto_random(void *out, size_t count);

/// Keeps the memory of this process out of core dumps and from other processes of its user (prctl(2), PR_SET_DUMPABLE).
bool ccrypto_conceal_memory(void);

/// Compares `count` bytes in a time that does not depend on what they are.
bool ccrypto_equal(const void *left, const void *right, size_t count);

bool ccrypto_sha1(const void *bytes, size_t count, uint8_t digest[20]);
bool ccrypto_sha256(const void *bytes, size_t count, uint8_t digest[32]);
bool ccrypto_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t tag[32]);
bool ccrypto_hkdf_sha256(
    const void *secret, size_t secret_count, const void *salt, size_t salt_count, const void *info, size_t info_count,
    uint8_t *out, size_t out_count);

/// An Ed25519 key, private or public. Any number of threads may use one at once.
typedef struct ccrypto_ed25519 ccrypto_ed25519;

/// NULL if memory ran out.
ccrypto_ed25519 *ccrypto_ed25519_private(const uint8_t seed[32]);
ccrypto_ed25519 *ccrypto_ed25519_public(const uint8_t bytes[32]);
void ccrypto_ed25519_free(ccrypto_ed25519 *key);

bool ccrypto_ed25519_public_bytes(const ccrypto_ed25519 *key, uint8_t bytes[32]);
bool ccrypto_ed25519_sign(const ccrypto_ed25519 *key, const void *bytes, size_t count, uint8_t signature[64]);
/// False if the signature is not the key's for these bytes.
bool ccrypto_ed25519_verify(const ccrypto_ed25519 *key, const void *bytes, size_t count, const uint8_t signature[64]);
