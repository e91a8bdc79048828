package prober

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"hardcheck/checks"
	"hardcheck/checks/internal/rawhttp"
)

// Sizes of what the levels parts, headers and gzip send.
const (
	manyParts  = 1001 // one more than most frameworks take
	longHead   = 64 << 10
	manyFields = 1000
	unpacked   = 10 << 20
)

// Bound is how a site takes one request that is large or slow in another way than its body's size.
type Bound struct {
	Rule     string // of the finding where it is taken
	What     string // what was sent
	Taken    bool   // as if it were nothing
	Told     bool   // the answers tell
	Answer   string
	Evidence string
}

// Bounds asks as the levels headers, slow, parts and gzip say, as far as the user opted in. stall is how long a request
// that stops half-way is waited for. The error is a *checks.Problem.
func (p *Prober) Bounds(stall time.Duration) ([]Bound, error) {
	var out []Bound
	for _, level := range []struct {
		name string
		ask  func() ([]Bound, error)
	}{
		{headers, p.longHeads}, {parts, p.manyParts}, {gzipped, p.unpacking}, {slow, func() ([]Bound, error) { return p.stalls(stall) }},
	} {
		if !p.site.Active(level.name) || p.budgets[level.name].level.NeedPath && p.options.Path == "" {
			continue
		}
		found, err := level.ask()
		out = append(out, found...)
		var ended *stop
		switch {
		case errors.As(err, &ended):
			return out, &checks.Problem{Op: "ask by the level " + level.name, Where: p.site.URL().String(), Expected: "answers to this client", Actual: ended.reply.String() + ": " + meaning(ended.verdict), Retry: checks.RetryWithCare, Blind: true}
		case within(err) != nil:
			return out, err
		}
	}
	return out, nil
}

// plain sends a raw request and reads its answer.
func (p *Prober) plain(level, data string, first time.Duration) (reply, error) {
	x, err := p.raw(level, checks.RawRequest{Data: data, First: first, Then: afterwards})
	if err != nil {
		return reply{}, err
	}
	r := reply{Answer: rawhttp.Read(x.Data), closed: x.Closed}
	return r, stopped(&r)
}

// longHeads asks for the missing path with long heads. What is answered as an ordinary request was taken.
func (p *Prober) longHeads() (out []Bound, err error) {
	const rest = " HTTP/1.1\r\nHost: {host}\r\n{headers}X-Hardcheck: headers\r\nConnection: close\r\n"
	get := "GET " + p.Missing()
	control, err := p.plain(headers, get+rest+"\r\n", patience)
	if err != nil || control.Status == 0 {
		return nil, err
	}
	c := command{to: address(p.site.URL(), p.Missing()), credentials: p.options.Credentials}
	long := strings.Repeat(filler, longHead)
	many := strings.Builder{}
	for n := range manyFields {
		fmt.Fprintf(&many, "X-Hc-%d: 0\r\n", n)
	}
	for _, b := range []struct{ rule, what, data, curl string }{
		{"long-header", "a header of 64 KiB", get + rest + "X-Hardcheck-Long: " + long + "\r\n\r\n",
			`printf 'X-Hardcheck-Long: %065536d' 0 | ` + curl + "10 -H @-"},
		{"long-address", "an address of 64 KiB", get + "?" + long + rest + "\r\n", `printf 'url = "%s?%065536d"' ` + quote(c.to) + ` 0 | ` + curl + "10 -K -"},
		{"many-headers", "1,000 header fields", get + rest + many.String() + "\r\n", `seq 0 999 | sed 's/.*/X-Hc-&: 0/' | ` + curl + "10 -H @-"},
	} {
		r, err := p.plain(headers, b.data, patience)
		if err != nil {
			return out, err
		}
		evidence := b.curl + c.end()
		if b.rule == "long-address" {
			evidence = b.curl + c.credentials
		}
		out = append(out, Bound{b.rule, b.what, r.Status == control.Status, true, r.String(), evidence})
	}
	return out, nil
}

// form is a multipart body of n fields that no application asks for.
func form(n int, end string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "--hardcheck\r\nContent-Disposition: form-data; name=\"hc%d\"\r\n\r\n0\r\n", i)
	}
	return b.String() + end
}

// post sends a whole body to the path for uploads.
func (p *Prober) post(level, kind, coding, data string) (reply, error) {
	return p.do(ask{level: level, path: p.options.Path, kind: kind, coding: coding, packed: data, size: int64(len(data))})
}

// unread are the answers of a path that takes no bodies of a kind.
var unread = []int{0, 404, 405, 415, 501}

