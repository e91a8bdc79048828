package headers

import (
	"testing"

	"hardcheck/checks/internal/realserver"
)

// TestExpressAgrees runs generated Express, Fastify and Koa applications.
func TestExpressAgrees(t *testing.T) {
	const begin = `const express = require('express'), helmet = require('helmet'), cors = require('cors'), session = require('express-session');
const app = express();
`
	const end = `
app.get('/', (req, res) => { req.session && (req.session.user = 'ada'); res.cookie('theme', 'dark', { httpOnly: true, sameSite: 'strict' }); res.send('<title>x</title>'); });
app.listen({port}, '127.0.0.1');
`
	const plain = "const express = require('express');\nconst app = express();\n"
	for name, code := range map[string]string{
		"nothing":         begin,
		"helmet":          begin + "app.use(helmet());\n",
		"policy off":      begin + "app.use(helmet({ contentSecurityPolicy: false, hsts: false, frameguard: { action: 'deny' } }));\n",
		"policy":          begin + "app.use(helmet({ contentSecurityPolicy: { directives: { scriptSrc: [\"'self'\", 'https://cdn.example'], styleSrc: null, upgradeInsecureRequests: [] } } }));\n",
		"no defaults":     begin + "app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: { 'default-src': [\"'none'\"], imgSrc: '*' }, reportOnly: true } }));\n",
		"nonce":           begin + "app.use((req, res, next) => { res.locals.nonce = Math.random().toString(36); next(); });\napp.use(helmet.contentSecurityPolicy({ directives: { scriptSrc: [(req, res) => `'nonce-${res.locals.nonce}'`] } }));\n",
		"parts":           begin + "app.use(helmet.hsts({ maxAge: 60 * 60, includeSubDomains: false, preload: true }));\napp.use(helmet.noSniff());\napp.use(helmet.hidePoweredBy());\napp.use(helmet.referrerPolicy({ policy: ['no-referrer', 'origin'] }));\n",
		"isolation":       begin + "const strict = { crossOriginEmbedderPolicy: true, crossOriginOpenerPolicy: { policy: 'same-origin-allow-popups' }, crossOriginResourcePolicy: { policy: 'cross-origin' }, xDnsPrefetchControl: { allow: true }, originAgentCluster: false };\napp.use(helmet({ ...strict, xPoweredBy: false }));\n",
		"by hand":         plain + "app.disable('x-powered-by');\napp.use((req, res, next) => { res.setHeader('X-Frame-Options', 'DENY'); res.set({ 'X-Custom': 'a' }); res.header('Referrer-Policy', 'origin'); res.append('X-Custom', 'b'); next(); });\n",
		"helmet, by hand": begin + "app.use(helmet());\napp.use(function (req, res, next) { res.removeHeader('X-Frame-Options'); res.set('Permissions-Policy', ['camera=()', 'usb=()'].join(', ')); next(); });\n",
		"in production":   begin + "if (process.env.NODE_ENV === 'development') { app.use(cors({ origin: true })); } else { app.use(helmet()); }\n",
		"cors":            begin + "app.use(cors());\n",
		"cors reflects":   begin + "const corsOptions = { origin: true, credentials: true };\napp.use(cors(corsOptions));\n",
		"cors callback":   begin + "app.use(cors({ origin: (origin, callback) => { callback(null, true) }, credentials: true }));\n",
		"cors list":       begin + "app.use(cors({ origin: ['https://a.example', /\\.b\\.example$/] }));\n",
		"cors star":       begin + "app.use(cors({ credentials: true }));\n",
		"session":         begin + "app.set('trust proxy', 1);\napp.use(session({ secret: 'x', resave: false, saveUninitialized: true, name: 'sid', cookie: { secure: true, sameSite: 'lax' } }));\n",
		"session, open":   begin + "app.use(session({ secret: 'x', resave: false, saveUninitialized: true, cookie: { httpOnly: false } }));\n",
		"in a function":   begin + "function harden(application) { application.use(helmet()); }\nharden(app);\nconst more = () => (req, res, next) => { res.set('X-Custom', 'x'); next(); };\napp.use(more());\n",
	} {
		t.Run(name, func(t *testing.T) {
			realserver.RequirePackages(t, "express", "helmet", "cors", "express-session")
			t.Parallel()
			compareApp(t, servedApp{"express", func(t *testing.T) *realserver.Server { return realserver.Node(code+end).Start(t, nil) }})
		})
	}
	for name, tt := range map[string]struct{ code, module string }{
		"fastify": {`const fastify = require('fastify')();
fastify.register(require('@fastify/helmet'), { contentSecurityPolicy: { directives: { 'script-src': ["'self'"] } } });
fastify.register(require('@fastify/cors'), { origin: true, credentials: true });
fastify.addHook('onSend', async (request, reply) => { reply.header('X-Custom', 'x'); });
fastify.get('/', async (request, reply) => reply.type('text/html').send('<title>x</title>'));
fastify.listen({ port: {port}, host: '127.0.0.1' });
`, "@fastify/helmet"},
		"koa": {`const Koa = require('koa'), helmet = require('koa-helmet'), cors = require('@koa/cors');
const app = new Koa();
app.use(helmet());
app.use(cors({ credentials: true }));
app.use(async (ctx, next) => { ctx.set('X-Custom', 'x'); await next(); });
app.use(ctx => { ctx.body = '<title>x</title>'; });
app.listen({port}, '127.0.0.1');
`, "koa-helmet"},
	} {
		t.Run(name, func(t *testing.T) {
			realserver.RequirePackages(t, tt.module)
			t.Parallel()
			compareApp(t, servedApp{"express", func(t *testing.T) *realserver.Server { return realserver.Node(tt.code).Start(t, nil) }})
		})
	}
}
