package secrets

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestParseDER(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(ecKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		der    []byte
		kind   string
		public any
	}{
		{"PKCS #1", x509.MarshalPKCS1PrivateKey(rsaKey), "RSA 2048", rsaKey.Public()},
		{"PKCS #8 RSA", pkcs8Of(t, rsaKey), "RSA 2048", rsaKey.Public()},
		{"SEC 1", sec1, "EC P-384", ecKey.Public()},
		{"PKCS #8 EC", pkcs8Of(t, ecKey), "EC P-384", ecKey.Public()},
		{"PKCS #8 Ed25519", pkcs8Of(t, edKey), "Ed25519", edKey.Public()},
	} {
		got, ok := parseDER(c.der)
		want, _ := half(c.kind, c.public)
		if !ok || got != want {
			t.Errorf("%s: got %q %x, want %q %x", c.name, got.kind, got.print, want.kind, want.print)
		}
		if _, ok := parseDER(c.der[:len(c.der)/2]); ok {
			t.Errorf("%s: half of it is read as a key", c.name)
		}
	}
	if _, ok := parseDER([]byte("0\x82\x01\x00 text")); ok {
		t.Error("text is read as a key")
	}
}

func pkcs8Of(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestOpenSSHKeys reads keys that ssh-keygen made, and their public halves.
func TestOpenSSHKeys(t *testing.T) {
	keygen, err := exec.LookPath("ssh-keygen")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("ssh-keygen is not installed: install openssh-client")
		}
		t.Skip("NOT TESTED AGAINST THE REAL PROGRAM: ssh-keygen is not installed")
	}
	for _, kind := range []string{"ed25519", "rsa", "ecdsa"} {
		for _, passphrase := range []string{"", "a passphrase"} {
			file := filepath.Join(t.TempDir(), "key")
			if out, err := exec.Command(keygen, "-q", "-t", kind, "-N", passphrase, "-C", "test", "-f", file).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			private, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			public, err := os.ReadFile(file + ".pub")
			if err != nil {
				t.Fatal(err)
			}
			found := inspect(private, code).keys
			if len(found) != 1 || !found[0].parsed || found[0].encrypted != (passphrase != "") {
				t.Errorf("%s with passphrase %q: %+v", kind, passphrase, found)
				continue
			}
			want, ok := sshPublic(decodeAll(strings.Fields(string(public))[1]))
			if !ok || found[0].public != want {
				t.Errorf("%s: the public half is %q, want %q", kind, found[0].public.kind, want.kind)
			}
		}
	}
}

func FuzzParseKey(f *testing.F) {
	f.Add([]byte("0\x82\x01\x00\x02\x01\x00"))
	f.Add([]byte("openssh-key-v1\x00\x00\x00\x00\x04none\x00\x00\x00\x04none\x00\x00\x00\x00\x00\x00\x00\x01"))
	if _, key, err := ed25519.GenerateKey(rand.Reader); err == nil {
		if der, err := x509.MarshalPKCS8PrivateKey(key); err == nil {
			f.Add(der)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		parseDER(data)
		if half, ok := parseOpenSSH(data); ok && len(half.print) != 32 {
			t.Errorf("a public half without a fingerprint: %+v", half)
		}
	})
}
