package target

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"time"

	"hardcheck/checks"
)

// tlsState is what the handshake showed. Without Insecure the certificate was verified, so it has no faults.
func (w *liveWire) tlsState(s *tls.ConnectionState, host string) *checks.TLSState {
	if s == nil {
		return nil
	}
	out := &checks.TLSState{Version: tls.VersionName(s.Version)}
	if len(s.PeerCertificates) > 0 {
		out.NotBefore, out.NotAfter = s.PeerCertificates[0].NotBefore, s.PeerCertificates[0].NotAfter
		if w.tls.InsecureSkipVerify {
			out.Faults = w.site.Remember(leafKey{host, sha256.Sum256(s.PeerCertificates[0].Raw)}, func() any {
				return certificateFaults(s.PeerCertificates, host, w.tls.RootCAs, time.Now())
			}).([]checks.CertificateFault)
		}
	}
	return out
}

// leafKey tells the certificates of a host apart.
type leafKey struct {
	host string
	sum  [sha256.Size]byte
}

// certificateFaults lists everything for which a browser would refuse the chain, leaf first. x509 stops at the first
// fault, so time, name and authority are asked one by one.
func certificateFaults(chain []*x509.Certificate, host string, roots *x509.CertPool, now time.Time) (faults []checks.CertificateFault) {
	leaf, inTime := chain[0], now
	switch {
	case now.After(leaf.NotAfter):
		inTime = leaf.NotAfter
		faults = append(faults, checks.CertificateFault{Kind: "expired", Detail: validity(leaf)})
	case now.Before(leaf.NotBefore):
		inTime = leaf.NotBefore
		faults = append(faults, checks.CertificateFault{Kind: "not-yet-valid", Detail: validity(leaf)})
	}
	if leaf.VerifyHostname(host) != nil {
		faults = append(faults, checks.CertificateFault{Kind: "wrong-name", Detail: "a certificate for " + certificateNames(leaf)})
	}
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: inTime})
	var stranger x509.UnknownAuthorityError
	switch {
	case err == nil:
	case !errors.As(err, &stranger):
		faults = append(faults, checks.CertificateFault{Kind: "invalid", Detail: "an invalid certificate: " + printable(err.Error())})
	case bytes.Equal(leaf.RawIssuer, leaf.RawSubject) && leaf.CheckSignature(leaf.SignatureAlgorithm, leaf.RawTBSCertificate, leaf.Signature) == nil:
		faults = append(faults, checks.CertificateFault{Kind: "self-signed", Detail: "a certificate that is signed by itself"})
	default:
		faults = append(faults, checks.CertificateFault{Kind: "unknown-authority", Detail: "a certificate signed by an authority that is not trusted"})
	}
	return faults
}
