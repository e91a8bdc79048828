package secrets

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// plant is a file of a tree that hides one secret, and where it must be found.
type plant struct {
	name   string // of the file
	data   []byte
	secret string // what the finding's key must be, or begin with
	rule   string
	line   int
	inside string
}

// token makes a GitHub token with a true checksum; every number gives another.
func token(n int) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	encode := func(v uint64, size int) string {
		out := make([]byte, size)
		for i := range out {
			out[size-1-i] = digits[v%62]
			v /= 62
		}
		return string(out)
	}
	seed := uint64(n)*0x9e3779b97f4a7c15 + 0x1234567
	body := ""
	for range 3 {
		seed ^= seed >> 12
		seed ^= seed << 25
		seed ^= seed >> 27
		body += encode(seed*0x2545f4914f6cdd1d, 10)
	}
	return "ghp" + "_" + body + encode(uint64(crc32.ChecksumIEEE([]byte(body))), 6)
}

// pemKey makes a private key in PEM form, and the base64 text of its body.
func pemKey(t testing.TB) (text, body string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text = string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE " + "KEY", Bytes: der}))
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return text, strings.Join(lines[1:len(lines)-1], "")
}

// auditTree runs every check of the chapter over a directory. The findings are by check.
func auditTree(t testing.TB, dir string, options target.TreeOptions) (map[string][]checks.Finding, engine.Result) {
	t.Helper()
	tree, err := target.OpenTree(context.Background(), dir, options)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range Checks() {
		jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
	}
	result := engine.RunTree(context.Background(), tree, jobs, engine.Options{Workers: 2, Debug: os.Stderr})
	found := map[string][]checks.Finding{}
	for i, o := range result.Observations {
		if len(o.Findings) > 0 {
			found[jobs[i].Check.ID] = o.Findings
		}
	}
	return found, result
}

// hunt writes the plants to a tree, audits it, and holds that each secret is found once, where it was hidden, and
// nothing else.
func hunt(t *testing.T, plants map[string]plant) {
	t.Helper()
	dir := t.TempDir()
	for name, p := range plants {
		file := filepath.Join(dir, name, filepath.FromSlash(p.name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, p.data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	found, result := auditTree(t, dir, target.TreeOptions{})
	byCase := map[string][]checks.Finding{}
	for _, list := range found {
		for _, f := range list {
			name, _, _ := strings.Cut(f.Place.Path, "/")
			byCase[name] = append(byCase[name], f)
		}
	}
	for name, p := range plants {
		t.Run(name, func(t *testing.T) { p.check(t, name, byCase[name]) })
	}
	for _, o := range result.Observations {
		for _, problem := range o.Problems {
			if problem.Blind {
				t.Errorf("blind: %s", problem.Error())
			}
		}
	}
}

func (p plant) check(t *testing.T, name string, found []checks.Finding) {
	t.Helper()
	if len(found) != 1 {
		for _, f := range found {
			t.Logf("  %s %s (%s): %s", f.Rule, f.Place, f.Attribute, f.Actual)
		}
		t.Fatalf("%d findings, expected one %s at %s:%d (%s)", len(found), p.rule, p.name, p.line, p.inside)
	}
	f := found[0]
	if want := (checks.Place{Path: name + "/" + p.name, Line: p.line, Inside: p.inside}); f.Place.Path != want.Path || f.Place.Line != want.Line || f.Place.Inside != want.Inside {
		t.Errorf("found at %q %d (%s), expected %q %d (%s)", f.Place.Path, f.Place.Line, f.Place.Inside, want.Path, want.Line, want.Inside)
	}
	if f.Rule != p.rule || !strings.HasPrefix(f.ContentKey, p.secret) {
		t.Errorf("found %s of %d bytes, expected %s", f.Rule, len(f.ContentKey), p.rule)
	}
	for _, shown := range []string{f.Actual, f.Message, f.Attribute, f.Fix} {
		if strings.Contains(shown, p.secret) {
			t.Errorf("the report shows the secret: %q", fmt.Sprintf("%.40s...", shown))
		}
	}
}
