package canary

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"hardcheck/checks"
)

// Plan is what the user asked for.
type Plan struct {
	Sinks     []Sink
	ErrorPath string        // a path that answers 500; "" for none
	Wait      time.Duration // for lines after the last answer, at most; 0 means DefaultWait
	// Announce tells the user what is about to be sent, Report what came of it. nil for nobody.
	Announce func(requests int, sinks []Sink)
	Report   func(*Result)
}

// DefaultWait is longer than nginx and most libraries hold lines back (nginx's documentation gives flush=5s).
const DefaultWait = 10 * time.Second

// Times of a run.
const (
	settle  = time.Second            // for a command to begin to follow
	grace   = 300 * time.Millisecond // for more lines where every request was seen, and for one without a marker
	first   = 5 * time.Second        // for an answer
	then    = time.Second            // for the rest of it
	maxFail = 2                      // requests without an answer, or that the site pushes back at, before no more are sent
)

// Result is what a run saw.
type Result struct {
	Run      string // what every marker of it begins with
	Spoofed  string // the address that requests claimed to come from
	Server   string // the Server field of the first answer
	Requests []*Request
	Markers  []*Marker
	Sinks    []*SinkResult
	Began    time.Time
	Waited   time.Duration // after the last answer
	Port     string        // of the site, which a Host field in a log may name
	Stopped  *checks.Problem
}

// SinkResult is what one log showed.
type SinkResult struct {
	Sink     Sink
	Lines    []*Line // with markers, in the order in which they were read
	Unmarked []*Line
	Problem  error // lines may be missing; nil where none is
}

// Run sends the marked requests and follows the sinks. The error is a *checks.Problem where nothing could be told; then
// either no request was sent, or Result says which.
func Run(ctx context.Context, site checks.Site, plan *Plan) (*Result, error) {
	sources, problems := openAll(plan.Sinks)
	if len(sources) == 0 {
		return nil, errors.Join(problems...)
	}
	b := &builder{markers: newMarkers(), spoofed: spoofedAddress(), base: site.URL(), page: site.Paths()[0], login: loginPath(site), failing: plan.ErrorPath}
	result := &Result{Spoofed: b.spoofed, Requests: b.build(), Run: b.run, Markers: b.list, Began: time.Now(), Port: site.URL().Port()}
	if plan.Announce != nil {
		plan.Announce(len(result.Requests), plan.Sinks)
	}
	f := follow(ctx, sources, newSearcher(b.markers))
	if err := f.settle(ctx, plan.Sinks); err == nil {
		result.send(ctx, site, f)
		result.Waited = f.wait(ctx, plan.Wait, result.Requests)
	}
	f.stop()
	for i, s := range plan.Sinks {
		seen := &SinkResult{Sink: s, Problem: problems[i]}
		if c := f.collectors[i]; c != nil {
			seen.Lines, seen.Unmarked = c.lines, c.unmarked
			if seen.Problem = f.problems[i]; seen.Problem == nil && c.dropped {
				seen.Problem = &checks.Problem{Op: "follow the log", Where: s.String(), Expected: "at most " + strconv.Itoa(maxLines) + " lines with markers",
					Actual: "more", Retry: checks.RetrySafe, Blind: true}
			}
		}
		result.Sinks = append(result.Sinks, seen)
	}
	if plan.Report != nil && ctx.Err() == nil {
		plan.Report(result)
	}
	return result, ctx.Err()
}

// loginPath is where a failed login is tried: the page that the user named, or the address that most sites have.
func loginPath(site checks.Site) string {
	for _, page := range site.Pages() {
		if page.Role == checks.RoleLogin {
			return page.Path
		}
	}
	return "/login"
}

// openAll opens the sinks before anything is sent. Sources and problems have their sinks' places.
func openAll(sinks []Sink) (map[int]source, []error) {
	sources, problems := map[int]source{}, make([]error, len(sinks))
	for i, s := range sinks {
		opened, err := s.open()
		if err != nil {
			problems[i] = err
			continue
		}
		sources[i] = opened
	}
	return sources, problems
}

// followers read the sinks while requests are sent.
type followers struct {
	collectors map[int]*collector
	problems   map[int]error
	cancel     context.CancelFunc
	mu         sync.Mutex
	group      sync.WaitGroup
}