// manyParts sends a form of many fields. A path that answers a broken form as a whole one does not read forms.
func (p *Prober) manyParts() ([]Bound, error) {
	small, err := p.post(parts, kinds[2], "", form(2, "--hardcheck--\r\n"))
	if err != nil {
		return nil, err
	}
	broken, err := p.post(parts, kinds[2], "", "no form")
	if err != nil {
		return nil, err
	}
	b := Bound{Rule: "many-parts", What: "a form of 1,001 fields"}
	if b.Answer = small.String() + " for a form of 2 fields"; slices.Contains(unread, small.Status) || broken.Status == small.Status {
		return []Bound{b}, nil
	}
	r, err := p.post(parts, kinds[2], "", form(manyParts, "--hardcheck--\r\n"))
	if err != nil {
		return nil, err
	}
	c := command{to: address(p.site.URL(), p.options.Path), credentials: p.options.Credentials}
	b.Told, b.Taken, b.Answer = true, r.Status == small.Status, r.String()
	b.Evidence = "seq 1001 | sed 's/.*/-F hc&=0/' | xargs " + curl + "20 -H 'Expect:'" + c.end()
	return []Bound{b}, nil
}

// unpacking sends a small body that unpacks to a large one, to a path that is seen to unpack.
func (p *Prober) unpacking() ([]Bound, error) {
	const json = "application/json"
	var answers [3]reply
	for i, sent := range []struct{ coding, data string }{{"", "[]"}, {"", packed("[]", 0)}, {"gzip", packed("[]", 0)}} {
		r, err := p.post(gzipped, json, sent.coding, sent.data)
		if err != nil {
			return nil, err
		}
		answers[i] = r
	}
	plain, raw, small := answers[0].Status, answers[1].Status, answers[2].Status
	b := Bound{Rule: "unpacks-unbounded", What: "a body of 10 KiB that unpacks to 10 MiB"}
	b.Answer = fmt.Sprintf("status %d for JSON, %d for JSON in gzip", plain, small)
	if slices.Contains(unread, plain) || plain == raw || plain != small {
		return []Bound{b}, nil
	}
	r, err := p.post(gzipped, json, "gzip", packed("[]", unpacked))
	if err != nil {
		return nil, err
	}
	c := command{to: address(p.site.URL(), p.options.Path), credentials: p.options.Credentials}
	b.Told, b.Taken, b.Answer = true, r.Status == plain, r.String()
	b.Evidence = "{ printf '['; head -c " + strconv.Itoa(unpacked) + " /dev/zero | tr '\\0' ' '; printf ']'; } | gzip -9 | " + curl +
		"20 -H 'Content-Type: application/json' -H 'Content-Encoding: gzip' -H 'Expect:' --data-binary @-" + c.end()
	return []Bound{b}, nil
}

// packed is an array in gzip, with so many blanks inside it.
func packed(array string, blanks int) string {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one of its own
	w.Write([]byte(array[:1] + strings.Repeat(" ", blanks) + array[1:]))
	w.Close()
	return b.String()
}

// stalls begins a head and a body, and waits for the server to lose patience.
func (p *Prober) stalls(stall time.Duration) (out []Bound, err error) {
	path := p.Missing()
	if p.options.Path != "" {
		path = p.options.Path
	}
	begun := "POST " + path + " HTTP/1.1\r\nHost: {host}\r\n{headers}X-Hardcheck: slow\r\n"
	c := command{to: address(p.site.URL(), path), credentials: p.options.Credentials}
	for _, b := range []struct{ rule, what, data, curl string }{
		{"slow-head", "a head that stops half-way", begun, ""},
		{"slow-body", "a body that stops after 1 of 100 bytes", begun + "Content-Type: " + kinds[0] + "\r\nContent-Length: 100\r\n\r\n" + filler,
			"time curl -sS --http1.1 --max-time " + strconv.Itoa(int(stall.Seconds())+1) + " -o /dev/null -w '%{http_code}\\n' -H 'Content-Length: 100' -H 'Expect:' --data-binary 0" + c.end()},
	} {
		r, err := p.plain(slow, b.data, stall)
		if err != nil {
			return out, err
		}
		bound := Bound{b.rule, b.what, !r.Final() && !r.closed, true, r.String(), b.curl}
		if bound.Rule == "slow-body" && r.Status != 0 && r.Status != 408 && r.Status != 504 {
			bound.Told = false // answered without the body
		}
		if bound.Evidence == "" {
			bound.Evidence = "time curl -sS --max-time " + strconv.Itoa(int(stall.Seconds())+1) + " telnet://" + hostPort(p.site.URL()) + " </dev/null # a connection that says nothing"
		}
		out = append(out, bound)
	}
	return out, nil
}
