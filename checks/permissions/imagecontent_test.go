package permissions

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// layerEntry is one entry of a layer under test.
type layerEntry struct {
	name, body string
	mode       int64
	kind       byte
	capability string
	link       string // what a link leads to
}

func layerOf(t *testing.T, entries ...layerEntry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Mode: e.mode, Size: int64(len(e.body)), Typeflag: tar.TypeReg, Linkname: e.link}
		if e.kind != 0 {
			h.Typeflag = e.kind
		}
		if e.capability != "" {
			h.PAXRecords = map[string]string{"SCHILY.xattr.security.capability": e.capability}
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, e.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func privateKey(t *testing.T) string {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// testLayers are a base and what a build puts on it: each fault once, beside what is fine.
func testLayers(t *testing.T) (layers [][]byte, want []string) {
	key := privateKey(t)
	netRaw, setUID := "\x01\x00\x00\x02\x00\x20\x00\x00"+strings.Repeat("\x00", 12), "\x01\x00\x00\x02\x80\x00\x00\x00"+strings.Repeat("\x00", 12)
	base := layerOf(t,
		layerEntry{name: "tmp/", mode: 0o1777, kind: tar.TypeDir}, layerEntry{name: "root/", mode: 0o700, kind: tar.TypeDir},
		layerEntry{name: "etc/shadow", body: "root:*:1::::::\n", mode: 0o640}, layerEntry{name: "etc/passwd", body: "root:x:0:0::/root:/bin/sh\n", mode: 0o644},
		layerEntry{name: "usr/bin/passwd", body: "x", mode: 0o4755}, layerEntry{name: "usr/bin/odd", body: "x", mode: 0o4755},
		layerEntry{name: "usr/bin/ping", body: "x", mode: 0o755, capability: netRaw},
		layerEntry{name: "dev/null", mode: 0o666, kind: tar.TypeChar})
	build := layerOf(t,
		layerEntry{name: "srv/a", body: "x", mode: 0o666}, layerEntry{name: "srv/b", body: "x", mode: 0o666}, layerEntry{name: "srv/c", body: "x", mode: 0o666},
		layerEntry{name: "data/", mode: 0o777, kind: tar.TypeDir}, layerEntry{name: "root/open", body: "x", mode: 0o666},
		layerEntry{name: "opt/tool", body: "x", mode: 0o4755}, layerEntry{name: "opt/bash", body: "x", mode: 0o4755}, layerEntry{name: "opt/mail", body: "x", mode: 0o2755},
		layerEntry{name: "opt/cap", body: "x", mode: 0o755, capability: setUID},
		layerEntry{name: "app/key.pem", body: key, mode: 0o644}, layerEntry{name: "app/closed.pem", body: key, mode: 0o600},
		layerEntry{name: "app/gone.pem", body: key, mode: 0o600}, layerEntry{name: "app/moved", body: "x", mode: 0o4755},
		layerEntry{name: "opt/disk", mode: 0o660, kind: tar.TypeBlock}, layerEntry{name: "x/../../evil", body: "x", mode: 0o644})
	last := layerOf(t,
		layerEntry{name: "app/.wh.gone.pem"}, layerEntry{name: "app/.wh.moved"}, layerEntry{name: "usr/bin/odd", body: "x", mode: 0o755},
		layerEntry{name: "etc/shadow", body: "root::1::::::\n", mode: 0o644}, layerEntry{name: "etc/passwd", body: "root:x:0:0::/:/bin/sh\nalt:x:0:0::/:/bin/sh\n", mode: 0o644})
	return [][]byte{base, build, last}, []string{
		"capability /opt/cap", "crafted x/../../evil", "device /opt/disk", "directory-without-sticky-bit /data", "key /app/key.pem",
		"no-password /etc/shadow", "removed-key /app/gone.pem", "root USER", "second-root /etc/passwd", "setgid /opt/mail", "setuid /opt/bash", "setuid /opt/tool",
		"shadow /etc/shadow", "world-writable /srv/a",
	}
}

// layout writes an OCI layout.
func layout(t *testing.T, layers [][]byte) map[string][]byte {
	t.Helper()
	files := map[string][]byte{"oci-layout": []byte(`{"imageLayoutVersion":"1.0.0"}`)}
	put := func(data []byte) string {
		sum := sha256.Sum256(data)
		name := hex.EncodeToString(sum[:])
		files["blobs/sha256/"+name] = data
		return `{"digest":"sha256:` + name + `"}`
	}
	var list []string
	for _, layer := range layers {
		list = append(list, put(layer))
	}
	config := put([]byte(`{"config":{}}`))
	files["index.json"] = []byte(`{"manifests":[` + put([]byte(`{"config":`+config+`,"layers":[`+strings.Join(list, ",")+`]}`)) + `]}`)
	return files
}

func auditImages(t *testing.T, root string) checks.Observation {
	t.Helper()
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	check := imageContent()
	result := engine.RunTree(context.Background(), tree, []engine.Job{{Check: check, Values: check.Defaults()}}, engine.Options{Debug: os.Stderr})
	return result.Observations[0]
}

func TestImageContent(t *testing.T) {
	layers, want := testLayers(t)
	files := layout(t, layers)
	for _, form := range []string{"archive", "directory"} {
		root := t.TempDir()
		if form == "archive" {
			var entries []layerEntry
			for name, data := range files {
				entries = append(entries, layerEntry{name: name, body: string(data), mode: 0o644})
			}
			slices.SortFunc(entries, func(a, b layerEntry) int { return strings.Compare(a.name, b.name) })
			if err := os.WriteFile(filepath.Join(root, "image.tar"), layerOf(t, entries...), 0o644); err != nil {
				t.Fatal(err)
			}
		} else {
			for name, data := range files {
				full := filepath.Join(root, name)
				if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, data, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
		o := auditImages(t, root)
		var got []string
		for _, f := range o.Findings {
			got = append(got, f.Rule+" "+f.Attribute)
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || len(o.Problems) > 0 {
			t.Errorf("%s: %s %v", form, diff, o.Problems)
		}
	}
}
