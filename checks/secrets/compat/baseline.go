package compat

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strings"

	"hardcheck/checks"
)

// MaxBaselineSize bounds a baseline.
const MaxBaselineSize = 64 << 20

// Baseline is a report of known findings. Where it holds the secret or its hash, it covers the secret wherever it has
// moved, and no other one; where it holds neither it covers the place, and says so.
type Baseline struct {
	Format string // whose report it is

	secrets map[string]*known   // by SHA-256
	hashes  map[string][]*known // by SHA-1, as detect-secrets writes them
	places  map[string][]*known // by path
	rooted  map[string][]*known // by the last part of a path that begins at the root of a disk
}

// known is a finding of a baseline.
type known struct {
	path, rule, commit string
	line               int
	secret             string // what it holds of the secret; "" for nothing
	whole              bool   // secret is all of it
}

// minMoving is the length from which a secret is itself wherever it is. A shorter value may be somewhere by chance.
const minMoving = 12

// LoadBaseline reads the JSON report of gitleaks or betterleaks, the JSON lines of trufflehog, or the baseline of
// detect-secrets.
func LoadBaseline(data []byte) (*Baseline, error) {
	if len(data) > MaxBaselineSize {
		return nil, tooLarge("read the baseline", "", len(data), MaxBaselineSize)
	}
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	b := &Baseline{secrets: map[string]*known{}, hashes: map[string][]*known{},
		places: map[string][]*known{}, rooted: map[string][]*known{}}
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("[")):
		b.Format, err = "gitleaks", b.readGitleaks(data)
	case isDetectSecrets(data):
		b.Format, err = "detect-secrets", b.readDetectSecrets(data)
	case bytes.HasPrefix(data, []byte("{")):
		b.Format, err = "trufflehog", b.readTrufflehog(data)
	default:
		err = notBaseline("neither a JSON list nor JSON objects")
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

func notBaseline(actual string) error {
	return &checks.Problem{Op: "read the baseline", Expected: "a JSON report of gitleaks, betterleaks or trufflehog, or a baseline of detect-secrets",
		Actual: actual, Retry: checks.RetryUseless}
}

func (b *Baseline) add(k *known) {
	k.path = slashed(k.path)
	if k.whole {
		b.secrets[digest(k.secret)] = k
	}
	if strings.HasPrefix(k.path, "/") || len(k.path) > 1 && k.path[1] == ':' {
		name := path.Base(k.path)
		b.rooted[name] = append(b.rooted[name], k)
		return
	}
	b.places[k.path] = append(b.places[k.path], k)
}

// Covers reports whether the baseline knows a finding, and why.
func (b *Baseline) Covers(f Finding) (reason string, ok bool) {
	if f.Secret != "" {
		if k := b.secrets[digest(f.Secret)]; k != nil && (len(f.Secret) >= minMoving || b.at(f.Path, f.Secret)) {
			return b.reason("this secret", k), true
		}
		sum := sha1.Sum([]byte(f.Secret))
		for _, k := range b.hashes[hex.EncodeToString(sum[:])] {
			if len(f.Secret) >= minMoving || k.path == f.Path {
				return b.reason("this secret", k), true
			}
		}
	}
	for _, list := range [][]*known{b.places[f.Path], b.rooted[path.Base(f.Path)]} {
		i := slices.IndexFunc(list, func(k *known) bool { return k.samePath(f.Path) && k.covers(f) })
		if i >= 0 && list[i].secret == "" {
			return b.reason("a finding, told by its line alone,", list[i]), true
		}
		if i >= 0 {
			return b.reason("this secret, or a part of it,", list[i]), true
		}
	}
	return "", false
}

// at reports whether the path has that secret in the baseline.
func (b *Baseline) at(file, secret string) bool {
	known := func(k *known) bool { return k.secret == secret && k.samePath(file) }
	return slices.ContainsFunc(b.places[file], known) || slices.ContainsFunc(b.rooted[path.Base(file)], known)
}

func (b *Baseline) reason(what string, k *known) string {
	at := k.path
	if k.line > 0 {
		at = place(k.path, k.line, 0)
	}
	return fmt.Sprintf("the baseline of %s knows %s at %s", b.Format, what, at)
}

func (k *known) samePath(path string) bool {
	return k.path == path || path != "" && strings.HasSuffix(k.path, "/"+path)
}

// covers judges a finding in the same file: of two scanners one may take more for the secret than the other, and a
// report may hold no secret, or its beginning.
func (k *known) covers(f Finding) bool {
	if k.whole {
		const part = 8
		return len(f.Secret) >= part && strings.Contains(k.secret, f.Secret) || len(k.secret) >= part && strings.Contains(f.Secret, k.secret)
	}
	return k.line == f.Line && (k.rule == "" || sameRule(k.rule, f.Rule)) && strings.HasPrefix(f.Secret, k.secret) &&
		(k.commit == "" || f.Commit == "" || k.commit == f.Commit)
}
