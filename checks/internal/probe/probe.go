// Package probe holds what live checks share, so that several of them cost one request.
package probe

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/url"
	"path"

	"hardcheck/checks"
)

// MissingPath is a path beside the site's own that no site has. It is made from the host, so that a report can be
// reproduced. It is escaped as in a request line.
func MissingPath(u *url.URL) string {
	sum := sha256.Sum256([]byte("hardcheck " + u.Host))
	return path.Join(path.Dir("/"+u.EscapedPath()), "hardcheck-"+hex.EncodeToString(sum[:6]))
}

// Missing is the site's answer for the path that it does not have.
func Missing(p *checks.Pass) (*checks.Exchange, error) {
	return p.Site().Do(p.Context(), checks.Request{Path: MissingPath(p.Site().URL())})
}

// Blind reports what could not be looked at, so that the verdict is "could not tell" and the check goes on. An
// error that is no Problem is returned.
func Blind(p *checks.Pass, err error) error {
	var problem *checks.Problem
	if !errors.As(err, &problem) {
		return err
	}
	p.Problem(*problem.AsBlind())
	return nil
}
