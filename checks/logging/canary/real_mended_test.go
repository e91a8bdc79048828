//go:build unix

package canary

// mended are set-ups with the directives that products name: they do what is promised of them.
var mended = map[string]setup{
	"nginx, mended": nginx(`log_format path '$remote_addr [$time_local] "$request_method $uri $server_protocol" $status';
access_log {dir}/access.log path;
log_not_found off;
`+nginxServer, "", "access.log", "error.log"),
	"apache, mended": apache(`CustomLog {dir}/access.log "%h %l %u %t \"%m %U %H\" %>s"`, "", nil, "access.log", "error.log"),
	"apache error log, mended": apache("LogLevel info\nErrorLogFormat \"[%{cuz}t] [%m:%l] [client %a] %M\"", `unlogged: malformed request
without: method, status`, nil, "error.log"),
	"haproxy, mended": haproxy(`  log-format "%ci:%cp [%T] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %HM %HP %HV"`+"\n", ""),
	"caddy, mended": caddy("\tlog {\n\t\tformat filter {\n\t\t\twrap json\n\t\t\tfields {\n\t\t\t\trequest>uri query {\n\t\t\t\t\treplace token REDACTED\n\t\t\t\t}\n"+
		"\t\t\t\trequest>headers>X-Api-Key delete\n\t\t\t\trequest>headers>Referer delete\n\t\t\t}\n\t\t}\n\t}", `unlogged: malformed request
raw in output: Unicode controls in User-Agent "\u0085\u2028\u202e"`),
	"gunicorn with %(U)s": python(flaskApp, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "--access-logfile", "-",
		"--access-logformat", `%(h)s %(l)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s`, "served:app"}, `unlogged: malformed request
forged in output: encoded line break in the path`),
	"gunicorn, mended": func() setup {
		s := python(flaskApp, []string{"gunicorn", "--chdir", "{dir}", "--bind", "127.0.0.1:{port}", "--config", "{dir}/conf.py", "served:app"}, "unlogged: malformed request")
		s.files["conf.py"] = `from gunicorn.glogging import Logger
class PathLogger(Logger):
    def atoms(self, resp, req, environ, request_time):
        atoms = super().atoms(resp, req, environ, request_time)
        atoms["r"] = atoms["r"].split("?")[0]
        return atoms
logger_class = PathLogger
accesslog = "-"
access_log_format = '%(h)s %(l)s %(t)s "%(r)s" %(s)s %(b)s'
`
		return s
	}(),
	"uvicorn, mended": python(fastapiApp, []string{"uvicorn", "--app-dir", "{dir}", "--port", "{port}", "--no-proxy-headers", "served:app"}, `without: time, time zone
leaks into output: query token`),
	"morgan, mended": express("const morgan = require('morgan');\nmorgan.token('url', (req) => req.path);\napp.use(morgan('common'));", "unlogged: malformed request", "morgan"),
	"pino-http, mended": express(`app.use(require('pino-http')({
  redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["x-api-key"]', 'req.headers.referer'],
  serializers: { req: (r) => ({ ...r, url: r.url.split('?')[0], query: undefined }) },
}));`, `unlogged: malformed request
raw in output: Unicode controls in User-Agent "\u0085"`, "pino-http"),
	"express-winston, mended": express(`const winston = require('winston');
app.use(require('express-winston').logger({ transports: [new winston.transports.Console()],
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  requestWhitelist: ['method', 'headers', 'path'], headerBlacklist: ['authorization', 'cookie', 'x-api-key', 'referer'], msg: 'HTTP {{req.method}} {{req.path}}',
  dynamicMeta: (req) => ({ ip: req.ip }) }));`, `unlogged: malformed request
raw in output: Unicode controls in User-Agent "\u0085"`, "express-winston", "winston"),
	"fastify, mended": node(`const app = require('fastify')({ logger: { serializers: {
  req: (r) => ({ method: r.method, url: r.url.split('?')[0], remoteAddress: r.ip }),
} } });
app.get('/', async () => 'shop');
app.post('/login', async (req, reply) => reply.code(401).send('no'));
app.get('/boom', async () => { throw new Error('boom'); });
app.listen({ port: {port}, host: '127.0.0.1' });
`, "unlogged: malformed request", "fastify"),
}
