package prober

import (
	"fmt"
	"strings"

	"hardcheck/checks"
)

// Verdict is how a path takes bodies that are too large.
type Verdict string

// Verdicts.
const (
	Enforced     Verdict = "enforced"                        // refused by the declared size, before the body is read
	EnforcedLate Verdict = "enforced late"                   // refused once as many bytes were read
	LengthOnly   Verdict = "enforced by Content-Length only" // a body in chunks passes
	WrongStatus  Verdict = "enforced with a wrong status"    // refused, not with 413
	FailOpen     Verdict = "fails open"                      // a body in chunks is dropped, and the request answered as good
	NoLimit      Verdict = "no limit up to what was sent"
	NonMonotone  Verdict = "not monotone" // a size beyond the limit passes again
	NotReading   Verdict = "answered before the body is read"
	AuthRequired Verdict = "authentication required"
	RateLimited  Verdict = "rate limited"
	Unreachable  Verdict = "unreachable"
	Inconclusive Verdict = "inconclusive"
)

// Judged is what a report makes of a verdict.
type Judged struct {
	Verdict Verdict
	Status  checks.Status // pass, fail, error or not-applicable
	Rule    string        // of the finding, for a fail
	Means   string
}

// Table is every verdict, with what a report makes of it.
func Table() []Judged {
	return []Judged{
		{Enforced, checks.StatusPass, "", "a layer refuses the size before the body is sent"},
		{EnforcedLate, checks.StatusPass, "", "a layer counts the bytes and refuses the one over the limit"},
		{LengthOnly, checks.StatusFail, "chunked-passes", "a client that declares no size is not limited"},
		{WrongStatus, checks.StatusFail, "wrong-status", "the refusal is no answer about the size: a client tries again"},
		{FailOpen, checks.StatusFail, "fails-open", "the request succeeds without its body"},
		{NoLimit, checks.StatusFail, "no-limit", "bodies are taken in without bound, as far as was tried"},
		{NonMonotone, checks.StatusFail, "limit-wraps", "the limit overflows"},
		{NotReading, checks.StatusNotApplicable, "", "the path answers without the body: name one that takes uploads"},
		{AuthRequired, checks.StatusError, "", "the site refuses this client"},
		{RateLimited, checks.StatusError, "", "the site asks for rest"},
		{Unreachable, checks.StatusError, "", "no connection or no HTTP"},
		{Inconclusive, checks.StatusError, "", "the answers do not tell"},
	}
}

func meaning(v Verdict) string {
	for _, row := range Table() {
		if row.Verdict == v {
			return row.Means
		}
	}
	return ""
}

// How a body in chunks fares. "" is not asked.
const (
	chunksPass     = "passes the limit"
	chunksRefused  = "is refused too"
	chunksUnwanted = "is refused for being in chunks (411)"
	chunksDropped  = "is dropped, and the request answered as good"
	chunksUnread   = "is answered before it is read"
	chunksUntold   = "was not tried, or told nothing: it takes more bytes than the budget has left"
)

// Outcome is what was found for one path.
type Outcome struct {
	Path     string
	Missing  bool // the path does not exist: only layers for every path were asked
	Verdict  Verdict
	Declared Bracket // by declared sizes
	Body     Bracket // by bytes that were sent
	Wraps    int64   // a size above the limit that passes, or 0
	Chunked  string
	// Everywhere: a path that no handler has refuses the size too.
	Everywhere bool
	Who        string // answered the refusal, or the last answer; "" where that cannot be told
	Why        string // of a verdict that is none
	Evidence   string // a command to repeat the decisive request with
	// EvidenceDeclared is the command for the limit on declared sizes. It differs where a layer behind takes less.
	EvidenceDeclared string

	kind        string
	expect      bool
	onTheWay    bool  // the refusal came while the body was sent
	dripSize    int64 // bytes of the body that the server wants before it looks at the declared size
	packed      bool  // found by bodies in gzip
	control     reply
	refusal     reply
	answer      reply
	passed      reply  // the answer to the largest body that passed
	early       *reply // an answer before the body was read that is no refusal
	chunkAnswer reply
	problem     *checks.Problem
}

// Limit is the bracket that decides: the lower of that by declaration and that by bytes.
func (o *Outcome) Limit() Bracket {
	if o.Declared.Over > 0 && (o.Body.Over == 0 || o.Declared.Over < o.Body.Over) {
		return o.Declared
	}
	return o.Body
}

// byDeclaration reports whether the limit that decides is on declared sizes.
func (o *Outcome) byDeclaration() bool { return o.Declared.Over > 0 && o.Limit() == o.Declared }

// Status is the status of the refusal, or of the last answer; 0 for a connection that was closed without one.
func (o *Outcome) Status() int { return o.answer.Status }

// Problem is what kept a path from being measured, or nil.
func (o *Outcome) Problem() *checks.Problem { return o.problem }

