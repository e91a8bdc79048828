package prober

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
)

// landmarks are the usual limits at which a body that is being sent stops for an answer, in bytes.
var landmarks = []int64{10 << 10, 16 << 10, 32 << 10, 64 << 10, 100_000, 100 << 10, 128 << 10, 200 << 10, 250 << 10, 256 << 10, 500_000, 500 << 10, 512 << 10,
	1_000_000, 1 << 20, 1_500_000, 2_000_000, 2 << 20, 2621440, 3 << 20, 4 << 20, 5_000_000, 5 << 20, 8 << 20, 10_000_000, 10 << 20, 15 << 20}

const (
	// dripSize is more than the 256 KiB that Go's server reads of a body before it answers.
	dripSize = 272 << 10
	// judgedEarly: a server that looks at the declared size once a body begins does so within so many bytes.
	judgedEarly = 64 << 10
	likely      = 1 << 20 // the default of nginx, aiohttp, Fastify, hapi and koa
	steps       = 64      // into which a bracket is cut while a body is sent
)

// stopsBelow are the counts around each landmark: a byte less, as many, a byte more.
func stopsBelow(most int64) (out []int64) {
	for _, n := range landmarks {
		for _, at := range []int64{n - 1, n, n + 1} {
			if at <= most && (len(out) == 0 || at > out[len(out)-1]) {
				out = append(out, at)
			}
		}
	}
	return out
}

// dripped sends the first bytes of a body. Where the limit is known by declaration, a chunk of more is declared, of which
// one byte is sent.
func (s *search) dripped() error {
	b := s.out.Declared
	if b.Over > 0 {
		r, err := s.prober.do(ask{level: drip, path: s.path, kind: s.kind, chunked: true, first: b.Over})
		if err == nil && s.refuses(&r) {
			s.out.Chunked, s.out.chunkAnswer = chunksRefused, r
		}
		if err != nil || s.out.Chunked != "" || b.Over > dripSize {
			return err
		}
		return s.chunks(drip, b.Over, false)
	}
	return s.count(ask{level: drip, path: s.path, kind: s.kind, size: farAbove + 1, send: dripSize, stops: stopsBelow(dripSize)})
}

// count sends a body that does not end and looks for a refusal on the way.
func (s *search) count(a ask) error {
	r, err := s.prober.do(a)
	if err != nil {
		return err
	}
	return s.onTheWay(a, r)
}

// onTheWay reads a refusal that came before the end of the body: the server counts the bytes, or it looks at the declared
// size once the body begins.
func (s *search) onTheWay(a ask, r reply) error {
	if r.Final() && !s.refusesBody(&r) && !r.finished {
		s.out.early = &r
	}
	if !s.refusesBody(&r) || r.finished {
		return nil
	}
	if r.sent <= judgedEarly && r.sent+1 < a.size && !a.chunked {
		again := a
		again.size, again.send, again.stops, again.finish = r.sent+1, r.sent, []int64{r.sent}, false
		second, err := s.prober.do(again)
		if err != nil {
			return err
		}
		if !s.refusesBody(&second) {
			return s.judgedByDeclaration(a, r)
		}
	}
	s.out.Body, s.out.refusal, s.out.onTheWay = Bracket{r.passed, r.sent}, r, true
	for {
		if err := s.recount(a); err != nil || !s.out.Body.Exact() {
			return err
		}
		if sure, err := s.confirm(a); sure || err != nil {
			return err
		}
	}
}

// judgedByDeclaration finds the limit on declared sizes of a server that wants the first bytes before it answers.
func (s *search) judgedByDeclaration(a ask, r reply) error {
	s.out.dripSize = r.sent
	send := func(size int64) (reply, error) {
		n := min(r.sent, size)
		return s.prober.do(ask{level: a.level, path: s.path, kind: s.kind, size: size, send: n, stops: []int64{n}})
	}
	s.out.Declared = Bracket{max(controlSize, r.passed), a.size}
	s.out.refusal = r
	if a.size < wrapsBelow {
		s.out.Declared.Over = 0
		if err := s.try(wrapsBelow, send); err != nil {
			return err
		}
	}
	return s.narrow(send)
}

