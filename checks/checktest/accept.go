package checktest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/target"
)

// hostileNames are names that some check or reader takes an interest in.
var hostileNames = []string{
	"Dockerfile", "docker-compose.yml", "nginx.conf", "conf.d/site.conf", "apache2.conf", ".htaccess", "Caddyfile",
	"settings.py", "app.py", ".env", "deploy.yaml", ".github/workflows/ci.yml", "web.service", "gunicorn.conf.py",
	"package.json", "config.toml", "id_rsa", "server.log", "Procfile", "notes.txt",
}

// hostileContents are bytes that readers have been known to trip over.
func hostileContents() map[string][]byte {
	return map[string][]byte{
		"empty":        {},
		"binary":       []byte("\x7fELF\x00\x01\x02\x03\xff\xfe\x00\x00"),
		"crlf":         []byte("server {\r\n  listen 80;\r\n}\r\nDEBUG = True\r\nkey: value\r\n"),
		"bom":          []byte("\xef\xbb\xbfkey: value\nDEBUG = False\n"),
		"utf-16":       []byte("\xff\xfeD\x00E\x00B\x00U\x00G\x00=\x001\x00\n\x00"),
		"not utf-8":    []byte("name: \xff\xfe\xfd\nDEBUG = \"\x80\x81\"\n"),
		"deep braces":  []byte(strings.Repeat("{", 5000)),
		"deep parens":  []byte("x = " + strings.Repeat("(", 5000)),
		"deep indent":  []byte(deepIndent()),
		"deep flow":    []byte("a: " + strings.Repeat("[", 5000)),
		"long line":    []byte("x = \"" + strings.Repeat("a", 1<<20) + "\"\n"),
		"aliases":      []byte(aliasBomb()),
		"no newline":   []byte("FROM scratch\nUSER root"),
		"control":      []byte("name\x1b]0;owned\x07: \x1b[31mred\u2028\u202e\n"),
		"open quote":   []byte("x = \"\"\"never closed\nlocation / { add_header X \"never closed;\n"),
		"just comment": []byte("# nothing here\n"),
	}
}

func deepIndent() string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "%sif x:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

func aliasBomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return b.String()
}

// accept is the suite that every check passes by itself: whatever the tree holds, it ends, it does not panic, it
// gives the same answer twice, and it does not pass without having looked at something.
func accept(t *testing.T, check *checks.Check) {
	if !check.OnTree() {
		return
	}
	t.Run("empty tree", func(t *testing.T) {
		o, _ := runTree(context.Background(), t, t.TempDir(), check, check.Defaults(), target.TreeOptions{}, nil)
		if len(o.Findings) > 0 || len(o.Problems) > 0 {
			t.Errorf("an empty directory gives findings %v and problems %v", o.Findings, o.Problems)
		}
	})
	t.Run("hostile tree", func(t *testing.T) {
		root := hostileTree(t)
		first, _ := runTree(context.Background(), t, root, check, check.Defaults(), target.TreeOptions{}, nil)
		second, _ := runTree(context.Background(), t, root, check, check.Defaults(), target.TreeOptions{}, nil)
		if !reflect.DeepEqual(first, second) {
			t.Error("two runs over the same tree differ")
		}
		for _, p := range first.Problems {
			if strings.Contains(p.Actual, "a fault in hardcheck") {
				t.Errorf("panic: %v", &p)
			}
		}
		for _, f := range first.Findings {
			wellFormed(t, check, f)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		root := hostileTree(t)
		tree, err := target.OpenTree(ctx, root, target.TreeOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer tree.Close()
		cancel()
		if o := runCancelled(ctx, tree, check); status(o) == checks.StatusPass {
			t.Error("a cancelled run claims a pass")
		}
	})
}

// hostileTree holds every content under every name, an unreadable file and a loop of links.
func hostileTree(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for label, content := range hostileContents() {
		for _, name := range hostileNames {
			if len(content) > 1<<16 && name != "notes.txt" && name != "settings.py" && name != "nginx.conf" {
				continue
			}
			path := filepath.Join(root, strings.ReplaceAll(label, " ", "-"), filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	for link, to := range map[string]string{"loop": ".", "a": "b", "b": "a", "out": "/etc", "broken": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}
