// Package formats reads the files whose own structure, not a name beside a value, says what is a credential.
//
// Each reader takes a whole text, or the part of one that a window shows, and needs time linear in its length.
package formats

import "bytes"

// Kind is what a credential is.
type Kind int

// Kinds.
const (
	Password Kind = iota
	Hash          // of a password
	Key
)

// Value is a credential found. Start and End bound it in the text.
type Value struct {
	Kind       Kind
	Name       string // whose it is, or the field's
	Start, End int
	Count      int // of the like in the same statement, this one included; 0 counts as one
}

// lines calls each with every line, without its end, and where it begins.
func lines(data []byte, each func(line []byte, start int)) {
	at := 0
	for line := range bytes.Lines(data) {
		each(bytes.TrimRight(line, "\r\n"), at)
		at += len(line)
	}
}
