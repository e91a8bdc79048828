package realserver

import (
	"os"
	"testing"
)

func TestStartServesUntilTheTestEnds(t *testing.T) {
	var dir string
	t.Run("server", func(t *testing.T) {
		srv := Start(t, map[string]string{"Caddyfile": "{\n\tadmin off\n}\nhttp://127.0.0.1:{port} {\n\trespond hello\n}\n"},
			"caddy", "run", "--adapter", "caddyfile", "--config", "{dir}/Caddyfile")
		dir = srv.Dir
		if got := srv.Get(t, "/"); got.StatusCode != 200 {
			t.Errorf("GET / = %d, want 200; output:\n%s", got.StatusCode, srv.Output())
		}
	})
	if dir == "" {
		t.SkipNow()
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the server's directory is still there after the test: %v", err)
	}
}