func follow(ctx context.Context, sources map[int]source, s *searcher) *followers {
	ctx, cancel := context.WithCancel(ctx)
	f := &followers{collectors: map[int]*collector{}, problems: map[int]error{}, cancel: cancel}
	for i, opened := range sources {
		c := &collector{searcher: s, seen: map[*Request]bool{}, ids: map[string]*Request{}}
		f.collectors[i] = c
		f.group.Go(func() {
			err := opened.follow(ctx, c.stream)
			f.mu.Lock()
			defer f.mu.Unlock()
			f.problems[i] = err
		})
	}
	return f
}

func (f *followers) stop() {
	f.cancel()
	f.group.Wait()
}

// settle gives commands time to begin.
func (f *followers) settle(ctx context.Context, sinks []Sink) error {
	for _, s := range sinks {
		if s.Kind != SinkFile {
			return pause(ctx, settle)
		}
	}
	return ctx.Err()
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wait waits until every sink showed every request that was answered, or for that long.
func (f *followers) wait(ctx context.Context, most time.Duration, requests []*Request) time.Duration {
	if most <= 0 {
		most = DefaultWait
	}
	began := time.Now()
	for time.Since(began) < most && !f.complete(requests) {
		if pause(ctx, pollEvery) != nil {
			return time.Since(began)
		}
	}
	_ = pause(ctx, grace) // an interruption ends the run, which its caller sees
	return time.Since(began)
}

func (f *followers) complete(requests []*Request) bool {
	for _, c := range f.collectors {
		if !c.complete(requests) {
			return false
		}
	}
	return true
}

// send sends the requests one after another, and stops where the site does not answer or pushes back.
func (r *Result) send(ctx context.Context, site checks.Site, f *followers) {
	failures := 0
	for i, q := range r.Requests {
		f.watch(q)
		x, err := q.send(ctx, site, r, i)
		if q.Name == NameMalformed {
			_ = pause(ctx, grace) // its line need not hold anything by which it is known
		}
		if ctx.Err() != nil {
			return
		}
		if q.Status == http.StatusTooManyRequests || q.Status == http.StatusServiceUnavailable || err != nil || len(x.Data) == 0 && q.Name != NameMalformed && q.Name != NameHostile {
			failures++
		}
		if failures == maxFail {
			r.Stopped = stopped(q, err)
			return
		}
	}
	_ = pause(ctx, grace)
	f.watch(nil)
}

func stopped(q *Request, err error) *checks.Problem {
	var problem *checks.Problem
	if errors.As(err, &problem) {
		return problem
	}
	actual := "no answer"
	if q.Status != 0 {
		actual = "status " + strconv.Itoa(q.Status)
	}
	return &checks.Problem{Op: "send the marked requests", Expected: "answers", Actual: actual + ", twice: no more were sent", Retry: checks.RetryWithCare, Blind: true}
}

func (f *followers) watch(q *Request) {
	for _, c := range f.collectors {
		c.watch(q)
	}
}

// send sends one request and reads its status, and which markers come back in the answer.
func (q *Request) send(ctx context.Context, site checks.Site, r *Result, number int) (*checks.RawExchange, error) {
	q.Sent = time.Now()
	x, err := site.Raw(ctx, checks.RawRequest{Name: "canary-" + strconv.Itoa(number), Data: q.Data, First: first, Then: then})
	q.Done = time.Now()
	if err != nil {
		return nil, err
	}
	head, _, _ := bytes.Cut(x.Data, []byte("\r\n\r\n"))
	if rest, ok := bytes.CutPrefix(head, []byte("HTTP/1.")); ok && len(rest) >= 5 {
		q.Status, _ = strconv.Atoi(string(rest[2:5]))
	}
	for _, line := range bytes.Split(head, []byte("\r\n")) {
		if name, value, ok := bytes.Cut(line, []byte(":")); ok && r.Server == "" && http.CanonicalHeaderKey(string(name)) == "Server" {
			r.Server = string(bytes.TrimSpace(value))
		}
	}
	for _, m := range r.Markers {
		if m.Request == q && bytes.Contains(x.Data, []byte(m.Text)) {
			q.Echoed[m.Channel] = true
		}
	}
	return x, nil
}
