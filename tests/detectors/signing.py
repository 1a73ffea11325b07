"""Content Credentials for tests: an authority and a signer made on the spot, and files signed with them."""

from __future__ import annotations

import datetime as dt
import io
import json
from dataclasses import dataclass
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"


@dataclass(frozen=True)
class Signing:
    """A signer's chain and key, and the authority whose certificate an operator would trust. All PEM."""

    chain: bytes
    key: bytes
    authority: bytes


@lru_cache(maxsize=2)
def signing(name: str = "Lumo Camera") -> Signing:
    """An authority of its own for each name."""
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"{name} CA"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )
    now = dt.datetime.now(dt.UTC)
    ca = _certificate(ca_name, ca_name, ca_key.public_key(), now)
    ca = ca.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    ca = ca.add_extension(_usage(sign=False, certify=True), critical=True)
    ca = ca.add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
    root = ca.sign(ca_key, hashes.SHA256())
    own = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)]
    )
    leaf = _certificate(own, ca_name, key.public_key(), now)
    leaf = leaf.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    leaf = leaf.add_extension(_usage(sign=True, certify=False), critical=True)
    leaf = leaf.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
    leaf = leaf.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
    leaf = leaf.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    signed = leaf.sign(ca_key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Signing(signed.public_bytes(pem) + root.public_bytes(pem), private, root.public_bytes(pem))


def _certificate(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=30))


def _usage(*, sign: bool, certify: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=sign, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=certify, crl_sign=certify, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def signed(
    data: bytes, source: str, media_type: str = "image/jpeg", who: Signing | None = None, remote: str = ""
) -> bytes:
    """The file with Content Credentials that say how it was made; with `remote` only the address of the credentials."""
    import c2pa

    who = who or signing()
    action = {"action": "c2pa.created", "digitalSourceType": SOURCES + source}
    manifest = {
        "claim_generator_info": [{"name": "Lumo Test Camera", "version": "1.0"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [action]}}],
    }
    info = c2pa.C2paSignerInfo(alg=b"es256", sign_cert=who.chain, private_key=who.key, ta_url=None)
    builder = c2pa.Builder.from_json(json.dumps(manifest))
    if remote:
        builder.set_remote_url(remote)
        builder.set_no_embed()
    out = io.BytesIO()
    builder.sign(c2pa.Signer.from_info(info), media_type, io.BytesIO(data), out)
    return out.getvalue()
