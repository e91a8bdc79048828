package target

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
)

// TestSwitchedProtocol: the body of an answer 101 is the connection, which nobody closes.
func TestSwitchedProtocol(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		t.Cleanup(func() { conn.Close() })
		if _, err := conn.Write([]byte("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(srv.Close)
	site, err := OpenSite(srv.URL, SiteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	if _, err := site.Page(t.Context(), "/"); err == nil || !strings.Contains(err.Error(), "switch to another protocol") {
		t.Errorf("found %v", err)
	}
}

// TestSilentSite: a site that answers nothing is asked twice, whatever there is to ask.
func TestSilentSite(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0") // nothing is ever accepted
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	site, err := OpenSite("http://"+listener.Addr().String(), SiteOptions{Bounds: SiteBounds{Header: 50 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	for _, path := range []string{"/a", "/b", "/c", "/d"} {
		if _, err := site.Do(t.Context(), checks.Request{Path: path}); err == nil {
			t.Errorf("%s was answered", path)
		}
	}
	if n := site.Requests(); n != maxSilent {
		t.Errorf("%d requests, expected %d", n, maxSilent)
	}
}

// TestRecordingHidesEchoes: what the user gave to send along is kept out of the recording in whatever form it comes back.
func TestRecordingHidesEchoes(t *testing.T) {
	const session = `s3cr"et&value`
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Location", "/next?echo=s3cr%22et%26value")
			w.WriteHeader(http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.Write([]byte(`<title>x</title>s3cr&#34;et&amp;value {"a": "s3cr\"et&value"}`))
	}))
	t.Cleanup(srv.Close)
	recorder := &Recorder{}
	site, err := OpenSite(srv.URL, SiteOptions{Headers: []string{"Cookie: a=1; session=" + session}, Record: recorder})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	live, err := site.Page(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "recording.json")
	if err := recorder.Save(file); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(data), "s3cr") {
		t.Errorf("%v: the recording shows the secret:\n%s", err, data)
	}
	replay, err := OpenReplay(file, "", SiteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if again, err := replay.Page(t.Context(), "/"); err != nil || again.Status != live.Status || len(again.Chain) != 1 {
		t.Errorf("replayed %+v, %v", again, err)
	}
}
