package formats

import (
	"bytes"
	"encoding/base64"
)

// KubernetesSecrets reads what manifests of kind Secret hold under data, in base64.
func KubernetesSecrets(data []byte) []Value {
	var found []Value
	var document manifest
	lines(data, func(line []byte, start int) {
		if bytes.HasPrefix(line, []byte("---")) {
			found = append(found, document.values()...)
			document = manifest{}
			return
		}
		document.read(line, start)
	})
	return append(found, document.values()...)
}

// manifest is one YAML document, as far as it was read.
type manifest struct {
	secret  bool
	inside  bool   // of data
	depth   int    // of the line that opened data
	block   []byte // the key whose value stands on the next line, as a block scalar
	entries []Value
}

const maxEntries = 1000

func (m *manifest) read(line []byte, start int) {
	text := bytes.TrimSpace(line)
	if len(text) == 0 || text[0] == '#' {
		return
	}
	indent := bytes.Index(line, text)
	key, value, ok := bytes.Cut(text, []byte(":"))
	value = bytes.TrimSpace(value)
	if m.block != nil {
		m.entry(m.block, text, start+indent)
		m.block = nil
		return
	}
	switch {
	case !ok:
	case m.inside && indent > m.depth && len(value) > 0 && len(value) < 3 && (value[0] == '|' || value[0] == '>'):
		m.block = key
	case m.inside && indent > m.depth:
		m.entry(key, value, start+indent+bytes.LastIndex(text, value))
	case bytes.Equal(key, []byte("data")) && len(value) == 0:
		m.inside, m.depth = true, indent
	default:
		m.inside = false
		if kind := bytes.Trim(value, "\"'"); bytes.Equal(bytes.Trim(key, "\"'"), []byte("kind")) && bytes.EqualFold(kind, []byte("Secret")) {
			m.secret = true
		}
	}
}

// entry keeps a value that is base64 of something, a public certificate apart.
func (m *manifest) entry(key, value []byte, start int) {
	inner := bytes.Trim(value, "\"'")
	if len(value) != len(inner) {
		start++
	}
	plain := make([]byte, base64.StdEncoding.DecodedLen(len(inner)))
	n, err := base64.StdEncoding.Decode(plain, inner)
	const least = 4
	if err != nil || len(bytes.TrimSpace(plain[:n])) < least || bytes.Contains(plain[:n], []byte("BEGIN CERTIFICATE")) || bytes.Contains(plain[:n], []byte("{{")) || len(m.entries) == maxEntries {
		return
	}
	m.entries = append(m.entries, Value{Kind: Key, Name: string(bytes.Trim(key, "\"'")), Start: start, End: start + len(inner)})
}

func (m *manifest) values() []Value {
	if !m.secret {
		return nil
	}
	return m.entries
}
