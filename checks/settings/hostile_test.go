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
	for i := range 700 {
		fmt.Fprintf(&stages, "FROM s%d AS s%d\nENV A%d=1\nCMD gunicorn x\n", i, i+1, i)
	}
	aliases.WriteString("x: &x\n  command: gunicorn app\n  environment:\n")
	for i := range 1000 {
		fmt.Fprintf(&aliases, "    A%d: b\n", i)
	}
	aliases.WriteString("services:\n")
	for i := range 1000 {
		fmt.Fprintf(&aliases, "  s%d: *x\n", i)
	}
	for name, text := range map[string]string{
		"Dockerfile":         stages.String(),
		"docker-compose.yml": aliases.String(),
		"a.service":          "[Service]\n" + strings.Repeat("Environment=A=1 B=2\nExecStart=/bin/x\n", 4000),
		"Procfile":           "web: gunicorn " + strings.Repeat("-b 1 ", 40000),
		".env":               strings.Repeat("DEBUG=\"x\n", 50000),
	} {
		t.Run(name, func(t *testing.T) {
			f := fileOf(name, []byte(text))
			for _, r := range []reader{composeReader(), dockerfileReader(), systemdReader(), dotenvReader(), commandsReader()} {
				if total := keptOf(r, f); total > 200000 {
					t.Errorf("%s keeps %d settings of %s", r.layer, total, name)
				}
			}
		})
	}
}

func FuzzServices(f *testing.F) {
	names := []string{"docker-compose.yml", "Dockerfile", "a.service", "a.service.d/x.conf", ".env", "Procfile"}
	f.Add(byte(0), strings.SplitN(shopCompose, "\n", 2)[1])
	f.Add(byte(0), "services: {a: {command: [tini, --, sh, -c, 'gunicorn -b $$X'], environment: [A=b, C], extends: a}}")
	f.Add(byte(1), "FROM a AS b\nENV X=1 Y='2 3'\nCMD [\"gunicorn\", \"-b\"]\nFROM b\nENTRYPOINT uvicorn $X\n")
	f.Add(byte(2), "[Service]\nExecStart=-/usr/bin/env A=b uvicorn x --port ${P}\nEnvironment='A=b' =\n")
	f.Add(byte(5), "web: GUNICORN_CMD_ARGS='-w 3' gunicorn -b\n:x\n")
	f.Fuzz(func(t *testing.T, which byte, text string) {
		archive := "-- " + names[int(which)%len(names)] + " --\n" + text
		for _, r := range []reader{composeReader(), dockerfileReader(), systemdReader(), dotenvReader(), commandsReader()} {
			r.resolve(docsOf(r, archive))
		}
	})
}
