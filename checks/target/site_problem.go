package target

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"
	"unicode"

	"hardcheck/checks"
)

// explain turns an error of the network into a problem: what failed, what was found, whether to try again.
func explain(ctx context.Context, where string, err error, b SiteBounds) *checks.Problem {
	p := &checks.Problem{Op: "fetch", Where: where, Expected: "an HTTP answer", Retry: checks.RetrySafe, Blind: true}
	var known *checks.Problem
	var body bodyError
	switch {
	case errors.As(err, &known):
		return known
	case ctx.Err() != nil:
		return interrupted(where)
	case explainTLS(p, err) || explainConnect(p, err, b):
		return p
	case errors.As(err, &body) && isTimeout(err):
		p.Expected, p.Actual = "a whole answer within "+b.Total.String(), "an answer that did not end in time"
	case isTimeout(err):
		p.Expected, p.Actual = "an answer within "+b.Header.String(), "silence"
	case strings.Contains(err.Error(), "response headers exceeded"), strings.Contains(err.Error(), "response header list larger"):
		p.Expected, p.Actual, p.Retry = "a header of at most "+checks.FormatSize(b.HeaderLen), "a longer one", checks.RetryUseless
	case strings.Contains(err.Error(), "readLoopPeekFailLocked"):
		p.Actual, p.Retry = "a server that speaks before it is asked: it may not speak HTTP", checks.RetryUseless
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		p.Actual = "a connection that closed before the answer was complete"
	default:
		p.Actual = printable(err.Error())
	}
	return p
}

// printable is a text that may quote the server, short and without control and direction-changing characters.
func printable(text string) string {
	return clip(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.ToValidUTF8(text, "")), 300)
}

func interrupted(where string) *checks.Problem {
	return &checks.Problem{Op: "fetch", Where: where, Expected: "an answer", Actual: "the run was interrupted",
		Retry: checks.RetrySafe, Blind: true}
}

func isTimeout(err error) bool {
	var t interface{ Timeout() bool }
	return errors.As(err, &t) && t.Timeout()
}

// explainConnect fills in a problem of reaching the host at all.
func explainConnect(p *checks.Problem, err error, b SiteBounds) bool {
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.As(err, &dns):
		p.Op, p.Expected, p.Actual = "look up", "an address of the host", "the name service says: "+dns.Err
		if dns.IsNotFound {
			p.Retry = checks.RetryUseless
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		p.Op, p.Expected, p.Actual = checks.OpConnect, "a server that listens there", checks.Refused
	case errors.As(err, &op) && op.Op == "dial" && op.Timeout():
		p.Op, p.Expected, p.Actual = checks.OpConnect, "a connection within "+b.Connect.String(), "silence: a firewall may drop packets"
	case errors.As(err, &op) && op.Op == "dial":
		p.Op, p.Expected, p.Actual = checks.OpConnect, "a connection", op.Err.Error()
	default:
		return false
	}
	return true
}

// explainTLS fills in a problem of the handshake, with the exact reason a certificate was not accepted.
func explainTLS(p *checks.Problem, err error) bool {
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var alert tls.AlertError
	expected, actual := "a certificate that is valid for the host", ""
	switch {
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		actual = validity(invalid.Cert)
	case errors.As(err, &invalid):
		actual = "an invalid certificate: " + printable(invalid.Error())
	case errors.As(err, &host):
		actual = "a certificate for " + certificateNames(host.Certificate)
	case errors.As(err, &authority):
		actual = "a certificate signed by an unknown authority: pass --cacert FILE if you trust it"
	case errors.As(err, &verify):
		actual = "a certificate that is not accepted: " + printable(verify.Err.Error())
	case errors.As(err, &record), strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		expected, actual = "TLS", "bytes that are not TLS: the port may speak plain http"
	case errors.As(err, &alert), strings.Contains(err.Error(), "remote error: tls:"):
		expected, actual = "a handshake that both sides accept", printable(err.Error())
	case strings.Contains(err.Error(), "TLS handshake timeout"):
		p.Op, p.Expected, p.Actual = "complete the TLS handshake with", "an answer in time", "silence"
		return true
	default:
		return false
	}
	p.Op, p.Expected, p.Actual, p.Retry = "complete the TLS handshake with", expected, actual, checks.RetryUseless
	return true
}

// validity says when a certificate that is out of its time is valid.
func validity(c *x509.Certificate) string {
	if c == nil {
		return "a certificate that is expired or not yet valid"
	}
	if time.Now().Before(c.NotBefore) {
		return "a certificate that is not valid before " + c.NotBefore.UTC().Format(time.DateOnly)
	}
	return "a certificate that expired on " + c.NotAfter.UTC().Format(time.DateOnly)
}

// certificateNames are the first names a certificate is for.
func certificateNames(c *x509.Certificate) string {
	names := append([]string(nil), c.DNSNames...)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	switch {
	case len(names) == 0:
		return "no host name"
	case len(names) > 3:
		names = append(names[:3], "others")
	}
	return printable(strings.Join(names, ", "))
}
