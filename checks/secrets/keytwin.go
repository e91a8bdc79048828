package secrets

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"slices"

	"hardcheck/checks"
)

// twin is a public half that stands in the tree: what a leaked private key opens.
type twin struct{ print, what, path string }

// publicFiles are the endings of files that hold certificates and public keys.
var publicFiles = []string{".pem", ".crt", ".cer", ".cert", ".pub", ".key", ".bundle"}

// maxCertificates bounds what is read of one bundle.
const maxCertificates = 256

// publicHalves reads the certificates and public keys of a file that is made to hold them.
func publicHalves(t *text) []twin {
	if t.binary || !slices.Contains(publicFiles, t.Ext()) && t.Name() != "authorized_keys" {
		return nil
	}
	var found []twin
	rest := t.data
	for range maxCertificates {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		switch block.Type {
		case "CERTIFICATE":
			if c, err := x509.ParseCertificate(block.Bytes); err == nil {
				found = append(found, twin{print: fingerprint(c.RawSubjectPublicKeyInfo), what: "the certificate of " + printable(cut(c.Subject.CommonName, 64)), path: t.Path})
			}
		case "PUBLIC KEY":
			found = append(found, twin{print: fingerprint(block.Bytes), what: "its public key", path: t.Path})
		}
	}
	for line := range bytes.Lines(t.data) {
		fields := bytes.Fields(line[:min(len(line), 16<<10)])
		if len(fields) < 2 || len(found) >= maxCertificates || !bytes.HasPrefix(fields[0], []byte("ssh-")) && !bytes.HasPrefix(fields[0], []byte("ecdsa-")) {
			continue
		}
		if raw := decodeAll(string(fields[1])); raw != nil {
			found = append(found, twin{print: fingerprint(raw), what: "its public key", path: t.Path})
		}
	}
	return found
}

// keyFile keeps a file's private keys until the tree has shown which certificates they belong to.
func keyFile(p *checks.Pass, f *checks.File) error {
	if f.Whole {
		for _, half := range publicHalves(ownText(f)) {
			p.Keep(f.Path, half)
		}
	}
	return eachFinding(p, f, func(finding checks.Finding) { p.Keep(f.Path, finding) })
}

// keyTree reports the keys, each with what it opens where the tree tells.
func keyTree(p *checks.Pass) error {
	twins := map[string]twin{}
	for _, v := range p.Kept() {
		if half, ok := v.(twin); ok && twins[half.print].print == "" {
			twins[half.print] = half
		}
	}
	for _, v := range p.Kept() {
		finding, ok := v.(checks.Finding)
		if !ok {
			continue
		}
		if half, ok := twins[printOf(finding.ContentKey)]; ok {
			finding.Message += "; " + half.what + " is " + printable(half.path)
		}
		p.Fail(finding)
	}
	return nil
}

// printOf is the fingerprint of the public half of a key's body; "none" where it does not tell.
func printOf(body string) string {
	der := decodeAll(body)
	half, ok := parseDER(der)
	if !ok {
		half, ok = parseOpenSSH(der)
	}
	if !ok || half.print == "" {
		return "none"
	}
	return half.print
}
