package settings

import (
	"fmt"
	"strings"
	"testing"
)

// TestHostileServices reads files built to multiply: it ends, and keeps little.
func TestHostileServices(t *testing.T) {
	var stages, aliases strings.Builder
	stages.WriteString("FROM scratch AS s0\n")
	for i := range 1500 {
		fmt.Fprintf(&stages, "FROM s%d AS s%d\nENV A%d=1\nCMD gunicorn x\n", i, i+1, i)
	}
	aliases.WriteString("x: &x\n  command: gunicorn app\n  environment:\n")
	for i := range 2000 {
		fmt.Fprintf(&aliases, "    A%d: b\n", i)
	}
	aliases.WriteString("services:\n")
	for i := range 5000 {
		fmt.Fprintf(&aliases, "  s%d: *x\n", i)
	}
	for name, text := range map[string]string{
		"Dockerfile":         stages.String(),
		"docker-compose.yml": aliases.String(),
		"a.service":          "[Service]\n" + strings.Repeat("Environment=A=1 B=2\nExecStart=/bin/x\n", 10000),
		"Procfile":           "web: gunicorn " + strings.Repeat("-b 1 ", 40000),
		".env":               strings.Repeat("DEBUG=\"x\n", 50000),
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []reader{composeReader(), dockerfileReader(), systemdReader(), dotenvReader(), commandsReader()} {
				scopes, _ := r.resolve(docsOf(r, "-- "+name+" --\n"+text))
				total := 0
				for _, s := range scopes {
					total += len(s.Settings)
				}
				if total > 200000 {
					t.Errorf("%s keeps %d settings of %s", r.layer, total, name)
				}
			}
		})
	}
}
