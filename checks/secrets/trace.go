package secrets

import (
	"bytes"

	"hardcheck/checks"
)

// trace is what a secret looks like in the bytes of the file that holds it, by which earlier versions are searched.
type trace struct {
	text string // "" where the file's own bytes do not show it: inside a container
	up   int    // lines from the text back to where the finding stands
}

const (
	maxTrace = 64 << 10 // bytes
	keyTrace = 32       // characters of a private key that tell it from others
)

// trace is what the finding at data[at.start:at.end] looks like in the file.
func (t *text) trace(f *checks.Finding, at span) trace {
	if t.raw == nil {
		return trace{}
	}
	raw := t.raw(at.start, at.end)
	if t.encodings == 0 && !bytes.Contains(raw, []byte(f.ContentKey)) && len(f.ContentKey) >= 2*keyTrace {
		return t.keyTrace(f.ContentKey, at)
	}
	if len(raw) > maxTrace {
		return trace{}
	}
	return trace{text: string(raw), up: -t.linesBefore(at.start)}
}

// keyTrace is a part of a private key's body that stands in one line. The beginning is alike in all keys of a kind.
func (t *text) keyTrace(body string, at span) trace {
	after := t.data[at.start:min(len(t.data), at.start+lookahead)]
	for i := len(body) / 2; i+keyTrace <= len(body) && i < len(body)/2+4*keyTrace; i += keyTrace / 4 {
		if j := bytes.Index(after, []byte(body[i:i+keyTrace])); j >= 0 {
			return trace{text: body[i : i+keyTrace], up: bytes.Count(after[:j], []byte{'\n'})}
		}
	}
	return trace{}
}
