//go:build unix

package prober

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// Services that store what is uploaded to them.
const (
	fastAPIStore = `import pathlib
from fastapi import FastAPI, UploadFile
app = FastAPI()
store = pathlib.Path("{dir}/stored")
store.mkdir(exist_ok=True)

@app.post("/upload")
async def upload(file: UploadFile):
    (store / "received").write_bytes(await file.read())
    return {"stored": file.filename}
`
	flaskStore = `import pathlib
from flask import Flask, request
app = Flask(__name__)
store = pathlib.Path("{dir}/stored")
store.mkdir(exist_ok=True)

@app.post("/upload")
def upload():
    request.files["file"].save(store / "received")
    return "stored"
`
)

var everyLevel = []string{declare, drip, body, parts, headers, slow, gzipped}

// TestNothingIsLeftBehind runs every level on services that store uploads, and finds no stored file. An ordinary upload
// is stored: the services work.
func TestNothingIsLeftBehind(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]realserver.Product{"FastAPI": realserver.Uvicorn(fastAPIStore), "Flask": realserver.Gunicorn(flaskStore)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := p.Start(t, nil)
			site, err := target.OpenSite(srv.URL, target.SiteOptions{Active: everyLevel, Bounds: target.SiteBounds{Gap: time.Millisecond}})
			if err != nil {
				t.Fatal(err)
			}
			defer site.Close()
			prober := New(t.Context(), site, Options{Path: "/upload"})
			o := prober.Limits()[0]
			bounds, err := prober.Bounds(2 * time.Second)
			if err != nil {
				t.Fatal(err)
			}
			costs := prober.Costs()
			withinBudget(t, costs, 0)
			if len(costs) != len(everyLevel) {
				t.Errorf("levels that sent something: %+v, want %v", costs, everyLevel)
			}
			if left := stored(t, srv.Dir); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
			if o.Verdict != NoLimit {
				t.Errorf("%s, want %s", o.String(), NoLimit)
			}
			repeat(t, &o)
			t.Log(o.String(), spent(costs))
			for _, b := range bounds {
				t.Logf("%+v", b)
			}
			if left := stored(t, srv.Dir); len(left) > 0 {
				t.Errorf("left behind by the evidence: %v", left)
			}
			upload(t, srv.URL+"/upload")
			if left := stored(t, srv.Dir); len(left) != 1 {
				t.Errorf("an ordinary upload is not stored: %v", left)
			}
		})
	}
}

func stored(t *testing.T, dir string) []string {
	t.Helper()
	left, err := filepath.Glob(filepath.Join(dir, "stored", "*"))
	if _, missing := os.Stat(filepath.Join(dir, "stored")); err != nil || missing != nil {
		t.Fatal(err, missing)
	}
	return left
}

func upload(t *testing.T, url string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	part.Write([]byte("hello"))
	w.Close()
	resp, err := http.Post(url, w.FormDataContentType(), &b)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("an upload is answered %d", resp.StatusCode)
	}
}

// TestBoundsOfRealServers asks what is known of each server: which of the requests it takes.
func TestBoundsOfRealServers(t *testing.T) {
	t.Parallel()
	const formApp = "app.config['PROPAGATE_EXCEPTIONS'] = False\n"
	for name, tt := range map[string]struct {
		start start
		taken []string // rules
	}{
		"nginx":        {nginx("client_header_timeout 1s; client_body_timeout 1s; " + passAll), []string{}},
		"Go":           {onGo(http.HandlerFunc(reading)), []string{"long-header", "long-address", "many-headers", "slow-head", "slow-body"}},
		"Express":      {express("app.use(express.json());"), []string{"many-headers", "slow-head"}},
		"Express, 20m": {express("app.use(express.json({ limit: '20mb' }));"), []string{"many-headers", "slow-head", "unpacks-unbounded"}},
		"Flask, forms": {flask(formApp, "(len(request.form) if request.form else 1 // 0)"), []string{"slow-head"}},
		"aiohttp":      {aiohttp("app = web.Application()", "    n = len(await request.post())"), []string{"many-parts", "slow-head"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			site, err := target.OpenSite(tt.start(t), target.SiteOptions{Active: []string{parts, headers, slow, gzipped}, Bounds: target.SiteBounds{Gap: time.Millisecond}})
			if err != nil {
				t.Fatal(err)
			}
			defer site.Close()
			p := New(t.Context(), site, Options{Path: "/upload"})
			bounds, err := p.Bounds(3 * time.Second)
			if err != nil {
				t.Fatal(err)
			}
			taken := map[string]bool{}
			for _, b := range bounds {
				t.Logf("%+v", b)
				taken[b.Rule] = b.Told && b.Taken
				repeatBound(t, &b)
			}
			for _, rule := range tt.taken {
				if !taken[rule] {
					t.Errorf("%s is not taken", rule)
				}
				delete(taken, rule)
			}
			for rule, yes := range taken {
				if yes {
					t.Errorf("%s is taken", rule)
				}
			}
			withinBudget(t, p.Costs(), 0)
		})
	}
}

// repeatBound runs the evidence as a reviewer would: curl prints the status that was answered, 000 where none was.
func repeatBound(t *testing.T, b *Bound) {
	t.Helper()
	realserver.Require(t, "curl")
	if !b.Told {
		return
	}
	out, _ := exec.Command("sh", "-c", b.Evidence).Output() // curl ends with an error where the connection does
	got, want := strings.TrimSpace(string(out)), "000"
	if i := strings.LastIndex(b.Answer, "status "); i >= 0 {
		want = b.Answer[i+len("status "):]
	}
	if b.Rule != "slow-head" && got != want {
		t.Errorf("%s\nprints %q, want %s", b.Evidence, got, want)
	}
}
