//go:build unix

package canary

import (
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"hardcheck/checks/target"
)

// shop is a site written in Go.
func shop(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/boom":
		panic("boom")
	case "/login":
		http.Error(w, "no", http.StatusUnauthorized)
	case "/":
		io.WriteString(w, "shop")
	default:
		http.NotFound(w, r)
	}
}

// logged is the site with a line for each request, as log writes it.
func logged(line func(*http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		line(r)
		shop(w, r)
	}
}

func TestGoServers(t *testing.T) {
	for name, tt := range map[string]struct {
		site func(io.Writer) http.HandlerFunc
		want string
	}{
		"net/http": {func(io.Writer) http.HandlerFunc { return shop }, "nothing seen"},
		"log, with the decoded path": {func(w io.Writer) http.HandlerFunc {
			l := log.New(w, "", log.LstdFlags)
			return logged(func(r *http.Request) { l.Printf("%s %s %s", r.RemoteAddr, r.Method, r.URL.Path) })
		}, `unlogged: malformed request
without: time zone, status
forged in log: encoded line break in the path`},
		"slog as text": {func(w io.Writer) http.HandlerFunc {
			l := slog.New(slog.NewTextHandler(w, nil))
			return logged(func(r *http.Request) {
				l.Info("request", "from", r.RemoteAddr, "method", r.Method, "path", r.URL.Path, "agent", r.UserAgent(), "header", r.Header)
			})
		}, `unlogged: malformed request
without: status
leaks into log: basic password (base64), Authorization bearer, Cookie, X-Api-Key, Referer token`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, err := os.Create(filepath.Join(t.TempDir(), "log"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { file.Close() })
			server := httptest.NewUnstartedServer(tt.site(file))
			server.Config.ErrorLog = log.New(file, "", log.LstdFlags)
			server.Start()
			t.Cleanup(server.Close)
			site, err := target.OpenSite(server.URL, target.SiteOptions{Active: []string{"canary"}, Bounds: target.SiteBounds{Gap: time.Millisecond}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(site.Close)
			r, err := Run(t.Context(), site, &Plan{Sinks: []Sink{{SinkFile, file.Name()}}, ErrorPath: "/boom", Wait: time.Second})
			if err != nil {
				t.Fatal(err)
			}
			r.Sinks[0].Sink.Value = "log"
			if got := summary(r); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}
