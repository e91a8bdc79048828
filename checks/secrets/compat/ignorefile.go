package compat

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// Bounds of a .gitleaksignore and of a list of paths.
const (
	MaxIgnoreSize = 16 << 20
	maxLineSize   = 8 << 10
)

// IgnoreEntry is a fingerprint of a .gitleaksignore: commit:file:rule:line or file:rule:line.
//
// The file and the line are all that it says of the secret: another secret on the same line, by the same rule, is set
// aside too. An entry with a commit holds in that commit alone, so that its content cannot change. A comment made by
// PinComment on the line above names the secret: such an entry holds for it alone, wherever it is in the file.
type IgnoreEntry struct {
	Commit, Path, Rule string
	Line               int
	Place              string // file:line of the entry itself
	Pin                string // hex digits that the SHA-256 of the secret begins with; "" for none
}

// Ignores are the entries of a .gitleaksignore. Problems tells of lines that are no fingerprint.
type Ignores struct {
	Entries  []IgnoreEntry
	Problems []checks.Problem

	byPath map[string][]int
}

const pinPrefix = "# secret sha256:"

// minPin is how many digits a pin needs to tell secrets apart.
const minPin = 16

// PinComment is the line for above an entry of a .gitleaksignore that makes it hold for that secret alone. gitleaks
// reads it as a comment.
func PinComment(secret string) string { return pinPrefix + digest(secret)[:minPin] }

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// LoadIgnores reads a .gitleaksignore; file is how problems name it.
func LoadIgnores(file string, data []byte) (*Ignores, error) {
	if len(data) > MaxIgnoreSize {
		return nil, tooLarge("read the ignored fingerprints", file, len(data), MaxIgnoreSize)
	}
	list := &Ignores{byPath: map[string][]int{}}
	pin, number := "", 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			pin = pinOf(line)
			continue
		}
		e, ok := parseFingerprint(line)
		if !ok {
			list.Problems = append(list.Problems, checks.Problem{Op: "read the ignored fingerprints", Expected: "commit:file:rule:line or file:rule:line",
				Actual: shorten(line), Retry: checks.RetryUseless, Where: place(file, number, 0)})
			continue
		}
		e.Place, e.Pin, pin = place(file, number, 0), pin, ""
		list.byPath[e.Path] = append(list.byPath[e.Path], len(list.Entries))
		list.Entries = append(list.Entries, e)
	}
	return list, nil
}

func tooLarge(op, file string, size, most int) error {
	return &checks.Problem{Op: op, Expected: "at most " + checks.FormatSize(int64(most)), Actual: fmt.Sprintf("%d bytes", size),
		Retry: checks.RetryUseless, Where: file}
}

func pinOf(line string) string {
	pin, ok := strings.CutPrefix(line, pinPrefix)
	if !ok || len(pin) < minPin || !isHex(pin) {
		return ""
	}
	return strings.ToLower(pin)
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return s != ""
}

// parseFingerprint reads from the end: a path may hold colons, as in C:\x.
func parseFingerprint(line string) (e IgnoreEntry, ok bool) {
	if len(line) > maxLineSize {
		return e, false
	}
	rest, number, ok := cutLast(line)
	if !ok {
		return e, false
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 {
		return e, false
	}
	if rest, e.Rule, ok = cutLast(rest); !ok {
		return e, false
	}
	const shortCommit, longCommit = 7, 64
	if commit, path, found := strings.Cut(rest, ":"); found && isHex(commit) && len(commit) >= shortCommit && len(commit) <= longCommit {
		e.Commit, rest = strings.ToLower(commit), path
	}
	e.Path, e.Line = slashed(rest), n
	return e, e.Path != "" && e.Rule != ""
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// slashed is the path with slashes, without a leading "./".
func slashed(path string) string {
	return strings.TrimPrefix(strings.ReplaceAll(path, `\`, "/"), "./")
}

// Covers returns the entry that sets a finding aside, and why.
func (l *Ignores) Covers(f Finding) (e *IgnoreEntry, reason string, ok bool) {
	for _, i := range l.byPath[f.Path] {
		e := &l.Entries[i]
		if !sameRule(e.Rule, f.Rule) || e.Commit != "" && (f.Commit == "" || !strings.HasPrefix(f.Commit, e.Commit)) {
			continue
		}
		if e.Pin != "" {
			if strings.HasPrefix(digest(f.Secret), e.Pin) {
				return e, "ignored at " + e.Place + ", by its secret", true
			}
			continue
		}
		if e.Line == f.Line {
			return e, "ignored at " + e.Place + ", by its line alone", true
		}
	}
	return nil, "", false
}
