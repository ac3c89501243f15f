#include "ccrypto.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

// Looking an algorithm up by name costs more than hashing a token does, so each is looked up once (EVP_MD_fetch(3), "Performance").
static EVP_MD *sha256;
static EVP_KDF *hkdf;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fetch_algorithms(void) {
    sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
}

bool ccrypto_conceal_memory(void) {
    const struct rlimit none = {0, 0};
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

bool ccrypto_random(void *out, size_t count) {
    const size_t most = 256;  // bytes that getentropy(3) gives in one call
    for (uint8_t *next = out; count > 0;) {
        size_t part = count < most ? count : most;
        if (getentropy(next, part) != 0) return false;
        next += part;
        count -= part;
    }
    return true;
}

bool ccrypto_equal(const void *left, const void *right, size_t count) {
    return CRYPTO_memcmp(left, right, count) == 0;
}

bool ccrypto_sha1(const void *bytes, size_t count, uint8_t digest[20]) {
    return EVP_Digest(bytes, count, digest, NULL, EVP_sha1(), NULL) == 1;
}

bool ccrypto_sha256(const void *bytes, size_t count, uint8_t digest[32]) {
    pthread_once(&once, fetch_algorithms);
    return sha256 != NULL && EVP_Digest(bytes, count, digest, NULL, sha256, NULL) == 1;
}

bool ccrypto_hmac_sha256(const void *key, size_t key_count, const void *bytes, size_t count, uint8_t tag[32]) {
    return key_count <= INT32_MAX && HMAC(EVP_sha256(), key, (int)key_count, bytes, count, tag, NULL) != NULL;
}

bool ccrypto_hkdf_sha256(
    const void *secret, size_t secret_count, const void *salt, size_t salt_count, const void *info, size_t info_count,
    uint8_t *out, size_t out_count) {
    pthread_once(&once, fetch_algorithms);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(hkdf);
    if (context == NULL) return false;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, "SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, secret_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, salt_count),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info, info_count),
        OSSL_PARAM_construct_end(),
    };
    bool derived = EVP_KDF_derive(context, out, out_count, parameters) == 1;
    EVP_KDF_CTX_free(context);
    return derived;
}

// The header's name for OpenSSL's EVP_PKEY.
static EVP_PKEY *pkey(const ccrypto_ed25519 *key) { return (EVP_PKEY *)key; }

ccrypto_ed25519 *ccrypto_ed25519_private(const uint8_t seed[32]) {
    return (ccrypto_ed25519 *)EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
}

ccrypto_ed25519 *ccrypto_ed25519_public(const uint8_t bytes[32]) {
    return (ccrypto_ed25519 *)EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, 32);
}

void ccrypto_ed25519_free(ccrypto_ed25519 *key) { EVP_PKEY_free(pkey(key)); }

bool ccrypto_ed25519_public_bytes(const ccrypto_ed25519 *key, uint8_t bytes[32]) {
    size_t count = 32;
    return EVP_PKEY_get_raw_public_key(pkey(key), bytes, &count) == 1 && count == 32;
}

bool ccrypto_ed25519_sign(const ccrypto_ed25519 *key, const void *bytes, size_t count, uint8_t signature[64]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t length = 64;
    bool isSigned = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, pkey(key)) == 1
        && EVP_DigestSign(context, signature, &length, bytes, count) == 1 && length == 64;
    EVP_MD_CTX_free(context);
    return isSigned;
}

bool ccrypto_ed25519_verify(const ccrypto_ed25519 *key, const void *bytes, size_t count, const uint8_t signature[64]) {
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool isValid = context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, pkey(key)) == 1
        && EVP_DigestVerify(context, signature, 64, bytes, count) == 1;
    EVP_MD_CTX_free(context);
    // A refused signature leaves an entry in the thread's error queue, where the next TLS call would mistake it for its own.
    if (!isValid) ERR_clear_error();
    return isValid;
}
