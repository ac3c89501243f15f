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

/// Somebody else's public key, of one algorithm. Any number of threads may use one at once.
typedef struct ccrypto_public_key ccrypto_public_key;

/// An RSA key for RS256, its numbers with the highest byte first. NULL unless it has `least_bits` to `most_bits` and is sound as far as its
/// public half shows.
ccrypto_public_key *ccrypto_rsa_public(
    const uint8_t *modulus, size_t modulus_count, const uint8_t *exponent, size_t exponent_count, int least_bits, int most_bits);
/// A P-256 key for ES256. NULL unless the coordinates are a point of the curve.
ccrypto_public_key *ccrypto_p256_public(const uint8_t x[32], const uint8_t y[32]);
void ccrypto_public_key_free(ccrypto_public_key *key);

/// Whether the signature is the key's for these bytes: RSASSA-PKCS1-v1_5 with SHA-256.
bool ccrypto_rs256_verify(
    const ccrypto_public_key *key, const void *bytes, size_t count, const uint8_t *signature, size_t signature_count);
/// The same: ECDSA with SHA-256, as the two numbers of the signature side by side.
bool ccrypto_es256_verify(const ccrypto_public_key *key, const void *bytes, size_t count, const uint8_t signature[64]);