// recount sends the body again up to where it was refused, with stops in between, until the limit is known to the byte.
func (s *search) recount(a ask) error {
	b := &s.out.Body
	for !b.Exact() {
		a.send, a.finish = b.Over, false
		a.size = max(a.size, b.Over+1)
		a.stops = nil
		for i := range int64(steps) {
			if at := b.AtLeast + (b.Over-b.AtLeast)*(i+1)/steps; len(a.stops) == 0 && at > b.AtLeast || len(a.stops) > 0 && at > a.stops[len(a.stops)-1] {
				a.stops = append(a.stops, at)
			}
		}
		before := *b
		r, err := s.prober.do(a)
		if err != nil {
			return err
		}
		if s.refusesBody(&r) {
			b.refuse(r.sent)
		}
		b.pass(r.passed)
		if *b == before {
			return nil // a server whose count goes by blocks
		}
	}
	return nil
}

// confirm sends as much as was taken and waits for long: a slow server may have refused it later than it was waited for.
func (s *search) confirm(a ask) (bool, error) {
	b := &s.out.Body
	a.send, a.stops, a.finish = b.AtLeast, nil, false
	a.size = max(a.size, b.Over+1)
	r, err := s.prober.do(a)
	if err != nil || !s.refusesBody(&r) {
		return true, err
	}
	b.refuse(b.AtLeast)
	b.AtLeast = max(controlSize, b.Over-steps)
	return false, nil
}

// bodies sends whole bodies: with a declared size where no limit on that is known or where one may hold behind it, then
// in chunks.
func (s *search) bodies() error {
	over := s.out.Declared.Over
	if over > 0 && over <= s.left() {
		return s.chunks(body, over, true)
	}
	if strings.Contains(s.prober.framework(), "Express") { // its parsers count what they unpack: a limit costs a few KiB
		if err := s.packed(); err != nil || s.out.Body.Over > 0 {
			return err
		}
	}
	if err := s.whole(); err != nil || s.out.Why != "" {
		return err
	}
	switch b := &s.out.Body; {
	case b.Over > 0:
		return s.chunks(body, b.Over, true)
	case s.out.Declared.Over != over: // judged by the declared size once a body began
		return s.chunks(body, s.out.Declared.Over, true)
	case over > 0: // what is left cannot hold a body over the limit
		s.out.Chunked = chunksUntold
		return nil
	default:
		return s.chunks(body, min(b.AtLeast, s.left()-s.left()/512-64), true)
	}
}

func (s *search) left() int64 { return s.prober.budgets[body].left() }

// whole finds the limit by bodies of a declared size.
func (s *search) whole() error {
	b, first := &s.out.Body, int64(likely)
	b.AtLeast = controlSize
	if len(s.hints) > 0 && s.hints[0] > controlSize {
		first = s.hints[0]
	}
	for size := min(first+1, s.left()); size > b.AtLeast && size <= s.left(); {
		if err := s.send(size); err != nil || s.out.onTheWay || s.out.dripSize > 0 || s.out.early != nil || s.out.Why != "" {
			return err
		}
		size = s.next(size == first+1)
	}
	return nil
}

// next is the size to send after what is known, 0 for none: the byte below the likely limit, a usual limit in the
// middle, or twice as much as passed.
func (s *search) next(likely bool) int64 {
	b, left := s.out.Body, s.left()
	if _, known := b.Limit(); known {
		return 0
	}
	if b.Over == 0 {
		for i := len(usual) - 1; i >= 0 && usual[i] > b.AtLeast; i-- {
			if 2*usual[i]+1 <= left {
				return usual[i] + 1
			}
		}
		return 0
	}
	n, open := b.middle(left)
	switch below := b.Over - 1; {
	case (likely || !open) && below <= left+slack-1:
		return min(below, left)
	case open:
		return n + 1
	}
	return 0
}

// send sends one whole body of a declared size.
func (s *search) send(size int64) error {
	a := ask{level: body, path: s.path, kind: s.kind, size: size, send: size, finish: true, stops: stopsBelow(size - 1)}
	r, err := s.prober.do(a)
	if err != nil {
		return err
	}
	b := &s.out.Body
	switch refused := s.refusesBody(&r); {
	case r.Final() && !r.finished || refused && !r.finished:
		return s.onTheWay(a, r)
	case refused:
		b.refuse(size)
		s.out.refusal = r
	case r.Status != 0:
		b.pass(size)
		s.out.passed = r
	default:
		s.out.Why = "a whole body of " + r.String()
	}
	return nil
}

