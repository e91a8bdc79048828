// Package probe holds what live checks share, so that several of them cost one request.
package probe

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"sync"

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
	return answer(p, checks.Request{Path: MissingPath(p.Site().URL())})
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

// MaxFailures is how many questions a site may leave open before it is asked for no more well-known addresses.
const MaxFailures = 2

// Alone is how many well-known addresses are asked for one by one, so that a site that pushes back is asked for no more;
// AtOnce is how many of those after them are asked for together, so that a slow site costs one wait for them all.
const (
	Alone  = MaxFailures
	AtOnce = 4
)

// Ahead sends the requests that begin at the n-th, where a group of them begins. Each answer is remembered, also a failure,
// for the check that asks for it.
func Ahead(p *checks.Pass, requests []checks.Request, n int) {
	if n < Alone || (n-Alone)%AtOnce != 0 {
		return
	}
	var wait sync.WaitGroup
	for _, r := range requests[n:min(n+AtOnce, len(requests))] {
		wait.Go(func() { _, _ = p.Site().Do(p.Context(), r) })
	}
	wait.Wait()
}

// Served asks for a path that a site should not serve, and reports whether something of its own is there: a 200 that is
// not what the site answers for a path it does not have. The error is a Problem where that could not be told.
func Served(p *checks.Pass, path string, header http.Header) (x *checks.Exchange, served bool, err error) {
	x, err = answer(p, checks.Request{Path: path, Header: header})
	if err != nil {
		return nil, false, err
	}
	untold := &checks.Problem{Op: "look for " + path + " on", Where: x.URL, Expected: "the file, or that it is missing",
		Actual: "status " + strconv.Itoa(x.Status), Retry: checks.RetrySafe}
	if x.Status >= 300 && x.Status < 400 && toOtherScheme(x) {
		untold.Actual, untold.Retry = "a redirect back and forth between http and https", checks.RetryUseless
		return x, false, untold
	}
	if s := x.Status; s == http.StatusTooManyRequests || s == http.StatusServiceUnavailable {
		return x, false, untold
	}
	if x.Status != http.StatusOK && x.Status < 500 {
		return x, false, nil
	}
	missing, err := Missing(p)
	alike := err == nil && missing.Status == x.Status
	switch {
	case x.Status >= 500 && !alike:
		return x, false, untold
	case x.Status >= 500 || alike && bytes.Equal(missing.Body, x.Body):
		return x, false, nil // what it answers for every path
	case x.Doubt != nil:
		return x, false, x.Doubt
	}
	return x, true, nil
}
