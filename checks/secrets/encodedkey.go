package secrets

import (
	"bytes"
	"encoding/base64"
)

// encodedAnchor is base64 of "-----BEGIN " without what depends on the bytes behind it: a PEM block inside
// Kubernetes' Secrets and kubeconfigs, and CI variables.
const encodedAnchor = "LS0tLS1CRUdJTi"

const maxEncoded = 4096 // base64 characters that are decoded: enough for a header and the start of a key

// encodedKeyAt reads the PEM block whose base64 begins at data[start:].
func encodedKeyAt(data []byte, start, end int) (keyBlock, bool) {
	if start > 0 && isBase64Byte(data[start-1]) && data[start-1] != '=' {
		return keyBlock{}, false // inside other base64 text
	}
	to := start
	for to < len(data) && to-start < maxEncoded && isBase64Byte(data[to]) {
		to++
	}
	text := bytes.TrimRight(data[start:to], "=")
	raw := make([]byte, base64.RawStdEncoding.DecodedLen(len(text)))
	n, err := base64.RawStdEncoding.Decode(raw, text[:len(text)/4*4])
	if err != nil {
		return keyBlock{}, false
	}
	raw = raw[:n]
	for _, anchor := range keyAnchors {
		if at := bytes.Index(raw, []byte(anchor)); at >= 0 {
			k, ok := keyAt(raw, at, at+len(anchor))
			k.span = span{start, end}
			return k, ok
		}
	}
	return keyBlock{}, false
}