// chunks sends a body in chunks that is over the limit, or as large as may be.
func (s *search) chunks(level string, size int64, finish bool) error {
	a := ask{level: level, path: s.path, kind: s.kind, chunked: true, size: size, send: size, finish: finish}
	for _, at := range []int64{size - 2, size - 1, size} {
		if at > 0 {
			a.stops = append(a.stops, at)
		}
	}
	if s.prober.budgets[level].left() < a.cost() || size <= 0 {
		s.out.Chunked = chunksUntold
		return nil
	}
	r, err := s.prober.do(a)
	if err != nil {
		return err
	}
	s.out.chunkAnswer = r
	switch {
	case r.Status == 411:
		s.out.Chunked = chunksUnwanted
	case s.refusesBody(&r):
		s.out.Chunked = chunksRefused
		if d := s.out.Declared; s.out.Body.Over == 0 && (d.Over == 0 || r.sent <= d.AtLeast) { // a layer behind takes less
			s.out.Body, s.out.refusal = Bracket{controlSize, r.sent}, r
			return s.onTheWay(a, r)
		}
	case r.Status != 0 && !r.finished && r.Status < 300 && finish && r.sent < size && waits(&s.control):
		s.out.Chunked = chunksDropped
	case r.Final() && !r.finished:
		s.out.Chunked = chunksUnread
	case r.finished && r.Status != 0:
		s.out.Chunked = chunksPass
	default:
		s.out.Chunked = chunksUntold
	}
	return nil
}

// packed finds the limit of a server that unpacks bodies by what they unpack to.
func (s *search) packed() error {
	b := &s.out.Body
	b.AtLeast = controlSize
	most := s.prober.budgets[body].level.Bodies
	try := func(size int64) error {
		r, err := s.prober.do(ask{level: body, path: s.path, kind: s.kind, coding: "gzip", packed: pack(size), size: int64(len(pack(size)))})
		if err != nil {
			return err
		}
		if s.refusesBody(&r) {
			b.refuse(size)
			s.out.refusal = r
		} else if r.Status != 0 {
			b.pass(size)
		}
		return nil
	}
	mine := s.kind
	for _, kind := range []string{mine, kinds[1], kinds[3]} { // behind a proxy that waits for every body, its own are not seen
		s.kind, b.AtLeast = kind, controlSize
		if err := try(most); err != nil {
			return err
		}
		if b.Over > 0 {
			break
		}
	}
	if b.Over == 0 {
		s.kind, s.out.Body = mine, Bracket{}
		return nil
	}
	for {
		n, ok := b.middle(most)
		if !ok {
			break
		}
		if err := try(n + 1); err != nil {
			return err
		}
	}
	for next := b.Over - 1; next > b.AtLeast; next = (b.AtLeast + b.Over) / 2 {
		if err := try(next); err != nil {
			return err
		}
	}
	s.out.packed = true
	return s.chunks(body, b.Over, true)
}

// pack is a body of size bytes in gzip.
func pack(size int64) string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one of its own
	for size > 0 {
		n := min(size, pieceSize)
		w.Write([]byte(fill[:n])) // a buffer takes everything
		size -= n
	}
	w.Close()
	return b.String()
}

// refusesBody reports whether the server took offence at the size of a body. Where its word for it may be another
// complaint, it is held against what a whole body of two bytes is answered.
func (s *search) refusesBody(r *reply) bool {
	if r.Status == 0 || r.Status == 413 || !slices.Contains(otherRefusals, r.Status) {
		return s.refuses(r)
	}
	if s.small == nil {
		level := body
		if !s.prober.site.Active(body) || s.missing {
			return s.refuses(r)
		}
		small, err := s.prober.do(ask{level: level, path: s.path, kind: s.kind, size: controlSize, send: controlSize, finish: true})
		if err != nil {
			return false
		}
		s.small = &small
	}
	return r.Status != s.small.Status
}
