//go:build unix

package prober

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// TestMain lets more tests run at once than there are processors: they wait for servers most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "24")
	os.Exit(m.Run())
}

// setup is a real server and what has to be found of it. limit 0 is none. free marks a limit that is found without a
// byte of a body.
type setup struct {
	name    string
	start   start
	verdict Verdict
	limit   int64
	free    bool
	path    string // for uploads: "" is /upload
	who     string // is in Who, or ""
}

func setups() []setup {
	lengthOnly := func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > mib {
			http.Error(w, "too large", http.StatusRequestEntityTooLarge)
			return
		}
		reading(w, r)
	}
	maxBytes := func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, mib)
		reading(w, r)
	}
	return []setup{
		// Proxies and servers with a limit.
		{"nginx, default", nginx(passAll), Enforced, mib, true, "", "nginx"},
		{"nginx, unbuffered", nginx("proxy_request_buffering off; " + passAll), Enforced, mib, true, "", "nginx"},
		{"nginx, return in location", nginx("location /upload { client_max_body_size 1m; return 200; }"), Enforced, mib, true, "", "nginx"},
		{"nginx, static", nginx(""), Enforced, mib, true, "/index.html", "nginx"},
		{"nginx, inherited", nginx("client_max_body_size 100k; location /upload { proxy_pass http://BACKEND; }"), Enforced, 100 << 10, true, "", "nginx"},
		{"nginx, location", nginx("client_max_body_size 1k; location /upload { client_max_body_size 20m; proxy_pass http://BACKEND; }"), Enforced, 20 * mib, true, "", "nginx"},
		{"nginx, bytes", nginx("client_max_body_size 5000000; " + passAll), Enforced, 5_000_000, true, "", "nginx"},
		{"nginx, 3m", nginx("client_max_body_size 3m; " + passAll), Enforced, 3 * mib, true, "", "nginx"},
		{"nginx, 2g", nginx("client_max_body_size 2g; " + passAll), Enforced, 2 << 30, true, "", "nginx"},
		{"Apache, CGI", apacheCGI("LimitRequestBody 1048576"), Enforced, mib, true, "", "Apache"},
		{"Apache, static", apache("LimitRequestBody 1048576"), Enforced, mib, true, "/index.html", "Apache"},
		{"Apache, default", apacheCGI(""), Enforced, 1 << 30, true, "", "Apache"},
		{"Caddy, 1 MiB", caddy("request_body {\n max_size 1MiB\n}\nreverse_proxy BACKEND"), WrongStatus, mib, false, "", ""},
		{"HAProxy, Content-Length", haproxy("  http-request deny deny_status 413 if { req.hdr_val(content-length) gt 1048576 }"), NonMonotone, mib, true, "", "HAProxy"},
		{"HAProxy, body size", haproxy("  option http-buffer-request\n  http-request deny deny_status 413 if { req.body_size gt 1048576 }"), LengthOnly, mib, false, "", ""},
		{"lighttpd, 1 MiB", lighttpd("server.max-request-size = 1024"), Enforced, mib, true, "", "lighttpd"},
		// Applications with a limit.
		{"Go, MaxBytesReader", onGo(http.HandlerFunc(maxBytes)), EnforcedLate, mib, false, "", "Go"},
		{"Go, MaxBytesHandler", onGo(http.MaxBytesHandler(http.HandlerFunc(reading), 300_000)), EnforcedLate, 300_000, false, "", "Go"},
		{"Go, Content-Length", onGo(http.HandlerFunc(lengthOnly)), LengthOnly, mib, true, "", ""},
		{"FastAPI, Content-Length", product(realserver.Uvicorn(fastAPILengthOnly), nil), LengthOnly, mib, true, "", ""},
		{"FastAPI, counted", product(realserver.Uvicorn(fastAPICounts), nil), Enforced, mib, true, "", ""},
		{"Flask, form", flask("app.config['MAX_CONTENT_LENGTH'] = 1048576", "len(request.form)"), EnforcedLate, mib, false, "", "Werkzeug"},
		{"Django, WSGI", product(realserver.Gunicorn(djangoModule("", "body", "wsgi")), nil), WrongStatus, 2621440, true, "", ""},
		{"Django, WSGI, 1 MiB", product(realserver.Gunicorn(djangoModule("DATA_UPLOAD_MAX_MEMORY_SIZE=1048576", "body", "wsgi")), nil), FailOpen, mib, true, "", ""},
		{"Django, ASGI, 1 MiB", product(realserver.Uvicorn(djangoModule("DATA_UPLOAD_MAX_MEMORY_SIZE=1048576", "body", "asgi")), nil), WrongStatus, mib, false, "", ""},
		{"aiohttp, default", aiohttp("app = web.Application()", "    n = len(await request.read())"), EnforcedLate, mib - 1, false, "", "aiohttp"},
		{"Tornado, 1 MiB", tornado(", max_body_size=1048576"), WrongStatus, mib, true, "", ""},
		{"Tornado, default", tornado(""), WrongStatus, 100 * mib, true, "", ""},
		{"Express, default", express("app.use(express.raw({ type: '*/*' }));"), EnforcedLate, 100 << 10, false, "", "Express"},
		{"Express, 1mb", express("app.use(express.raw({ type: '*/*', limit: '1mb' }));"), EnforcedLate, mib, false, "", "Express"},
		{"Express, JSON", express("app.use(express.json({ limit: 777777 }));"), EnforcedLate, 777777, false, "", "Express"},
		{"Fastify, default", fastify(""), Enforced, mib, true, "", "Fastify"},
		{"Fastify, 50000", fastify("bodyLimit: 50000"), Enforced, 50000, true, "", "Fastify"},
		{"hapi, default", hapi(""), EnforcedLate, mib, false, "", "hapi"},
		// co-body cuts the declared size to 32 bits before it compares.
		{"koa, JSON", koa(""), NonMonotone, mib, true, "", ""},
		{"Puma, Content-Length", product(realserver.Puma(rackLimited), nil), EnforcedLate, mib, false, "", ""},
		{"PHP-FPM, nginx, default", phpNginx(phpReading, ""), Enforced, mib, true, "/upload.php", "nginx"},
		{"PHP-FPM, script behind nginx", phpNginx(phpLimited, "client_max_body_size 0;"), EnforcedLate, mib, false, "/upload.php", ""},
		{"PHP-FPM, script behind Apache", phpApache(phpLimited), EnforcedLate, mib, false, "/upload.php", ""},
		// Limits that nobody chooses.
		{"nginx, 7777777", nginx("client_max_body_size 7777777; " + passAll), Enforced, 7_777_777, true, "", "nginx"},
		{"Apache, CGI, 123456789", apacheCGI("LimitRequestBody 123456789"), Enforced, 123_456_789, true, "", "Apache"},
		{"Fastify, 54321", fastify("bodyLimit: 54321"), Enforced, 54_321, true, "", "Fastify"},
		// A lower limit behind a higher one.
		{"nginx, 10m, before Go", nginxBefore(onGo(http.HandlerFunc(maxBytes)), "client_max_body_size 10m; "+passAll), EnforcedLate, mib, false, "", "Go"},
		{"nginx, unbuffered, 10m, before Go", nginxBefore(onGo(http.MaxBytesHandler(http.HandlerFunc(reading), 300_000)), "client_max_body_size 10m; proxy_request_buffering off; proxy_http_version 1.1; "+passAll), EnforcedLate, 300_000, false, "", "Go"},
		{"nginx, 1m, before Go", nginxBefore(onGo(http.MaxBytesHandler(http.HandlerFunc(reading), 300_000)), "proxy_request_buffering off; proxy_http_version 1.1; "+passAll), EnforcedLate, 300_000, false, "", "Go"},
		{"nginx, 10m, before Express", nginxBefore(express("app.use(express.json());"), "client_max_body_size 10m; "+passAll), EnforcedLate, 100 << 10, false, "", "Express"},
		// Without a limit.
		{"nginx, 0", nginx("client_max_body_size 0; " + passAll), NoLimit, 0, false, "", ""},
		{"nginx, return in server", nginx("client_max_body_size 100k; return 200;"), NotReading, 0, false, "", ""},
		{"Apache, proxy", apache("ProxyPass / http://BACKEND/", "proxy", "proxy_http"), NoLimit, 0, false, "", ""},
		{"Apache, proxy, 1 MiB", apache("LimitRequestBody 1048576\nProxyPass / http://BACKEND/", "proxy", "proxy_http"), NoLimit, 0, false, "", ""},
		{"Caddy, proxy", caddy("reverse_proxy BACKEND"), NoLimit, 0, false, "", ""},
		{"Caddy, respond", caddy("request_body {\n max_size 1MiB\n}\nrespond ok"), NotReading, 0, false, "", ""},
		{"HAProxy, default", haproxy(""), NoLimit, 0, false, "", ""},
		{"lighttpd, default", lighttpd(""), NoLimit, 0, false, "", ""},
		{"Go", onGo(http.HandlerFunc(reading)), NoLimit, 0, false, "", ""},
		{"FastAPI, h11", product(realserver.Uvicorn(fastAPI), nil), NoLimit, 0, false, "", ""},
		{"FastAPI, Hypercorn", product(realserver.Hypercorn(fastAPI), nil), NoLimit, 0, false, "", ""},
		{"Flask", flask("", "len(request.get_data())"), NoLimit, 0, false, "", ""},
		{"Flask, MAX_CONTENT_LENGTH of forms only", flask("app.config['MAX_CONTENT_LENGTH'] = 1048576", "len(request.stream.read())"), NoLimit, 0, false, "", ""},
		{"Django, ASGI, no limit", product(realserver.Uvicorn(djangoModule("DATA_UPLOAD_MAX_MEMORY_SIZE=None", "body", "asgi")), nil), NoLimit, 0, false, "", ""},
		{"aiohttp, streamed", aiohttp("app = web.Application()", "    async for piece in request.content.iter_any():\n        n += len(piece)"), NoLimit, 0, false, "", ""},
		{"Express, streamed", express("app.post('/upload', " + streaming + ");"), NoLimit, 0, false, "", ""},
		{"Puma", product(realserver.Puma(rackApp), nil), NoLimit, 0, false, "", ""},
		{"Apache, CGI, 0", apacheCGI("LimitRequestBody 0"), NoLimit, 0, false, "", ""},
		{"Django, WSGI, no limit", product(realserver.Gunicorn(djangoModule("DATA_UPLOAD_MAX_MEMORY_SIZE=None", "body", "wsgi")), nil), NoLimit, 0, false, "", ""},
		{"Tornado, no limit", tornado(", max_body_size=1 << 60, max_buffer_size=1 << 60"), NoLimit, 0, false, "", ""},
		{"Fastify, no limit", fastify("bodyLimit: Number.MAX_SAFE_INTEGER"), NoLimit, 0, false, "", ""},
		{"hapi, no limit", hapi(", maxBytes: Number.MAX_SAFE_INTEGER"), NoLimit, 0, false, "", ""},
		{"koa, streamed", koaStreaming(), NoLimit, 0, false, "", ""},
		{"PHP-FPM, nginx", phpNginx(phpReading, "client_max_body_size 0;"), NoLimit, 0, false, "/upload.php", ""},
		{"PHP-FPM, Apache", phpApache(phpReading), NoLimit, 0, false, "/upload.php", ""},
		// Sites that are left alone.
		{"nginx, 401", nginx("location / { return 401; }"), AuthRequired, 0, false, "", ""},
		{"nginx, 503", nginx("location / { return 503; }"), RateLimited, 0, false, "", ""},
		{"nginx, no backend", nginx("location / { proxy_pass http://127.0.0.1:1; }"), Enforced, mib, true, "", "nginx"},
	}
}

