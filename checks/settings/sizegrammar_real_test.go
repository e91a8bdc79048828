//go:build unix

package settings

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks/internal/realserver"
)

// accepts reports whether a program takes a configuration.
func accepts(t *testing.T, file, text, program string, args ...string) bool {
	t.Helper()
	at := filepath.Join(t.TempDir(), file)
	if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return exec.Command(program, append(args, at)...).Run() == nil
}

// TestNginxSizeGrammar asks nginx which sizes it takes, and takes the same.
func TestNginxSizeGrammar(t *testing.T) {
	program := realserver.Require(t, "nginx")
	for _, size := range []string{"0", "1", "00012", "10k", "10K", "1m", "1M", "1g", "1G", "8589934591g", "8589934592g", "9223372036854775807", "9223372036854775808",
		"10mb", "10MiB", "1t", "-1", "+1", "1.5m", "1e6", "0x10", "k", "1km", "1_000", "10 m", "$size", "m1", "1m;2", ""} {
		written := size
		if strings.ContainsAny(size, " ;") || size == "" {
			written = `"` + size + `"`
		}
		conf := "pid /dev/null;\nerror_log /dev/null;\nevents {}\nhttp { client_max_body_size " + written + "; }\n"
		_, ok := nginxSize([]string{size})
		if real := accepts(t, "nginx.conf", conf, program, "-t", "-q", "-c"); real != ok {
			t.Errorf("nginx takes %q: %v, the reader: %v", size, real, ok)
		}
	}
}

// TestHaproxyNumberGrammar asks HAProxy which numbers it takes in a comparison.
func TestHaproxyNumberGrammar(t *testing.T) {
	program := realserver.Require(t, "haproxy")
	for _, number := range []string{"0", "1048576", "4294967297", "10m", "1e6", "-1", "0x10", "99999999999999999999"} {
		conf := "defaults\n mode http\n timeout client 1s\n timeout connect 1s\n timeout server 1s\nfrontend f\n bind 127.0.0.1:9\n http-request deny if { req.body_size gt " + number + " }\n"
		scopes := scopesOf(t, haproxyReader(), "-- haproxy.cfg --\n"+conf)
		ok := false
		for _, set := range scopes[0].Settings {
			ok = ok || strings.HasPrefix(set.Name, "http-request deny")
		}
		if real := accepts(t, "haproxy.cfg", conf, program, "-c", "-f"); ok && !real {
			t.Errorf("HAProxy refuses %q, the reader takes it", number)
		} else if real && !ok && !strings.HasPrefix(number, "-") { // a negative size refuses every request
			t.Errorf("HAProxy takes %q, the reader does not", number)
		}
	}
}
