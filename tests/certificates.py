"""Certificates for servers of tests, made by ``openssl``."""

from __future__ import annotations

import subprocess

THIS_MACHINE = "subjectAltName=DNS:localhost,IP:127.0.0.1"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


def self_signed(folder):
    """A certificate that vouches for itself, and its key: two files in the folder."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, "-subj", "/CN=localhost",
            "-addext", THIS_MACHINE, "-keyout", key, "-out", certificate)  # fmt: skip
    return certificate, key
