package target

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// authority is a certificate authority that lives for one test.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string // its certificate in PEM
}

func newCA(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, IsCA: true,
		BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	ca := &authority{cert, key, filepath.Join(t.TempDir(), "ca.pem")}
	if err := os.WriteFile(ca.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return ca
}

// issue signs a certificate for 127.0.0.1, ::1 and shop.example, after the template's changes.
func (ca *authority) issue(t *testing.T, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), DNSNames: []string{"shop.example"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		NotBefore:   time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	if change != nil {
		change(template)
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, &key.PublicKey, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func (ca *authority) serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	return ca.serveWith(t, h, ca.issue(t, nil))
}

func (ca *authority) serveWith(t *testing.T, h http.HandlerFunc, cert tls.Certificate) *httptest.Server {
	t.Helper()
	srv := httptest.NewUnstartedServer(h)
	srv.EnableHTTP2 = true
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv
}

func TestTLSIsSeen(t *testing.T) {
	ca := newCA(t)
	srv := ca.serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(r.Host)) })
	s := openTest(t, "https://shop.example:8443/", SiteOptions{CAFile: ca.file,
		Resolve: []string{"shop.example:8443:" + strings.TrimPrefix(srv.URL, "https://")}})
	x, err := s.Page(t.Context(), "/")
	if err != nil || string(x.Body) != "shop.example:8443" || x.Doubt != nil {
		t.Fatalf("%+v, %v", x, err)
	}
	if x.Proto != "HTTP/2.0" || x.TLS == nil || x.TLS.Version != "TLS 1.3" || x.TLS.NotAfter.IsZero() {
		t.Errorf("proto %s, TLS %+v; want HTTP/2 over TLS 1.3", x.Proto, x.TLS)
	}
}

func TestBadCertificates(t *testing.T) {
	ca, stranger := newCA(t), newCA(t)
	page := func(w http.ResponseWriter, r *http.Request) {}
	for name, tt := range map[string]struct {
		cert tls.Certificate
		want string
	}{
		"expired": {ca.issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }), "expired on"},
		"early":   {ca.issue(t, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }), "not valid before"},
		"host": {ca.issue(t, func(c *x509.Certificate) { c.IPAddresses, c.DNSNames = nil, []string{"other.example"} }),
			"a certificate for other.example"},
		"authority": {stranger.issue(t, nil), "pass --cacert"},
	} {
		srv := ca.serveWith(t, page, tt.cert)
		_, err := openTest(t, srv.URL, SiteOptions{CAFile: ca.file}).Page(t.Context(), "/")
		if p := problemOf(t, err); !strings.Contains(p.Actual, tt.want) || !strings.Contains(p.Op, "TLS") || !p.Blind {
			t.Errorf("%s: %v, want %q", name, p, tt.want)
		}
	}
	plain := serve(t, page)
	_, err := openTest(t, strings.Replace(plain.URL, "http:", "https:", 1), SiteOptions{}).Page(t.Context(), "/")
	if p := problemOf(t, err); !strings.Contains(p.Actual, "plain http") {
		t.Errorf("TLS to a plain port: %v", p)
	}
}
