package settings

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExpress(t *testing.T) {
	archive := `
-- package.json --
{"scripts": {"start": "node server.js"}, "dependencies": {"helmet": "^8.0.0"}}
-- server.js --
const express = require('express');
const helmet = require("helmet");
const cors = require('cors'), session = require('express-session');
const { secureHeaders } = require('./middleware/headers');
const isProd = process.env.NODE_ENV === 'production';
const app = express();
app.use(helmet({
  contentSecurityPolicy: { directives: { scriptSrc: ["'self'", (req, res) => ` + "`'nonce-${res.locals.nonce}'`" + `], styleSrc: null, 'img-src': '*' } },
  frameguard: { action: 'deny' },
  hsts: isProd ? { maxAge: 63072000, preload: true } : false,
  crossOriginEmbedderPolicy: true,
  referrerPolicy: { policy: ['no-referrer', 'origin'] },
  xDnsPrefetchControl: process.env.PREFETCH,
  originAgentCluster: false,
}));
if (process.env.NODE_ENV !== 'production') app.use(cors());
const corsOptions = { origin: (origin, callback) => callback(null, true), credentials: true };
app.use(cors(corsOptions));
app.use(session({ secret: process.env.SECRET, name: 'sid', cookie: { secure: isProd, sameSite: 'lax' } }));
app.use(secureHeaders);
app.use('/admin', (req, res, next) => { res.set('X-Admin', '1'); next(); });
app.use((req, res, next) => {
  if (req.path === '/x') return next();
  res.set({ 'X-Late': 'a' });
  next();
});
app.use(require('some-package')());
app.get('/', (req, res) => res.status(200).cookie('theme', 'dark', { httpOnly: true, maxAge: 5 }).render('index'));
app.listen(3000);
-- middleware/headers.js --
exports.secureHeaders = function (req, res, next) {
  res.setHeader('Permissions-Policy', ['camera=()', 'microphone=()'].join(', '));
  res.removeHeader('X-Powered-By');
  setMore(res);
  next();
};
function setMore(res) { res.header('Cache-Control', 'no-store') }
`
	got := tell(scopesOf(t, expressReader(), archive), "helmet.contentSecurityPolicy", "helmet.crossOriginEmbedderPolicy", "helmet.crossOriginOpenerPolicy",
		"helmet.originAgentCluster", "helmet.referrerPolicy", "helmet.strictTransportSecurity", "helmet.xFrameOptions", "helmet.xDnsPrefetchControl", "helmet.xPoweredBy",
		"cors.origin", "cors.credentials", "express-session.cookie", "res.cookie", "header", "use", "pages", "scripts.start", "x-powered-by")
	want := map[string][]string{"app": {
		"x-powered-by=Express (default)",
		"helmet.contentSecurityPolicy=default-src 'self';base-uri 'self';font-src 'self' https: data:;form-action 'self';frame-ancestors 'self';img-src *;" +
			"object-src 'none';script-src 'self' 'nonce-differsInEveryAnswer';script-src-attr 'none';upgrade-insecure-requests",
		"helmet.crossOriginEmbedderPolicy=require-corp (default)",
		"helmet.crossOriginOpenerPolicy=same-origin (default)",
		"helmet.referrerPolicy=no-referrer,origin",
		"helmet.strictTransportSecurity=max-age=63072000; includeSubDomains; preload",
		"helmet.xDnsPrefetchControl~process.env.PREFETCH",
		"helmet.xFrameOptions=DENY",
		"helmet.xPoweredBy=<nil>[remove] (default)",
		"cors.origin=<nil>[reflect vary]",
		"cors.credentials=true",
		"express-session.cookie=sid=(value); Path=/; HttpOnly; Secure; SameSite=Lax[append]",
		"header Permissions-Policy=camera=(), microphone=()",
		"header X-Powered-By=<nil>[remove]",
		"header Cache-Control=no-store",
		"header X-Late=a[conditional]",
		"use require('some-package')~require('some-package')()[unknown]",
		"pages=true",
		"res.cookie=theme=(value); Path=/; HttpOnly[append]",
		"scripts.start=node server.js",
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOtherNodeServers(t *testing.T) {
	archive := `
-- fast/server.ts --
import Fastify, { FastifyInstance } from 'fastify';
import helmet from '@fastify/helmet';
import cors from '@fastify/cors';
const fastify: FastifyInstance = Fastify({ logger: true });
await fastify.register(helmet, { contentSecurityPolicy: false, global: true });
fastify.register(cors, { origin: [/shop\.example$/i, 'https://partner.example'], credentials: true });
fastify.addHook('onSend', async (request, reply, payload) => { reply.header('Cache-Control', 'no-store'); });
-- koa/server.js --
const Koa = require('koa');
const app = new Koa();
app.use(require('koa-helmet').hsts({ maxAge: 10, includeSubDomains: false })).use(require('@koa/cors')({ credentials: true }));
app.use(async (ctx, next) => { await next(); ctx.set('X-Content-Type-Options', 'nosniff'); });
-- nest/main.ts --
import { NestFactory } from '@nestjs/core';
import helmet from 'helmet';
async function bootstrap(): Promise<void> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule);
  app.use(helmet.frameguard({ action: 'deny' }));
  app.enableCors({ origin: true, credentials: true });
  app.disable('x-powered-by');
  await app.listen(3000);
}
bootstrap();
`
	got := tell(scopesOf(t, expressReader(), archive), "helmet.contentSecurityPolicy", "helmet.strictTransportSecurity", "helmet.xFrameOptions", "cors.origin", "cors.credentials", "header", "x-powered-by", "listen")
	want := map[string][]string{
		"fastify": {
			"helmet.strictTransportSecurity=max-age=31536000; includeSubDomains (default)",
			"helmet.xFrameOptions=SAMEORIGIN (default)",
			`cors.origin=[(?i).*(?:shop\.example$)][match vary]`,
			"cors.credentials=true",
			"header Cache-Control=no-store",
		},
		"app": {
			"helmet.strictTransportSecurity=max-age=10",
			"cors.origin=<nil>[reflect vary]",
			"cors.credentials=true",
			"header X-Content-Type-Options=nosniff",
		},
		"app @nest/main.ts:4": {
			"x-powered-by=Express (default)",
			"helmet.xFrameOptions=DENY",
			"cors.origin=<nil>[reflect vary]",
			"cors.credentials=true",
			"x-powered-by=false[remove]",
			"listen=true",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestExpressOrder: routes before the first middleware that sets headers do not get them.
func TestExpressOrder(t *testing.T) {
	archive := `
-- server.mjs --
import express from 'express';
import helmet from 'helmet';
const app = express();
app.get('/health', (req, res) => res.json({}));
app.use(express.static('public'));
app.use(helmet());
`
	got := tell(scopesOf(t, expressReader(), archive), "helmet.strictTransportSecurity", "pages")
	want := map[string][]string{
		"app":                            {"pages=true", "helmet.strictTransportSecurity=max-age=31536000; includeSubDomains (default)"},
		"app / express.static('public')": {"pages=true"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
