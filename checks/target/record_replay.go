package target

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"strconv"

	"hardcheck/checks"
)

// maxRecording bounds a recording's size.
const maxRecording = 256 << 20

// replayWire answers from a recording.
type replayWire struct {
	file      string
	exchanges map[string]recordedExchange
	raws      map[string]recordedRawAnswer
}

// OpenReplay serves a recording as the site of rawURL. What the recording does not hold is a problem; nothing is
// ever sent. rawURL "" means the recorded one.
func OpenReplay(file, rawURL string, o SiteOptions) (*Site, error) {
	rec, err := readRecording(file)
	if err != nil {
		return nil, err
	}
	if rawURL == "" {
		rawURL = rec.Base
	}
	s, err := newSite(rawURL, o)
	if err != nil {
		return nil, err
	}
	w := &replayWire{file: file, exchanges: map[string]recordedExchange{}, raws: map[string]recordedRawAnswer{}}
	for i, e := range rec.Exchanges {
		u, err := url.Parse(e.URL)
		if err != nil {
			return nil, badRecording(file, "exchange "+strconv.Itoa(i+1)+" has a URL that cannot be read")
		}
		m := message{method: e.Method, url: u, header: e.Request, body: e.RequestBody, signedIn: e.SignedIn}
		w.exchanges[m.key()] = e
	}
	for _, a := range rec.Raw {
		w.raws[a.Name] = a
	}
	s.wire = w
	return s, nil
}

func badRecording(file, actual string) error {
	return &checks.Problem{Op: "read the recording", Expected: "a recording of schema " + strconv.Itoa(recordingSchema),
		Actual: actual, Where: file, Retry: checks.RetryUseless}
}

func readRecording(file string) (*recording, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, badRecording(file, err.Error())
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxRecording+1))
	if err != nil {
		return nil, badRecording(file, err.Error())
	}
	if len(data) > maxRecording {
		return nil, badRecording(file, "more than "+checks.FormatSize(maxRecording))
	}
	var rec recording
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&rec); err != nil {
		return nil, badRecording(file, err.Error())
	}
	if rec.Schema != recordingSchema {
		return nil, badRecording(file, "schema "+strconv.Itoa(rec.Schema))
	}
	return &rec, nil
}

func (w *replayWire) close() {}

func (w *replayWire) exchange(_ context.Context, m message) (*checks.Exchange, error) {
	e, ok := w.exchanges[m.key()]
	if !ok {
		return nil, w.unknown(m.method + " " + m.url.String())
	}
	if e.Problem != nil {
		return nil, e.Problem.AsBlind() // the JSON form of a problem leaves that out
	}
	body := []byte(e.Body)
	if e.BodyBase64 != nil {
		body = e.BodyBase64
	}
	return &checks.Exchange{Method: e.Method, URL: e.URL, Status: e.Status, Proto: e.Proto, Header: e.Header,
		Body: body, Cut: e.Cut, TLS: e.TLS}, nil
}

func (w *replayWire) raw(_ context.Context, r checks.RawRequest) (*checks.RawExchange, error) {
	a, ok := w.raws[r.Name]
	if !ok {
		return nil, w.unknown("raw request " + r.Name)
	}
	if a.Problem != nil {
		return nil, a.Problem.AsBlind()
	}
	data := []byte(a.Data)
	if a.DataBase64 != nil {
		data = a.DataBase64
	}
	return &checks.RawExchange{Data: data, Closed: a.Closed, Sent: a.Sent, Pieces: a.Pieces, Body: a.Written}, nil
}

func (w *replayWire) unknown(what string) error {
	return &checks.Problem{Op: "replay", Where: w.file, Expected: "a recorded answer to " + what, Actual: "none",
		Retry: checks.RetryUseless, Blind: true}
}
