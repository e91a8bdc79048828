//go:build unix

package all

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// benchPage is a page of 64 KiB with the headers of a careful site.
func benchPage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	for name, value := range map[string]string{
		"Content-Type":              "text/html; charset=utf-8",
		"Content-Security-Policy":   "default-src 'none'; script-src 'nonce-cmFuZG9tIGVub3VnaCBmb3I' 'strict-dynamic' https: 'unsafe-inline'; style-src 'self'; img-src 'self' data:; connect-src 'self' https://api.shop.example; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
		"Strict-Transport-Security": "max-age=31536000; includeSubDomains", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff",
		"Referrer-Policy": "strict-origin-when-cross-origin", "Permissions-Policy": "camera=(), microphone=(), geolocation=()", "Cross-Origin-Opener-Policy": "same-origin",
		"Set-Cookie": "__Host-session=8f0c2ab94d17e6; Path=/; Secure; HttpOnly; SameSite=Lax", "Cache-Control": "no-store",
	} {
		h.Set(name, value)
	}
	if r.URL.Path != "/" {
		w.WriteHeader(http.StatusNotFound)
	}
	fmt.Fprintf(w, "<!DOCTYPE html><html lang=en><head><title>Shop</title><script src=/app.js></script></head><body>%s</body></html>",
		strings.Repeat("<p class=item><a href=/item?id=1>An item</a> <img src=/i.png alt=item></p>\n", 850))
}

func siteJobs() (jobs []engine.Job) {
	for _, c := range All() {
		if c.OnSite() {
			jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
		}
	}
	return jobs
}

// processorTime is what this process used so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkSite audits a live site: cpu-ms/op has the client's and the server's half.
func BenchmarkSite(b *testing.B) {
	for name, start := range map[string]func(http.Handler) *httptest.Server{"http": httptest.NewServer, "https": httptest.NewTLSServer} {
		b.Run(name, func(b *testing.B) {
			srv := start(http.HandlerFunc(benchPage))
			defer srv.Close()
			audit(b, func() (*target.Site, error) { return target.OpenSite(srv.URL, target.SiteOptions{Insecure: true}) })
		})
	}
}

// BenchmarkReplay audits the recording of a site: what the checks themselves cost (cpu-ms/op; reading the recording is in ns/op only).
func BenchmarkReplay(b *testing.B) {
	srv := httptest.NewServer(http.HandlerFunc(benchPage))
	defer srv.Close()
	rec := &target.Recorder{}
	site, err := target.OpenSite(srv.URL, target.SiteOptions{Record: rec})
	if err != nil {
		b.Fatal(err)
	}
	engine.RunSite(b.Context(), site, siteJobs(), engine.Options{})
	file := filepath.Join(b.TempDir(), "site.json")
	if err := rec.Save(file); err != nil {
		b.Fatal(err)
	}
	audit(b, func() (*target.Site, error) { return target.OpenReplay(file, "", target.SiteOptions{}) })
}

func audit(b *testing.B, open func() (*target.Site, error)) {
	b.Helper()
	jobs := siteJobs()
	b.ReportAllocs()
	var used time.Duration
	for b.Loop() {
		site, err := open()
		if err != nil {
			b.Fatal(err)
		}
		before := processorTime()
		if r := engine.RunSite(b.Context(), site, jobs, engine.Options{}); len(r.Observations) != len(jobs) {
			b.Fatal("not every check ran")
		}
		used += processorTime() - before
		site.Close()
	}
	b.ReportMetric(float64(used)/float64(b.N)/1e6, "cpu-ms/op")
}
