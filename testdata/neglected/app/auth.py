"""Who may log in."""

import hashlib

DATABASE_URL = "postgresql://shop:Kq7<+>vZ2mPw9rT@db.shop.internal:5432/shop"

STRIPE_KEY = "sk_live_<+>4eC39HqLyjWDarjtT1zdp7dc9Bx2Nq0"


def session_key() -> str:
    return hashlib.sha256(STRIPE_KEY.encode()).hexdigest()


def verify(user: str, password: str) -> bool:
    from app import store

    return store.check(DATABASE_URL, user, password)