// decide words the verdict of a search that came to its end.
func (o *Outcome) decide() {
	o.answer = o.refusal
	found := o.Limit().Over > 0
	switch {
	case o.Wraps > 0:
		o.Verdict = NonMonotone
	case found && o.Chunked == chunksDropped:
		o.Verdict, o.answer = FailOpen, o.chunkAnswer
	case found && o.Chunked == chunksPass:
		o.Verdict, o.answer = LengthOnly, o.chunkAnswer
	case found && o.refusal.Status != 413:
		o.Verdict = WrongStatus
	case o.byDeclaration():
		o.Verdict = Enforced
	case found:
		o.Verdict = EnforcedLate
	case o.early != nil:
		o.Verdict, o.answer, o.Why = NotReading, *o.early, o.early.String()
	case o.control.Status >= 500:
		o.Verdict, o.answer, o.Why = Inconclusive, o.control, o.control.String()+", even for 2 bytes"
	case o.control.Final() && !o.control.Garbage:
		o.Verdict, o.answer, o.Why = NotReading, o.control, o.control.String()+" for a body of 2 bytes that was not sent"
	case o.passed.Status != 0:
		o.Verdict, o.answer = NoLimit, o.passed
	default:
		o.Verdict, o.answer = Inconclusive, o.control
		o.undecided()
	}
}

// undecided says why nothing was found.
func (o *Outcome) undecided() {
	switch {
	case o.Why != "":
	case o.Declared.AtLeast == 0 && !o.control.Continued && !o.control.Partial && !o.control.closed && !o.control.Garbage:
		o.Why = "the budget was used up before this path was asked"
	case o.control.Garbage:
		o.Why = "bytes that are no HTTP/1"
	case o.control.Partial:
		o.Why = "an answer that does not come to its status in time"
	case o.control.closed:
		o.Why = "a connection that closes without an answer, even for 2 bytes"
	case !o.control.Continued:
		o.Why = "silence, even for 2 bytes"
	default:
		o.Why = "no declared size is refused, up to 10 GiB: a limit that counts the bytes shows only when they are sent (--active=body, --upload-path)"
	}
}

// String says what was found in one line.
func (o *Outcome) String() string {
	s := string(o.Verdict)
	switch o.Verdict {
	case NotReading, AuthRequired, RateLimited, Unreachable, Inconclusive:
		return s + ": " + o.Why
	}
	s += ": " + o.Limit().String()
	if o.Declared.Over > 0 && !o.byDeclaration() {
		s += " behind " + o.Declared.String() + " on declared sizes"
	}
	switch {
	case o.packed:
		s += ", counted after unpacking"
	case o.dripSize > 0:
		s += fmt.Sprintf(", on the declared size once %s of the body came", checks.FormatSize(o.dripSize))
	}
	if o.Wraps > 0 {
		s += ", and " + checks.FormatSize(o.Wraps-1) + " passes again"
	}
	switch {
	case o.Chunked == chunksPass && o.Limit().Over == 0:
		s += ", in chunks too"
	case o.Chunked != "" && o.Chunked != chunksUntold:
		s += "; a body in chunks " + o.Chunked
	}
	s += "; " + o.answer.String()
	if o.Who != "" {
		s += " by " + o.Who
	}
	return s
}

func (r *reply) String() string {
	switch {
	case r.Status != 0 && r.Continued:
		return fmt.Sprintf("100 Continue, then status %d", r.Status)
	case r.Status != 0:
		return fmt.Sprintf("status %d", r.Status)
	case r.Garbage:
		return "bytes that are no HTTP/1"
	case r.Continued && !r.closed:
		return "100 Continue"
	case r.closed:
		return "a closed connection"
	}
	return "silence"
}

// Control is how the path took a harmless size.
func (o *Outcome) Control() string { return o.control.String() }

// Silent reports whether not even a harmless size was answered, with an invitation or a refusal: nothing shows that larger
// ones were looked at.
func (o *Outcome) Silent() bool { return !o.control.Continued && o.control.Status == 0 }

// CountsBytes names a server that has limits and does not look at the declared size, or is "". Caddy before 2.7 is one:
// its request_body max_size acts while the body is read.
func (o *Outcome) CountsBytes() string {
	for _, name := range []string{"Server", "Via"} {
		if strings.Contains(o.control.Header.Get(name), "Caddy") {
			return "Caddy"
		}
	}
	return ""
}

// Covers is what a parser would take a body of the path for: "JSON", "form data", "files", or "" for no parser's.
func (o *Outcome) Covers() string {
	switch o.kind {
	case kinds[1]:
		return "JSON"
	case kinds[2]:
		return "files"
	case kinds[3]:
		return "form data"
	}
	return ""
}

// Reached reports whether a body over n bytes was tried: declared, or sent for a limit that counts.
func (o *Outcome) Reached(n int64, counts bool) bool {
	if counts {
		return o.Body.AtLeast > n
	}
	return max(o.Declared.AtLeast, o.Body.AtLeast) > n
}
