package target

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"time"

	"hardcheck/checks"
)

// raw opens a connection of its own to the base's host, writes the bytes and reads what comes back. Raw
// connections follow each other with a gap between them.
func (w *liveWire) raw(ctx context.Context, r checks.RawRequest) (*checks.RawExchange, error) {
	w.rawMu.Lock()
	defer w.rawMu.Unlock()
	where := w.site.base.String()
	if err := w.waitGap(ctx); err != nil {
		return nil, err
	}
	if err := w.site.sent.spend(where); err != nil {
		return nil, err
	}
	defer func() { w.lastRaw = time.Now() }()
	conn, err := w.connect(ctx)
	if err != nil {
		return nil, explain(ctx, where, err, w.site.bounds)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) }) // unblocks every call
	defer stop()
	if r.Body != nil {
		narrow(conn)
	}
	out, err := converse(ctx, conn, w.fill(r.Data), r, w.site.bounds.Header)
	switch {
	case ctx.Err() != nil:
		return nil, interrupted(where)
	case err != nil:
		return nil, explain(ctx, where, err, w.site.bounds)
	}
	return out, nil
}

func (w *liveWire) waitGap(ctx context.Context) error {
	timer := time.NewTimer(time.Until(w.lastRaw.Add(w.site.bounds.Gap)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return interrupted(w.site.base.String())
	}
}

// connect dials the base's host, with TLS where the base's scheme is https.
func (w *liveWire) connect(ctx context.Context) (net.Conn, error) {
	conn, err := w.dial(ctx, "tcp", hostPort(w.site.base))
	if err != nil || w.site.base.Scheme != "https" {
		return conn, err
	}
	config := w.tls.Clone()
	config.ServerName, config.NextProtos = w.site.base.Hostname(), []string{"http/1.1"}
	ctx, cancel := context.WithTimeout(ctx, w.site.bounds.Handshake)
	defer cancel()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// fill puts the host and the site's own header lines into the bytes of a raw request, but for those that the request
// has of its own.
func (w *liveWire) fill(data string) string {
	var b strings.Builder
	has := func(name string) bool {
		return strings.Contains(data, "\n"+name+": ") || strings.Contains(data, "{headers}"+name+": ")
	}
	if w.own.Get("User-Agent") == "" && !has("User-Agent") {
		b.WriteString("User-Agent: " + w.agent + "\r\n")
	}
	names := make([]string, 0, len(w.own))
	for name := range w.own {
		if !has(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		for _, v := range w.own[name] {
			b.WriteString(name + ": " + v + "\r\n")
		}
	}
	return strings.NewReplacer("{host}", w.site.base.Host, "{headers}", b.String()).Replace(data)
}
