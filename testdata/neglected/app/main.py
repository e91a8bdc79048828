"""The shop's public service."""

import logging

from fastapi import FastAPI, Request, UploadFile
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware.sessions import SessionMiddleware

from app.auth import session_key, verify

logger = logging.getLogger("shop")

app = FastAPI(title="Shop", debug=True, max_upload_size=10 * 1024 * 1024)
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
app.add_middleware(SessionMiddleware, secret_key=session_key(), https_only=False)


@app.post("/login")
async def login(request: Request):
    form = await request.form()
    password = form["password"]
    logger.info("login of %s with %s", form["user"], password)
    if not verify(form["user"], password):
        logger.warning("refused, headers were %s", request.headers)
        return {"ok": False}
    request.session["user"] = form["user"]
    return {"ok": True}


@app.post("/upload")
async def upload(file: UploadFile):
    data = await file.read()
    try:
        with open(f"/srv/shop/uploads/{file.filename}", "wb") as out:
            out.write(data)
    except Exception:
        pass
    return {"size": len(data)}


@app.get("/stock")
async def stock():
    try:
        return load_stock()
    except Exception as failure:
        return {"error": str(failure)}
