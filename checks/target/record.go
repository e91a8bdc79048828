package target

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"html"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"hardcheck/checks"
)

// recordingSchema is the version of the recording's JSON form.
const recordingSchema = 1

// recording is the file: what was asked and answered, ordered by question.
type recording struct {
	Schema    int                 `json:"schema"`
	Base      string              `json:"base"`
	Exchanges []recordedExchange  `json:"exchanges"`
	Raw       []recordedRawAnswer `json:"raw"`
}

type recordedExchange struct {
	Method      string           `json:"method"`
	URL         string           `json:"url"`
	Request     http.Header      `json:"request,omitempty"` // the check's own headers, never the user's
	RequestBody string           `json:"request_body,omitempty"`
	SignedIn    bool             `json:"signed_in,omitempty"`
	Status      int              `json:"status,omitempty"`
	Proto       string           `json:"proto,omitempty"`
	Header      http.Header      `json:"header,omitempty"`
	Body        string           `json:"body,omitempty"`
	BodyBase64  []byte           `json:"body_base64,omitempty"` // where the body is not UTF-8
	Cut         bool             `json:"cut,omitempty"`
	TLS         *checks.TLSState `json:"tls,omitempty"`
	Problem     *checks.Problem  `json:"problem,omitempty"` // in place of an answer

	key string
}

type recordedRawAnswer struct {
	Name       string          `json:"name"`
	Data       string          `json:"data,omitempty"`
	DataBase64 []byte          `json:"data_base64,omitempty"`
	Closed     bool            `json:"closed,omitempty"`
	Sent       int             `json:"sent,omitempty"`
	Pieces     int             `json:"pieces,omitempty"`
	Written    int             `json:"written,omitempty"` // of the body
	Problem    *checks.Problem `json:"problem,omitempty"`
}

// Recorder keeps the exchanges of one site for a file that OpenReplay reads. Credentials and the values of cookies
// never enter it; attributes of cookies do.
type Recorder struct {
	mu   sync.Mutex
	base string
	hide *strings.Replacer
	list []recordedExchange
	raws []recordedRawAnswer
}

// start binds the recorder to a site. secrets are cut out of whatever the site echoes, in the forms that URLs, pages and
// JSON give them.
func (r *Recorder) start(s *Site, secrets []string) {
	var forms, pairs []string
	for _, secret := range secrets {
		if len(secret) >= 4 {
			quoted := strings.Trim(strconv.Quote(secret), `"`)
			forms = append(forms, secret, url.QueryEscape(secret), url.PathEscape(secret), html.EscapeString(secret), quoted)
		}
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	for _, form := range slices.Compact(forms) {
		pairs = append(pairs, form, "[redacted]")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.base, r.hide = s.base.String(), strings.NewReplacer(pairs...)
}

// Save writes the recording, readable by its owner only, whole or not at all.
func (r *Recorder) Save(path string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	slices.SortFunc(r.list, func(a, b recordedExchange) int { return cmp.Compare(a.key, b.key) })
	slices.SortStableFunc(r.raws, func(a, b recordedRawAnswer) int { return cmp.Compare(a.Name, b.Name) })
	data, err := json.MarshalIndent(recording{recordingSchema, r.base, r.list, r.raws}, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".recording-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(data, '\n'))
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// recordingWire passes messages on and keeps what comes back.
type recordingWire struct {
	wire
	recorder *Recorder
}

func (w *recordingWire) exchange(ctx context.Context, m message) (*checks.Exchange, error) {
	x, err := w.wire.exchange(ctx, m)
	if ctx.Err() == nil {
		w.recorder.keep(m, x, err)
	}
	return x, err
}

func (w *recordingWire) raw(ctx context.Context, r checks.RawRequest) (*checks.RawExchange, error) {
	x, err := w.wire.raw(ctx, r)
	if ctx.Err() == nil {
		w.recorder.keepRaw(r, x, err)
	}
	return x, err
}

func (r *Recorder) keep(m message, x *checks.Exchange, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := recordedExchange{Method: m.method, URL: r.hide.Replace(m.url.String()), Request: m.header, RequestBody: m.body, SignedIn: m.signedIn, key: m.key()}
	if errors.As(err, &e.Problem) {
		shown := *e.Problem
		shown.Where, shown.Actual = r.hide.Replace(shown.Where), r.hide.Replace(shown.Actual)
		e.Problem = &shown
		r.list = append(r.list, e)
		return
	}
	e.Status, e.Proto, e.Cut, e.TLS = x.Status, x.Proto, x.Cut, x.TLS
	e.Header = r.redactHeader(x.Header)
	e.Body, e.BodyBase64 = r.text(x.Body)
	r.list = append(r.list, e)
}

func (r *Recorder) keepRaw(q checks.RawRequest, x *checks.RawExchange, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	a := recordedRawAnswer{Name: q.Name}
	if !errors.As(err, &a.Problem) {
		a.Closed, a.Sent, a.Pieces, a.Written = x.Closed, x.Sent, x.Pieces, x.Body
		a.Data, a.DataBase64 = r.text(redactRawCookies(x.Data))
	}
	r.raws = append(r.raws, a)
}

// text is data as JSON text where that is possible, without the user's secrets.
func (r *Recorder) text(data []byte) (string, []byte) {
	clean := r.hide.Replace(string(data))
	if utf8.ValidString(clean) {
		return clean, nil
	}
	return "", []byte(clean)
}

func (r *Recorder) redactHeader(h http.Header) http.Header {
	out := h.Clone()
	for name, values := range out {
		for i, v := range values {
			if name == "Set-Cookie" {
				v = redactCookie(v)
			}
			out[name][i] = r.hide.Replace(v)
		}
	}
	return out
}

// redactCookie replaces a cookie's value by as many letters and keeps its name and attributes. An empty value
// stays empty: it removes the cookie.
func redactCookie(line string) string {
	pair, attributes, more := strings.Cut(line, ";")
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		return line
	}
	pair = name + "=" + strings.Repeat("x", len(strings.TrimSpace(value)))
	if more {
		pair += ";" + attributes
	}
	return pair
}

// redactRawCookies does the same for the header lines of a raw answer.
func redactRawCookies(data []byte) []byte {
	const field = "set-cookie:"
	lines := bytes.Split(data, []byte("\r\n"))
	for i, line := range lines {
		if len(line) > len(field) && strings.EqualFold(string(line[:len(field)]), field) {
			lines[i] = append(line[:len(field):len(field)], redactCookie(string(line[len(field):]))...)
		}
	}
	return bytes.Join(lines, []byte("\r\n"))
}
