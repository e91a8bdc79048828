package target

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
)

// take waits for a place and for the host's turn, and sends.
func (o *Outbound) take(ctx context.Context, u *url.URL, r checks.OutboundRequest) (*checks.OutboundResponse, error) {
	select {
	case o.slots <- struct{}{}:
		defer func() { <-o.slots }()
	case <-ctx.Done():
		return nil, unsent(u, "the run was interrupted", checks.RetrySafe)
	}
	if err := o.turn(ctx, u); err != nil {
		return nil, err
	}
	response, err := o.once(ctx, u, r)
	o.heed(u, response, err)
	if err != nil {
		return nil, o.explain(ctx, u, err)
	}
	return response, nil
}

// turn takes one request of the budget and waits until the host may be asked.
func (o *Outbound) turn(ctx context.Context, u *url.URL) error {
	wait, err := o.reserve(u)
	if err != nil {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return unsent(u, "the run was interrupted", checks.RetrySafe)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.refusal(u) // what another request learnt meanwhile
}

func (o *Outbound) reserve(u *url.URL) (time.Duration, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.refusal(u); err != nil {
		return 0, err
	}
	if o.left == 0 {
		return 0, &checks.Problem{Op: "ask providers", Expected: "at most " + strconv.Itoa(o.bounds.Requests) + " requests in a run",
			Actual: "more tokens than that; those left were not asked about", Retry: checks.RetryUseless}
	}
	o.left--
	host, now := o.hosts[u.Host], time.Now()
	at := host.next
	if at.Before(now) {
		at = now
	}
	host.next = at.Add(o.bounds.Gap)
	return at.Sub(now), nil
}

// refusal says why the host is not asked any more; o.mu is held.
func (o *Outbound) refusal(u *url.URL) error {
	if o.hosts[u.Host] == nil {
		o.hosts[u.Host] = &outboundHost{}
	}
	if why := o.hosts[u.Host].stopped; why != "" {
		return unsent(u, why, checks.RetrySafe)
	}
	return nil
}

// heed stops asking a host that says it is asked too much, or says nothing.
func (o *Outbound) heed(u *url.URL, response *checks.OutboundResponse, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	host := o.hosts[u.Host]
	switch {
	case err != nil && isTimeout(err):
		if host.silent++; host.silent >= o.bounds.Silent {
			host.stopped = "silence before: it is not asked again in this run"
		}
	case err == nil:
		host.silent = 0
		if response.Status == http.StatusTooManyRequests || response.Status == http.StatusServiceUnavailable {
			host.stopped = "status " + strconv.Itoa(response.Status) + ": it is not asked again in this run"
		}
	}
}

func (o *Outbound) once(ctx context.Context, u *url.URL, r checks.OutboundRequest) (*checks.OutboundResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, o.bounds.Total)
	defer cancel()
	var body io.Reader
	if r.Body != "" {
		body = strings.NewReader(r.Body)
	}
	req, err := http.NewRequestWithContext(ctx, r.Method, u.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	addHeaders(req.Header, r.Header)
	req.Header.Set("User-Agent", o.agent)
	resp, err := o.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	out := &checks.OutboundResponse{Status: resp.StatusCode, Header: resp.Header}
	if resp.StatusCode == http.StatusSwitchingProtocols { // its body is the connection, which never ends
		return out, nil
	}
	out.Body, err = io.ReadAll(io.LimitReader(resp.Body, int64(o.bounds.Body)))
	if err != nil {
		return nil, bodyError{err}
	}
	return out, nil
}

// explain says what kept the host from answering. Text that the host could have chosen is left out: it may repeat the
// secret it was sent.
func (o *Outbound) explain(ctx context.Context, u *url.URL, err error) error {
	p := unsent(u, "an answer that is not HTTP, or broke off", checks.RetrySafe)
	var private privateError
	switch {
	case ctx.Err() != nil:
		p.Actual = "the run was interrupted"
	case errors.As(err, &private):
		p.Actual, p.Retry = "a private address; name it with --resolve if it is meant", checks.RetryUseless
	case explainTLS(p, err), explainConnect(p, err, SiteBounds{Connect: o.bounds.Total}):
	case isTimeout(err):
		p.Actual = "silence for " + o.bounds.Total.String()
	}
	p.Blind = false
	return p
}

// publicDial connects to where the user said that a host is, or to a public address that the name service gives.
func publicDial(resolve map[string]string, timeout time.Duration) func(context.Context, string, string) (net.Conn, error) {
	named := net.Dialer{Timeout: timeout}
	public := net.Dialer{Timeout: timeout, Control: refusePrivate}
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		if to, ok := resolve[strings.ToLower(addr)]; ok {
			return named.DialContext(ctx, network, to)
		}
		return public.DialContext(ctx, network, addr)
	}
}
