package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// providerHosts are the hosts that the stand-in answers as.
var providerHosts = []string{"api.github.com", "slack.com", "api.mailgun.net", "api.mapbox.com", "api.anthropic.com", "api.telegram.org",
	"sts.amazonaws.com", "api.linear.app", "api.getpostman.com", "gitlab.com"}

// providers is a stand-in for the hosts of token providers, over TLS.
type providers struct {
	mu    sync.Mutex
	asked []string // "METHOD host" of each request, and how the token came
}

// providersOf holds, by a script's working directory, its stand-in.
var providersOf sync.Map

// startProviders starts it: $RESOLVE is the flags that lead there, and $CA its certificate.
func startProviders(ts *testscript.TestScript, _ bool, _ []string) {
	p := &providers{}
	server := httptest.NewUnstartedServer(p)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{providerCertificate(ts)}}
	server.StartTLS()
	ts.Defer(server.Close)
	providersOf.Store(ts.Getenv("WORK"), p)
	ca := ts.MkAbs("ca.pem")
	ts.Check(os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.TLS.Certificates[0].Certificate[0]}), 0o600))
	ts.Setenv("CA", ca)
	ts.Setenv("PROVIDERS", strings.TrimPrefix(server.URL, "https://"))
}

func providerCertificate(ts *testscript.TestScript) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: providerHosts, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// ServeHTTP answers as each provider would, and notes how the token came, not the token.
func (p *providers) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	plain, _ := base64.StdEncoding.DecodeString(value)
	how, status, body := "", 200, `{}`
	switch r.Host {
	case "api.github.com":
		how = "user by " + scheme
		w.Header().Set("X-OAuth-Scopes", "repo, gist")
		body = `{"login":"octo"}`
		if strings.HasSuffix(value, "8sz") {
			status, body = 401, `{"message":"Bad credentials `+value+`"}`
		}
	case "slack.com":
		how, body = "auth.test by "+scheme, `{"ok":false,"error":"token_revoked"}`
	case "api.mailgun.net":
		user, _, _ := strings.Cut(string(plain), ":")
		how, body = "domains by "+scheme+" as "+user, `{"items":[{"name":"shop.example"}]}`
	case "api.mapbox.com":
		how, body = "tokens by query", `{"code":"TokenValid","token":{"user":"ana"}}`
		if !strings.HasPrefix(r.URL.Query().Get("access_token"), "sk.eyJ1") {
			status = 500
		}
	case "api.anthropic.com":
		how, status, body = "models by "+r.Header.Get("x-api-key")[:6], 401, `{"error":{"message":"invalid x-api-key"}}`
	case "api.telegram.org":
		how, body = "getMe by path", `{"ok":true,"result":{"username":"shopbot"}}`
		w.Header().Set("Location", "https://gitlab.com"+r.URL.Path) // a redirect would leak the token
		status = 302
	case "sts.amazonaws.com":
		how, body = "identity by "+scheme, `{"GetCallerIdentityResponse":{"GetCallerIdentityResult":{"Arn":"arn:aws:iam::123456789012:user/ana"}}}`
	case "api.linear.app":
		content, _ := io.ReadAll(r.Body)
		how, body = "graphql "+string(content[:9]), `{"data":{"viewer":{"name":"Ana","email":"ana@shop.example"}}}`
	case "api.getpostman.com":
		how, status = "me by x-api-key", 429
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, r.Method+" "+r.Host+" "+how)
	w.WriteHeader(status)
	io.WriteString(w, body)
}

// writeAsked writes what the providers were asked into a file, in order of the text.
func writeAsked(ts *testscript.TestScript, _ bool, args []string) {
	stored, _ := providersOf.Load(ts.Getenv("WORK"))
	p := stored.(*providers)
	p.mu.Lock()
	defer p.mu.Unlock()
	slices.Sort(p.asked)
	text := ""
	for _, line := range p.asked {
		text += line + "\n"
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// checkHidden fails where a file holds a long part of a secret: a word of the first file.
func checkHidden(ts *testscript.TestScript, _ bool, args []string) {
	const part = 10 // more than a redacted secret shows
	for _, name := range args[1:] {
		text := ts.ReadFile(name)
		for _, secret := range strings.Fields(ts.ReadFile(args[0])) {
			for at := 0; at+part <= len(secret); at++ {
				if strings.Contains(text, secret[at:at+part]) {
					ts.Fatalf("%s shows %q of a secret", name, secret[at:at+part])
				}
			}
		}
	}
}