// measureSetup asks a site as a user would who opts into everything that finds limits.
func measureSetup(t testing.TB, url string, o Options, levels ...string) (Outcome, []Cost) {
	t.Helper()
	site, err := target.OpenSite(url, target.SiteOptions{Active: levels, Bounds: target.SiteBounds{Gap: time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(site.Close)
	p := New(t.Context(), site, o)
	outcomes := p.Limits()
	return outcomes[len(outcomes)-1], p.Costs()
}

// TestLimitsOfRealServers finds what is configured: the limit to the byte, and how it is held.
func TestLimitsOfRealServers(t *testing.T) {
	t.Parallel()
	for _, s := range setups() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			url := s.start(t)
			path := s.path
			if path == "" {
				path = "/upload"
			}
			o, costs := measureSetup(t, url, Options{Path: path}, declare, body)
			n, exact := o.Limit().Limit()
			if o.Verdict != s.verdict || s.limit > 0 && (!exact || n != s.limit) || s.limit == 0 && o.Limit().Over != 0 {
				t.Errorf("%s; %+v\nwant %s, %d", o.String(), o.Limit(), s.verdict, s.limit)
			}
			if free := o.byDeclaration() && o.dripSize == 0; free != s.free {
				t.Errorf("found without a body: %t, want %t", free, s.free)
			}
			if !strings.Contains(o.Who, s.who) {
				t.Errorf("answered by %q, want %q", o.Who, s.who)
			}
			t.Log(o.String(), spent(costs), "\n", o.Evidence)
			withinBudget(t, costs, 0)
			repeat(t, &o)
		})
	}
}

