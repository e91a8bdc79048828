package target

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/rawhttp"
)

const (
	maxRaw = 64 << 10 // bytes kept of a raw answer
	// writeBuffer is what the kernel may hold of a body that was written and not sent, in bytes: little, so that what
	// counts as written has left.
	writeBuffer = 16 << 10
	closing     = 100 * time.Millisecond // for the peer to close after a whole answer
)

// narrow keeps the kernel from taking much of a body at once.
func narrow(conn net.Conn) {
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(writeBuffer) // a system that does not obey sends a little more
	}
}

// conversation writes a request and reads the answer at the same time: a server may refuse a body before its end.
type conversation struct {
	conn  net.Conn
	then  time.Duration
	final chan struct{} // closed when a final answer began, or nothing can come any more
	ended chan struct{} // closed when reading ended

	mu      sync.Mutex
	heard   bool // something came
	begun   bool // a final answer, or the end
	written bool // all that is to be written
	out     checks.RawExchange
}

// converse has one conversation. The error is one of writing the head.
func converse(ctx context.Context, conn net.Conn, head string, r checks.RawRequest, patience time.Duration) (*checks.RawExchange, error) {
	c := &conversation{conn: conn, then: r.Then, final: make(chan struct{}), ended: make(chan struct{})}
	conn.SetWriteDeadline(time.Now().Add(patience))
	n, err := io.WriteString(conn, head)
	if err != nil && isTimeout(err) {
		return nil, err
	}
	go c.read()
	sent, pieces := 0, 0
	for _, piece := range r.Body {
		if c.over(ctx, 0) {
			break
		}
		conn.SetWriteDeadline(time.Now().Add(patience))
		pieces++
		n, err := io.WriteString(conn, piece.Data)
		if sent += n; err != nil || c.over(ctx, piece.Wait) {
			break
		}
	}
	c.settle(r.First, len(r.Body) > 0)
	<-c.ended
	c.out.Sent, c.out.Pieces, c.out.Body = n+sent, pieces, sent
	return &c.out, nil
}

// over waits, and reports whether there is nothing more to write for.
func (c *conversation) over(ctx context.Context, wait time.Duration) bool {
	if wait <= 0 {
		select {
		case <-c.final:
			return true
		default:
			return ctx.Err() != nil
		}
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-c.final:
		return true
	case <-ctx.Done():
		return true
	case <-timer.C:
		return false
	}
}

// settle bounds the wait once everything is written.
func (c *conversation) settle(first time.Duration, body bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.written = true
	switch {
	case c.begun: // the bound is set
	case c.heard && !body:
		c.conn.SetReadDeadline(time.Now().Add(c.then))
	default:
		c.heard = body // a 1xx answer to a body that is all there says nothing: the wait stays
		c.conn.SetReadDeadline(time.Now().Add(first))
	}
}

// read reads until the peer closes, nothing more comes in time, or the bound is reached.
func (c *conversation) read() {
	defer close(c.ended)
	defer c.begin()
	buf, whole := make([]byte, 4096), false
	for len(c.out.Data) < maxRaw {
		n, err := c.conn.Read(buf)
		c.out.Data = append(c.out.Data, buf[:min(n, maxRaw-len(c.out.Data))]...)
		if err != nil {
			c.out.Closed = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)
			return
		}
		answer := rawhttp.Read(c.out.Data)
		if answer.Final() {
			c.begin()
		} else {
			c.hear()
		}
		if answer.Whole && !whole {
			whole = true
			c.conn.SetReadDeadline(time.Now().Add(closing))
		}
	}
}

// hear notes that something came. Once everything is written, the rest has to come in time: an endless answer ends too.
func (c *conversation) hear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.heard && c.written {
		c.conn.SetReadDeadline(time.Now().Add(c.then))
	}
	c.heard = true
}

// begin ends the writing, and bounds the wait for the rest of the answer.
func (c *conversation) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.begun {
		return
	}
	c.begun = true
	c.conn.SetReadDeadline(time.Now().Add(c.then))
	c.conn.SetWriteDeadline(time.Now())
	close(c.final)
}
