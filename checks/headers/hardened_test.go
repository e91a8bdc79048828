package headers

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/internal/realserver"
	"hardcheck/checks/target"
)

// TestHardenedSampleDeployed runs the hardened sample's own nginx configuration over TLS, in front of an application,
// and audits the sample with it: the tree, the site and the two together give no finding.
func TestHardenedSampleDeployed(t *testing.T) {
	const dir = "../../testdata/hardened"
	conf, err := os.ReadFile(filepath.Join(dir, "nginx", "conf.d", "shop.conf"))
	if err != nil {
		t.Fatal(err)
	}
	app := realserver.Uvicorn("import os\nfrom fastapi import FastAPI, Request\nfrom fastapi.responses import HTMLResponse\nfrom starlette.middleware.sessions import SessionMiddleware\n\n"+
		"app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)\napp.add_middleware(SessionMiddleware, secret_key=os.urandom(32).hex(), session_cookie=\"__Host-session\", same_site=\"lax\", https_only=True)\n\n\n"+
		"@app.get(\"/\", response_class=HTMLResponse)\nasync def page(request: Request):\n    request.session[\"seen\"] = True\n    return HTMLResponse(\"<title>Shop</title>\", headers={\"Cache-Control\": \"no-store\"})\n").Start(t, nil)
	cert, key, ca := certificateFor(t, "shop.example")
	plain := realserver.FreePort(t)
	running := strings.NewReplacer("listen 80;", fmt.Sprintf("listen 127.0.0.1:%d;", plain), "listen 443 ssl;", "listen 127.0.0.1:{port} ssl;", "/etc/ssl/shop.pem", "{dir}/cert.pem",
		"/etc/ssl/private/shop.key", "{dir}/key.pem", "http://127.0.0.1:8000", app.URL, "https://shop.example$request_uri", "https://shop.example:{port}$request_uri").Replace(string(conf))
	srv := realserver.Nginx("server_tokens off;\n"+running).Start(t, map[string]string{"cert.pem": cert, "key.pem": key})
	site, err := target.OpenSite(fmt.Sprintf("https://shop.example:%d/", srv.Port), target.SiteOptions{CAFile: ca, PlainPort: plain,
		Resolve: []string{fmt.Sprintf("shop.example:%d:127.0.0.1", srv.Port), fmt.Sprintf("shop.example:%d:127.0.0.1", plain)}})
	if err != nil {
		t.Fatal(err)
	}
	defer site.Close()
	tree, err := target.OpenTree(t.Context(), dir, target.TreeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range Checks() {
		jobs = append(jobs, one(c)...)
	}
	seen := engine.RunTree(t.Context(), tree, jobs, engine.Options{})
	live := engine.RunSite(t.Context(), site, jobs, engine.Options{Trees: []engine.Result{seen}})
	joint := engine.RunJoint(t.Context(), seen, site, "site", jobs, engine.Options{})
	for name, result := range map[string]engine.Result{"tree": seen, "site": live, "together": joint} {
		for i, o := range result.Observations {
			for _, f := range o.Findings {
				t.Errorf("%s: %s %s at %s: %s (found %s)", name, jobs[i].Check.ID, f.Rule, f.Place, f.Message, f.Actual)
			}
			for _, p := range o.Problems {
				t.Errorf("%s: %s: %v", name, jobs[i].Check.ID, &p)
			}
			if result.Target.Kind == checks.TargetJoint && jobs[i].Check.Joint != nil && o.Examined == 0 {
				t.Errorf("%s compared nothing: %s", jobs[i].Check.ID, o.Reason)
			}
		}
	}
}

// certificateFor is a certificate for those names that is its own authority: as PEM, and as a file.
func certificateFor(t *testing.T, names ...string) (cert, key, file string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
		DNSNames: names, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	key = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
	file = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, []byte(cert), 0o600); err != nil {
		t.Fatal(err)
	}
	return cert, key, file
}
