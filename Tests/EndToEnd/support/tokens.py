"""Access tokens as an attacker would make them, and as only somebody who knows the service's secret could."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable

# Ed25519 (RFC 8032 §5.1), the plain way: slow, and for tests alone.
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P


def _add(a, b):
    (x1, y1, z1, t1), (x2, y2, z2, t2) = a, b
    e, f = (y1 - x1) * (y2 - x2) % _P, (y1 + x1) * (y2 + x2) % _P
    g, h = 2 * t1 * t2 * _D % _P, 2 * z1 * z2 % _P
    return (f - e) * (h - g) % _P, (h + g) * (f + e) % _P, (h - g) * (h + g) % _P, (f - e) * (f + e) % _P


def _times(scalar: int, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE_X = 15112221349535400772501151409588531511454012693041857206046113283949847762202
_BASE = (_BASE_X, _BASE_Y, 1, _BASE_X * _BASE_Y % _P)


def _packed(point) -> bytes:
    x, y, z, _ = point
    inverse = pow(z, -1, _P)
    return (y * inverse % _P | (x * inverse % _P & 1) << 255).to_bytes(32, "little")


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


class SigningKey:
    """The key that a service derives from its secret (HKDF, RFC 5869), and the name that it gives it."""

    def __init__(self, secret: str):
        extracted = hmac.digest(bytes(32), secret.encode(), "sha256")
        seed = hmac.digest(extracted, b"parley access token\x01", "sha256")
        halves = hashlib.sha512(seed).digest()
        self._scalar = int.from_bytes(halves[:32], "little") & (1 << 254) - 8 | 1 << 254
        self._prefix = halves[32:]
        self.public = _packed(_times(self._scalar, _BASE))
        self.id = encode(hashlib.sha256(self.public).digest()[:9])

    def sign(self, message: bytes) -> bytes:
        nonce = _number(self._prefix, message) % _ORDER
        commitment = _packed(_times(nonce, _BASE))
        challenge = _number(commitment, self.public, message) % _ORDER
        return commitment + ((nonce + challenge * self._scalar) % _ORDER).to_bytes(32, "little")


def encode(data: bytes | str | dict | list) -> str:
    """base64url without padding; of JSON, unless it is bytes or text already."""
    if not isinstance(data, bytes | str):
        data = json.dumps(data, separators=(",", ":"))
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).rstrip(b"=").decode()


def decode(part: str) -> dict:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


class Forge:
    """Makes tokens out of a good one. `key` is the service's own, which no attacker has."""

    def __init__(self, good: str, secret: str):
        self.good = good
        self.head, self.body, self.signature = good.split(".")
        self.header, self.claims = decode(self.head), decode(self.body)
        self.key = SigningKey(secret)
        self.strange_key = SigningKey(secret + " of somebody else")
        assert self.header["kid"] == self.key.id

    def signed(self, header=None, claims=None, key: SigningKey | None = None) -> str:
        """A token with a signature that is right, whatever it says."""
        message = encode(self.header if header is None else header) + "." + encode(self.claims if claims is None else claims)
        return message + "." + encode((key or self.key).sign(message.encode()))

    def unsigned(self, header: dict, signature: bytes = b"") -> str:
        return f"{encode(header)}.{self.body}.{encode(signature)}"

    def headed(self, **members) -> str:
        """Signed rightly, with other members in the header; `None` leaves one out."""
        return self.signed(header={name: value for name, value in {**self.header, **members}.items() if value is not None})

    def claiming(self, **members) -> str:
        """Signed rightly, with other claims; `None` leaves one out."""
        return self.signed(claims={name: value for name, value in {**self.claims, **members}.items() if value is not None})

    def hashed(self, key: bytes, **members) -> str:
        """Signed by HMAC with something that everybody may know, as if that were our key."""
        message = encode({**self.header, "alg": "HS256", **members}) + "." + self.body
        return message + "." + encode(hmac.digest(key, message.encode(), "sha256"))

    def lasting(self, seconds: float) -> str:
        """A good token that expires so many seconds from now, and not before the second is over."""
        return self.claiming(exp=int(time.time() + seconds) + 1)


