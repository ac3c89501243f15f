#include "ccrypto.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <pthread.h>
#include <string.h>
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

// The header's name for OpenSSL's EVP_PKEY.
static EVP_PKEY *public_pkey(const ccrypto_public_key *key) { return (EVP_PKEY *)key; }

static ccrypto_public_key *make_public(const char *algorithm, OSSL_PARAM *parameters) {
    EVP_PKEY *key = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, algorithm, NULL);
    bool is_made = context != NULL && EVP_PKEY_fromdata_init(context) == 1
        && EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) == 1;
    EVP_PKEY_CTX_free(context);
    context = is_made ? EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL) : NULL;
    bool is_sound = context != NULL && EVP_PKEY_public_check(context) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    if (is_sound) return (ccrypto_public_key *)key;
    EVP_PKEY_free(key);
    return NULL;
}

ccrypto_public_key *ccrypto_rsa_public(
    const uint8_t *modulus, size_t modulus_count, const uint8_t *exponent, size_t exponent_count, int least_bits, int most_bits) {
    if (modulus_count > (size_t)most_bits / 8 + 1 || exponent_count > 8) return NULL;
    ccrypto_public_key *key = NULL;
    BIGNUM *n = BN_bin2bn(modulus, (int)modulus_count, NULL);
    BIGNUM *e = BN_bin2bn(exponent, (int)exponent_count, NULL);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    if (n != NULL && e != NULL && builder != NULL && BN_num_bits(n) >= least_bits && BN_num_bits(n) <= most_bits
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1
        && OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1) {
        OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
        if (parameters != NULL) key = make_public("RSA", parameters);
        OSSL_PARAM_free(parameters);
    }
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return key;
}

ccrypto_public_key *ccrypto_p256_public(const uint8_t x[32], const uint8_t y[32]) {
    uint8_t point[65] = {POINT_CONVERSION_UNCOMPRESSED};
    memcpy(point + 1, x, 32);
    memcpy(point + 33, y, 32);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point),
        OSSL_PARAM_construct_end(),
    };
    return make_public("EC", parameters);
}

void ccrypto_public_key_free(ccrypto_public_key *key) { EVP_PKEY_free(public_pkey(key)); }

// RSA's padding is PKCS #1 v1.5 unless another one is set (EVP_PKEY_CTX_set_rsa_padding(3)).
static bool verify_sha256(
    const ccrypto_public_key *key, const void *bytes, size_t count, const uint8_t *signature, size_t signature_count) {
    pthread_once(&once, fetch_algorithms);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool isValid = context != NULL && EVP_DigestVerifyInit(context, NULL, sha256, NULL, public_pkey(key)) == 1
        && EVP_DigestVerify(context, signature, signature_count, bytes, count) == 1;
    EVP_MD_CTX_free(context);
    if (!isValid) ERR_clear_error();
    return isValid;
}

bool ccrypto_rs256_verify(
    const ccrypto_public_key *key, const void *bytes, size_t count, const uint8_t *signature, size_t signature_count) {
    return verify_sha256(key, bytes, count, signature, signature_count);
}

bool ccrypto_es256_verify(const ccrypto_public_key *key, const void *bytes, size_t count, const uint8_t signature[64]) {
    ECDSA_SIG *numbers = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, 32, NULL);
    BIGNUM *s = BN_bin2bn(signature + 32, 32, NULL);
    if (numbers == NULL || r == NULL || s == NULL || ECDSA_SIG_set0(numbers, r, s) != 1) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(numbers);
        return false;
    }
    uint8_t *encoded = NULL;
    int length = i2d_ECDSA_SIG(numbers, &encoded);
    bool isValid = length > 0 && verify_sha256(key, bytes, count, encoded, (size_t)length);
    OPENSSL_free(encoded);
    ECDSA_SIG_free(numbers);
    return isValid;
}
