"""Users and uploads."""

import hashlib
import os
from pathlib import Path

UPLOADS = Path("/srv/shop/uploads")


def check(user: str, password: str) -> bool:
    stored = os.environ.get("SHOP_USER_" + user.upper())
    return stored is not None and stored == hashlib.sha256(password.encode()).hexdigest()


def save(data: bytes) -> str:
    name = hashlib.sha256(data).hexdigest()
    path = UPLOADS / name
    path.write_bytes(data)
    path.chmod(0o640)
    return name