_OTHER = "00000000-0000-7000-8000-000000000000"


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


# By name: each makes a token that must be refused. Sources: RELIABILITY §3.1, RFC 8725, the attacks of jwt_tool.
ATTACKS: dict[str, Callable[[Forge], str]] = {
    # No token at all
    "a word": lambda forge: "token",
    "dots": lambda forge: "..",
    "one part": lambda forge: forge.head,
    "two parts": lambda forge: f"{forge.head}.{forge.body}",
    "four parts": lambda forge: f"{forge.good}.{forge.signature}",
    "twice": lambda forge: f"{forge.good}.{forge.good}",
    "a dot at the end": lambda forge: forge.good + ".",
    "a dot in front": lambda forge: "." + forge.good,
    "another scheme inside": lambda forge: f"Bearer-{forge.good}",
    "too long": lambda forge: forge.claiming(x="x" * 4000),
    "10 kB": lambda forge: "a" * 10_000,
    # Not quite the encoding
    "padded": lambda forge: ".".join(map(_padded, forge.good.split("."))) + "=",
    "a signature's spare bits": lambda forge: forge.good[:-1] + chr(ord(forge.good[-1]) + 1),
    "plain base64": lambda forge: f"{forge.head}.{forge.body}.{encode(b'+/' * 32)}+/",
    "an escaped dot": lambda forge: forge.good.replace(".", "%2E"),
    "two tokens and a comma": lambda forge: f"{forge.good},{forge.good}",
    # Not the signature
    "no signature": lambda forge: f"{forge.head}.{forge.body}.",
    "a shortened signature": lambda forge: forge.good[:-4],
    "a signature of nothing but zeros": lambda forge: f"{forge.head}.{forge.body}.{encode(bytes(64))}",
    "the neutral element as a signature": lambda forge: f"{forge.head}.{forge.body}.{encode((1).to_bytes(64, 'little'))}",
    "a changed signature": lambda forge: f"{forge.head}.{forge.body}.{encode(b'x' * 64)}",
    "a signature of something else": lambda forge: f"{forge.head}.{encode({**forge.claims, 'sub': _OTHER})}.{forge.signature}",
    "a later expiry": lambda forge: f"{forge.head}.{encode({**forge.claims, 'exp': forge.claims['exp'] + 1})}.{forge.signature}",
    "the key of somebody else": lambda forge: forge.signed(key=forge.strange_key),
    "a strange key that names itself": lambda forge: forge.signed({**forge.header, "kid": forge.strange_key.id}, key=forge.strange_key),
    "a malleable signature": lambda forge: f"{forge.head}.{forge.body}.{encode(_malleable(forge.signature))}",
    # Not the algorithm
    **{
        f"algorithm {name!r}": lambda forge, name=name: forge.unsigned({**forge.header, "alg": name})
        for name in ("none", "None", "NONE", "nOnE", "", " ", None, 0, ["EdDSA"])
    },
    "HMAC with the public key": lambda forge: forge.hashed(forge.key.public),
    "HMAC with the public key's text": lambda forge: forge.hashed(encode(forge.key.public).encode()),
    "HMAC with the key's name": lambda forge: forge.hashed(forge.key.id.encode()),
    "HMAC with nothing": lambda forge: forge.hashed(b""),
    "HMAC with an empty file": lambda forge: forge.hashed(b"", kid="../../../../dev/null"),
    "HMAC with a usual secret": lambda forge: forge.hashed(b"secret"),
    "a psychic signature": lambda forge: forge.unsigned({**forge.header, "alg": "ES256"}, bytes(64)),
    "RS256 without a signature": lambda forge: forge.unsigned({**forge.header, "alg": "RS256"}),
    # Signed by our own key, and yet not as we do it
    **{f"signed as {name!r}": lambda forge, name=name: forge.headed(alg=name) for name in ("none", "HS256", "ES256", "eddsa", "Ed25519")},
    "no algorithm": lambda forge: forge.headed(alg=None),
    **{f"type {name!r}": lambda forge, name=name: forge.headed(typ=name) for name in ("JWT", "AT+JWT", "rt+jwt", "", 1)},
    "no type": lambda forge: forge.headed(typ=None),
    **{
        f"key name {name!r}"[:40]: lambda forge, name=name: forge.headed(kid=name)
        for name in ("", "../../etc/passwd", "' OR '1'='1", "a" * 65, "\0", "key", 0, ["a"], {"a": 1}, "ключ")
    },
    "no key name": lambda forge: forge.headed(kid=None),
    "its own key": lambda forge: forge.headed(jwk={"kty": "OKP", "crv": "Ed25519", "x": encode(forge.key.public)}),
    "its own key's address": lambda forge: forge.headed(jku="http://127.0.0.1:1/keys"),
    "its own certificate's address": lambda forge: forge.headed(x5u="http://127.0.0.1:1/certificate"),
    "its own certificate": lambda forge: forge.headed(x5c=["MIIB"]),
    "a critical member": lambda forge: forge.headed(crit=["exp"]),
    "a payload that is not encoded": lambda forge: forge.headed(b64=False),
    "compressed": lambda forge: forge.headed(zip="DEF"),
    "a header that is a list": lambda forge: forge.signed(header=[forge.header]),
    "a header that is no JSON": lambda forge: forge.signed(header="{alg:EdDSA}"),
    "an algorithm twice": lambda forge: forge.signed(header=json.dumps(forge.header)[:-1] + ', "alg": "EdDSA"}'),
    # Claims
    **{
        f"{claim} {value!r}"[:40]: lambda forge, claim=claim, value=value: forge.claiming(**{claim: value})
        for claim, values in {
            "iss": ("", "Parley", "https://parley", 1, ["parley"]),
            "aud": ("", "PARLEY", "web", 1, ["parley"], ["web", "parley"]),
            "sub": ("", "x", 1, [_OTHER], _OTHER + " ", "' OR 1=1"),
            "sid": ("", "x", 1, [_OTHER]),
            "exp": (0, -1, "tomorrow", "9999999999", 9999999999.5, 10**18, 10**40, True, [9999999999]),
            "nbf": (9999999999, "0", -1, 0.5),
            "iat": ("0", -1, [0]),
        }.items()
        for value in values
    },
    **{f"no {claim}": lambda forge, claim=claim: forge.claiming(**{claim: None}) for claim in ("iss", "aud", "sub", "sid", "exp", "nbf", "iat")},
    "expired a minute and a second ago": lambda forge: forge.claiming(exp=int(time.time()) - 61),
    "valid in two minutes": lambda forge: forge.claiming(nbf=int(time.time()) + 120),
    "a claim twice": lambda forge: forge.signed(claims=json.dumps(forge.claims)[:-1] + f', "sub": "{_OTHER}"}}'),
    "claims that are a list": lambda forge: forge.signed(claims=[forge.claims]),
    "claims that are no JSON": lambda forge: forge.signed(claims="hello"),
    "claims behind a byte order mark": lambda forge: forge.signed(claims="\ufeff" + json.dumps(forge.claims)),
    "claims that are not UTF-8": lambda forge: forge.signed(claims=json.dumps(forge.claims).encode()[:-1] + b',"x":"\xff"}'),
    "claims 40 levels deep": lambda forge: forge.signed(claims=json.dumps(forge.claims)[:-1] + ',"x":' + "[" * 40 + "]" * 40 + "}"),
}


def _malleable(signature: str) -> bytes:
    """The same signature with the order of the group added to its number (RFC 8032 §5.1.7 has verifiers refuse it)."""
    raw = base64.urlsafe_b64decode(signature + "==")
    return raw[:32] + (int.from_bytes(raw[32:], "little") + _ORDER).to_bytes(32, "little")
