// Package canary proves what a site's logs hold: it sends requests with a marker in each channel, follows the logs while
// it does, and tells which markers arrived there, in which form, and on which lines.
package canary

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"strings"
)

// Every marker begins with these words, so that whoever meets one in a log knows what it is, and with the run's own
// letters, by which all of a run are found again.
const (
	markerWord   = "audittest"
	runLetters   = 9 // 43 bits: nobody guesses a run's markers before they are sent
	ownLetters   = 6
	markerLength = len(markerWord) + runLetters + ownLetters
)

// alphabet are the letters and digits whose ASCII codes have no letter in hexadecimal: no encoding of a marker depends on
// whether it writes hexadecimal digits in upper or lower case.
const alphabet = "0123456789abcdefghipqrstuvwxy"

// Marker is what was sent in one channel of one request. It is letters and digits, so no server has reason to change it.
type Marker struct {
	Channel Channel
	Request *Request // the first that carries it
	Text    string
}

// Channel is where in a request a marker stands.
type Channel string

// markers makes the markers of a run.
type markers struct {
	run  string // what all of them begin with
	list []*Marker
	used map[string]bool
}

func newMarkers() *markers {
	return &markers{run: markerWord + letters(runLetters), used: map[string]bool{}}
}

// letters are random ones of the alphabet.
func letters(count int) string {
	var out strings.Builder
	for buf := make([]byte, 1); out.Len() < count; {
		rand.Read(buf)
		if n := int(buf[0] >> 3); n < len(alphabet) { // 32 values, of which three are thrown away
			out.WriteByte(alphabet[n])
		}
	}
	return out.String()
}

// add makes a marker that no other begins with.
func (m *markers) add(c Channel, r *Request) *Marker {
	own := letters(ownLetters)
	for m.used[own] {
		own = letters(ownLetters)
	}
	m.used[own] = true
	out := &Marker{Channel: c, Request: r, Text: m.run + own}
	m.list = append(m.list, out)
	return out
}

// spoofedAddress is an address that no client has: a random one of the documentation's (RFC 3849), written as RFC 5952
// asks, so that every program writes it alike.
func spoofedAddress() string {
	raw := [16]byte{0x20, 0x01, 0x0d, 0xb8}
	rand.Read(raw[4:])
	for i := 4; i < len(raw); i += 2 {
		raw[i] |= 0x10 // no group is zero or begins with one
	}
	return netip.AddrFrom16(raw).String()
}

func (m *Marker) String() string { return fmt.Sprintf("%s (%s)", m.Text, m.Channel) }
