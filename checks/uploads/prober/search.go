package prober

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"hardcheck/checks"
)

// kinds are the content types that a path is asked with, until it waits for a body. Bodies of filler are none of them.
var kinds = []string{"application/octet-stream", "application/json", "multipart/form-data; boundary=hardcheck", "application/x-www-form-urlencoded"}

// search finds the limit of one path.
type search struct {
	prober  *Prober
	path    string
	missing bool
	kind    string
	silent  bool // Expect is not supported: it is not sent
	hints   []int64
	control reply
	small   *reply // to a whole body of controlSize
	out     Outcome
}

// run asks level by level, as far as the user opted in.
func (s *search) run() error {
	active := s.prober.site.Active
	if err := s.calibrate(); err != nil {
		return err
	}
	if c := &s.control; c.Status >= 500 || c.Garbage || c.Partial || c.closed && c.Status == 0 {
		return nil // nothing can be told from answers to larger sizes
	}
	if err := within(s.declared()); err != nil {
		return err
	}
	if active(drip) && s.missing == (s.prober.options.Path == "") {
		if err := within(s.dripped()); err != nil {
			return err
		}
	}
	if active(body) && !s.missing {
		return within(s.bodies())
	}
	return nil
}

// within takes the end of a level's budget for the end of the level.
func within(err error) error {
	if errors.Is(err, errBudget) {
		return nil
	}
	return err
}

// calibrate asks with a harmless size, and with the next content type where the path does not wait for the body.
func (s *search) calibrate() (err error) {
	var first reply
	for i, kind := range kinds {
		s.kind = kind
		s.control, err = s.declare(controlSize)
		if err == nil && s.control.Status == http.StatusExpectationFailed && !s.silent {
			s.silent = true
			s.control, err = s.declare(controlSize)
		}
		if i == 0 {
			first = s.control
		}
		if err != nil || s.missing || s.control.Status == 0 || s.control.Status >= 500 {
			return err
		}
	}
	s.kind, s.control = kinds[0], first
	return nil
}

// waits reports whether the server waits for the body.
func waits(r *reply) bool { return !r.Final() && !r.Partial && !r.closed }

// declare declares a body of size bytes and sends none of it. A search that has used up its own level goes on with what
// the next ones can spare: a limit that nobody chooses takes more requests.
func (s *search) declare(size int64) (reply, error) {
	for _, level := range []string{declare, drip, body} {
		if level != declare && !s.spares(level) {
			continue
		}
		r, err := s.prober.do(ask{level: level, path: s.path, kind: s.kind, size: size, expect: !s.silent})
		if !errors.Is(err, errBudget) {
			return r, err
		}
	}
	return reply{}, errBudget
}

// spares reports whether a level that may be used on this path has more requests left than it needs itself.
func (s *search) spares(level string) bool {
	mine := level == drip && s.missing == (s.prober.options.Path == "") || level == body && !s.missing
	b := s.prober.budgets[level]
	return mine && s.prober.site.Active(level) && b.level.Requests-b.used.Requests > ownRequests && b.used.Took < b.level.Time/2
}

// declared brackets the limit on declared sizes.
func (s *search) declared() error {
	b := &s.out.Declared
	b.AtLeast = controlSize
	if err := s.try(farAbove+1, s.declare); err != nil {
		return err
	}
	if b.Over == 0 {
		if err := s.try(wrapsBelow, s.declare); err != nil {
			return err
		}
	}
	return s.narrow(s.declare)
}

// try asks with one size, by what sends it.
func (s *search) try(size int64, send func(int64) (reply, error)) error {
	r, err := send(size)
	if err != nil {
		return err
	}
	b := &s.out.Declared
	switch refused := s.refuses(&r); {
	case refused && size <= b.AtLeast: // what was let through is larger
		s.out.Wraps, b.AtLeast = b.AtLeast, controlSize
		fallthrough
	case refused:
		if b.refuse(size); b.Over == size {
			s.out.refusal = r
		}
	case b.Over > 0 && size > b.Over:
		s.out.Wraps = size
	default:
		b.pass(size)
	}
	return nil
}

// narrow finds the limit below a size that is refused: the hints, the likely size, the usual sizes by halving, then the last byte.
func (s *search) narrow(send func(int64) (reply, error)) error {
	b := &s.out.Declared
	if b.Over == 0 {
		return nil
	}
	for _, hint := range append(slices.Clone(s.hints), likely) {
		for _, size := range []int64{hint + 1, hint} {
			if b.AtLeast < size && size < b.Over && hint > controlSize {
				if err := s.try(size, send); err != nil {
					return err
				}
			}
		}
	}
	for {
		n, ok := b.middle(farAbove)
		if !ok {
			break
		}
		if err := s.try(n+1, send); err != nil {
			return err
		}
	}
	for next := b.Over - 1; next > b.AtLeast; next = (b.AtLeast + b.Over) / 2 {
		if err := s.try(next, send); err != nil {
			return err
		}
	}
	return nil
}

// refuses reports whether the server took offence at the size: 413, or another word for it that the control did not
// get (Django and Tornado say 400), or a connection that it closed.
func (s *search) refuses(r *reply) bool {
	if r.Status == 0 {
		return r.closed && !r.Garbage && (s.control.Status != 0 || !s.control.closed)
	}
	return r.Status == http.StatusRequestEntityTooLarge || slices.Contains(otherRefusals, r.Status) && r.Status != s.control.Status
}

// otherRefusals are what servers answer in place of 413.
var otherRefusals = []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout}

// stop ends the search of a path.
type stop struct {
	verdict Verdict
	reply   reply
}

func (s *stop) Error() string { return string(s.verdict) }

// stopped tells the answers after which a site is left alone.
func stopped(r *reply) error {
	switch r.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return &stop{AuthRequired, *r}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		return &stop{RateLimited, *r}
	}
	return nil
}

// conclude words the verdict. err is what ended the search.
func (s *search) conclude(err error) {
	o := &s.out
	o.control, o.kind, o.expect = s.control, s.kind, !s.silent
	var ended *stop
	var problem *checks.Problem
	switch {
	case errors.As(err, &ended):
		o.Verdict, o.answer, o.Why = ended.verdict, ended.reply, ended.reply.String()+": "+meaning(ended.verdict)
	case errors.As(err, &problem):
		o.Verdict, o.Why, o.problem = Unreachable, problem.Actual, problem
	case err != nil && !errors.Is(err, errBudget):
		o.Verdict, o.Why, o.problem = Inconclusive, err.Error(), &checks.Problem{Op: "measure the limit of", Where: s.path, Actual: err.Error(), Retry: checks.RetrySafe}
	default:
		o.decide()
	}
	o.Who = whoAnswered(&o.answer, s.missing)
	if by := o.answer.Header.Get("Server"); by != "" && o.Who == "" {
		o.Who = "what calls itself " + strings.ToValidUTF8(by[:min(len(by), 60)], "")
	}
	o.Evidence = o.curl(s.prober)
	o.EvidenceDeclared = o.curlDeclared(s.prober)
}
