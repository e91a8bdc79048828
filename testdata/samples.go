// Package testdata holds two sample services, one neglected and one hardened, for the demo and the end-to-end tests.
package testdata

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"embed"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed all:neglected all:hardened
var samples embed.FS

// Names lists the samples.
func Names() []string { return []string{"neglected", "hardened"} }

// extra is a file or link that a sample has and that cannot lie in this repository: a private key, an unusual
// mode, an absolute link, or something that git does not track.
type extra struct {
	path      string
	content   func() ([]byte, error)
	mode      fs.FileMode
	link      string
	untracked bool
}

func text(s string) func() ([]byte, error) { return func() ([]byte, error) { return []byte(s), nil } }

var extras = map[string][]extra{
	"neglected": {
		{path: "deploy/tls.key", content: newKey, mode: 0o644},
		{path: "config/current.yaml", link: "/etc/shop/production.yaml"},
		{path: "config/mail.json", content: text("{\"from\": \"shop@shop.example\"}\n"), mode: 0o755},
		{path: "var/log/shop.log", content: text("2026-01-01T00:00:00Z started\n"), mode: 0o666, untracked: true},
		{path: "var/bin/backup", content: text("#!/bin/sh\ntar -cf /backup/shop.tar /srv/shop\n"), mode: 0o755 | fs.ModeSetuid, untracked: true},
		{path: "var/home/.netrc", content: text("machine db.shop.example login shop password " + "Zx81" + "qTn5rLw2\n"), mode: 0o644, untracked: true},
	},
	"hardened": {
		{path: "var/log/shop.log", content: text("2026-01-01T00:00:00Z started\n"), mode: 0o640, untracked: true},
		{path: "var/keys/tls.key", content: newKey, mode: 0o600, untracked: true},
		{path: "var/home/.netrc", content: text("machine db.shop.example login shop\n"), mode: 0o600, untracked: true},
	},
}

// newKey is a private key that never served anything.
func newKey() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Write lays a sample out in dir as a git repository with one commit, its invented secrets joined.
func Write(dir, name string) error {
	root, err := fs.Sub(samples, name)
	if err != nil {
		return err
	}
	err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		return write(filepath.Join(dir, filepath.FromSlash(path)), []byte(strings.ReplaceAll(string(data), "<+>", "")), 0o644)
	})
	if err != nil {
		return err
	}
	var untracked []extra
	for _, e := range extras[name] {
		if e.untracked {
			untracked = append(untracked, e)
		} else if err := e.write(dir); err != nil {
			return err
		}
	}
	if err := commit(dir); err != nil {
		return err
	}
	for _, e := range untracked {
		if err := e.write(dir); err != nil {
			return err
		}
	}
	return nil
}

func (e extra) write(dir string) error {
	path := filepath.Join(dir, filepath.FromSlash(e.path))
	if e.link != "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		return os.Symlink(e.link, path)
	}
	data, err := e.content()
	if err != nil {
		return err
	}
	return write(path, data, e.mode)
}

func write(path string, data []byte, mode fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	return os.Chmod(path, mode) // whatever the umask is
}

func commit(dir string) error {
	for _, args := range [][]string{{"init", "--quiet", "--initial-branch=main"}, {"add", "--all"},
		{"-c", "user.name=Sample", "-c", "user.email=sample@shop.example", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message=Sample"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("git %s: %w: %s", args[0], err, out)
		}
	}
	return nil
}