// TestSetupsAreMany keeps the table as large as what the prober is measured by: each product with a limit and without.
func TestSetupsAreMany(t *testing.T) {
	limited, free := map[string]int{}, 0
	total, exact := 0, 0
	for _, s := range setups() {
		product, _, _ := strings.Cut(s.name, ",")
		total++
		if s.limit > 0 {
			limited[product] |= 1
			exact++
		} else {
			limited[product] |= 2
		}
		if s.free {
			free++
		}
	}
	for _, product := range []string{"nginx", "Apache", "PHP-FPM", "Caddy", "HAProxy", "lighttpd", "Flask", "Django", "FastAPI", "aiohttp", "Tornado",
		"Express", "Fastify", "koa", "hapi", "Puma", "Go"} {
		if limited[product] != 3 {
			t.Errorf("%s is not there with a limit and without", product)
		}
	}
	if total < 50 || exact < 28 || free < 18 {
		t.Errorf("%d set-ups, %d with a limit, %d of them found without a byte of a body", total, exact, free)
	}
	t.Logf("%d set-ups, %d with a limit, %d of them found without a byte of a body", total, exact, free)
}

// repeat runs the evidence as a reviewer would: curl prints the status that the verdict is based on.
func repeat(t *testing.T, o *Outcome) {
	t.Helper()
	realserver.Require(t, "curl")
	out, err := exec.Command("sh", "-c", o.Evidence).Output()
	got, want := strings.TrimSpace(string(out)), strconv.Itoa(o.Status())
	if o.Verdict == NonMonotone {
		if got == "413" {
			t.Errorf("%s\nprints %s: the size is refused", o.Evidence, got)
		}
		return
	}
	if got != want {
		t.Errorf("%s\nprints %q (%v), want %s", o.Evidence, got, err, want)
	}
}

func spent(costs []Cost) string {
	var out []string
	for _, c := range costs {
		out = append(out, fmt.Sprintf("%s: %d requests, %d B of heads, %d B of bodies, %.1f s", c.Level, c.Requests, c.Heads, c.Bodies, c.Took.Seconds()))
	}
	return strings.Join(out, "; ")
}

// withinBudget holds what was spent against the table of levels.
func withinBudget(t *testing.T, costs []Cost, maxBytes int64) {
	t.Helper()
	for _, l := range Levels(maxBytes) {
		for _, c := range costs {
			if c.Level == l.Name && (c.Requests > l.Requests || c.Heads > l.Heads || c.Bodies > l.Bodies) {
				t.Errorf("%+v is over %+v", c, l)
			}
		}
	}
}
