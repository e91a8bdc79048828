package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"time"
)

// caseServers are the http and the https side of a case's site on this machine.
type caseServers struct {
	url       string // that is audited
	authority string // file of the certificate
	resolve   []string
	close     func()
}

func (c headerCase) serve() (*caseServers, error) {
	names := []string{c.Site, "*." + c.Site}
	if c.BadCertificate {
		names = []string{"other.example"}
	}
	certificate, err := certify(names)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "hardcheck-authority-*.pem")
	if err != nil {
		return nil, err
	}
	err = pem.Encode(file, &pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return nil, err
	}
	plain, secure := httptest.NewServer(c.handler("http")), httptest.NewUnstartedServer(c.handler("https"))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // a refused certificate is no error here
	secure.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	secure.StartTLS()
	s := &caseServers{url: "https://" + c.Site + "/", authority: file.Name(), close: func() {
		plain.Close()
		secure.Close()
		os.Remove(file.Name())
	}}
	if !c.HTTPS {
		s.url = "http://" + c.Site + "/"
	}
	for _, host := range []string{c.Site, "www." + c.Site, "baz." + c.Site} {
		for port, server := range map[int]*httptest.Server{80: plain, 443: secure, 8443: secure} {
			s.resolve = append(s.resolve, fmt.Sprintf("%s:%d:127.0.0.1:%d", host, port, server.Listener.Addr().(*net.TCPAddr).Port))
		}
	}
	if c.NoHTTP {
		plain.Close()
	}
	return s, nil
}

// handler answers the addresses of the chain as it says, other addresses over http by a redirect to https where there
// is any, and the page as the case says.
func (c headerCase) handler(scheme string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i, hop := range c.Chain {
			if hop.URL != scheme+"://"+r.Host+r.URL.Path || hop.Status == http.StatusOK {
				continue
			}
			w.Header().Set("Location", c.Chain[min(i+1, len(c.Chain)-1)].URL)
			w.WriteHeader(hop.Status)
			return
		}
		if scheme == "http" && c.HTTPS && len(c.Chain) == 0 {
			http.Redirect(w, r, "https://"+r.Host+r.URL.Path, http.StatusMovedPermanently)
			return
		}
		c.page(w, r)
	}
}

func (c headerCase) page(w http.ResponseWriter, r *http.Request) {
	for _, h := range c.Headers {
		w.Header().Add(h[0], h[1])
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		for _, h := range c.CORSHeaders {
			if h[1] == c.CORSOrigin { // the origin that asks is answered with itself
				h[1] = origin
			}
			w.Header().Add(h[0], h[1])
		}
	}
	w.WriteHeader(c.Status)
	fmt.Fprint(w, c.HTML)
}

// certify makes a certificate of its own authority.
func certify(names []string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		DNSNames: names, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
