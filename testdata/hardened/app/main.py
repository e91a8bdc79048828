"""The shop's public service."""

import logging
import os

from fastapi import FastAPI, Request, UploadFile
from fastapi.responses import JSONResponse
from starlette.middleware.sessions import SessionMiddleware

from app import store

logger = logging.getLogger("shop")

app = FastAPI(title="Shop", docs_url=None, redoc_url=None, openapi_url=None)
app.add_middleware(
    SessionMiddleware,
    secret_key=os.environ["SHOP_SESSION_KEY"],
    session_cookie="__Host-session",
    same_site="lax",
    https_only=True,
)


@app.post("/login")
async def login(request: Request):
    form = await request.form()
    if not store.check(form["user"], form["password"]):
        logger.warning("login refused for user %r", form["user"])
        return JSONResponse({"ok": False}, status_code=401)
    request.session["user"] = form["user"]
    logger.info("login of user %r", form["user"])
    return {"ok": True}


@app.post("/upload")
async def upload(request: Request, file: UploadFile):
    if not request.session.get("user"):
        return JSONResponse({"ok": False}, status_code=401)
    data = await file.read()
    try:
        name = store.save(data)
    except OSError:
        logger.exception("the upload could not be stored")
        return JSONResponse({"ok": False}, status_code=500)
    return {"name": name, "size": len(data)}
