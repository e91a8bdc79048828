package validate

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
)

// Answer is one that tells: of the status, with Value at Path where Path is set ("*" is any value but none), and Text
// somewhere in its body where that is set. Letter case does not count.
type Answer struct {
	Status      int
	Path, Value string // "error.code", "errors.0.reason"
	Text        string
}

var (
	accepted = []Answer{{Status: http.StatusOK}}
	refused  = []Answer{{Status: http.StatusUnauthorized}}
)

// State is what a provider says of a token.
type State string

// States.
const (
	Unknown State = "unknown"
	Active  State = "active"
	Revoked State = "revoked"
)

// Verdict is what an answer says.
type Verdict struct {
	State   State
	Account string // whose the token is; chosen by the provider
	Scopes  string // what it may do, separated by spaces
	// Refused says that the provider did not accept the token although the state is unknown: see Call.Doubt.
	Refused bool
}

// Read judges the answer to a call.
func (call *Call) Read(r *checks.OutboundResponse, c Credential) Verdict {
	for _, body := range []bool{true, false} {
		switch {
		case fits(call.Active, accepted, body, r):
			return Verdict{State: Active, Account: call.account(r, c), Scopes: call.scopes(r, c)}
		case !fits(call.Revoked, refused, body, r):
		case call.Doubt != "":
			return Verdict{State: Unknown, Refused: true}
		default:
			return Verdict{State: Revoked}
		}
	}
	return Verdict{State: Unknown}
}

// fits reports whether one of the answers is r's, of those that look into the body or of the others.
func fits(answers, otherwise []Answer, body bool, r *checks.OutboundResponse) bool {
	if answers == nil {
		answers = otherwise
	}
	return slices.ContainsFunc(answers, func(a Answer) bool { return (a.Path+a.Text != "") == body && a.fits(r) })
}

func (a Answer) fits(r *checks.OutboundResponse) bool {
	if a.Status != r.Status || a.Text != "" && !bytes.Contains(bytes.ToLower(r.Body), bytes.ToLower([]byte(a.Text))) {
		return false
	}
	if a.Path == "" {
		return true
	}
	value := valueAt(r.Body, a.Path)
	return a.Value == "*" && value != "" || strings.EqualFold(value, a.Value)
}

func (call *Call) account(r *checks.OutboundResponse, c Credential) string {
	var known []string
	for _, path := range call.Identity {
		if v := valueAt(r.Body, path); v != "" && !c.within(v) {
			known = append(known, v)
		}
	}
	return strings.Join(known, " ")
}

func (call *Call) scopes(r *checks.OutboundResponse, c Credential) string {
	value := ""
	if name, ok := strings.CutPrefix(call.Scopes, "header "); ok {
		value = r.Header.Get(name)
	} else if call.Scopes != "" {
		value = valueAt(r.Body, call.Scopes)
	}
	if c.within(value) {
		return ""
	}
	return strings.Join(strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }), " ")
}

// within reports whether a text of the provider holds a good part of the credential: a report must not repeat it.
func (c Credential) within(text string) bool {
	for _, secret := range []string{c.Secret, c.Session} {
		const part = 12
		for at := 0; at+part <= len(secret); at++ {
			if strings.Contains(text, secret[at:at+part]) {
				return true
			}
		}
		if secret != "" && strings.Contains(text, secret) {
			return true
		}
	}
	return false
}

// maxElements bounds what is read of a list.
const maxElements = 16

// valueAt is the text, number or truth value at a path of a JSON document, a list's joined by spaces; "" for anything
// else. The document may be cut off behind it.
func valueAt(body []byte, path string) string {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	token, err := d.Token()
	for _, step := range strings.Split(path, ".") {
		if err != nil {
			return ""
		}
		if token, err = child(d, token, step); err != nil {
			return ""
		}
	}
	if err != nil {
		return ""
	}
	if token != json.Delim('[') {
		return scalar(token)
	}
	var values []string
	for d.More() && len(values) < maxElements {
		if token, err = d.Token(); err != nil {
			break
		}
		if v := scalar(token); v != "" {
			values = append(values, v)
		}
		if skip(d, token) != nil {
			break
		}
	}
	return strings.Join(values, " ")
}

func scalar(token json.Token) string {
	switch v := token.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

type missing struct{}

func (missing) Error() string { return "no such value" }

// child is the first token of the value at a step into what the token opened.
func child(d *json.Decoder, open json.Token, step string) (json.Token, error) {
	switch open {
	case json.Delim('{'):
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			value, err := d.Token()
			if err != nil {
				return nil, err
			}
			if name == step {
				return value, nil
			}
			if err := skip(d, value); err != nil {
				return nil, err
			}
		}
	case json.Delim('['):
		index, err := strconv.Atoi(step)
		if err != nil {
			return nil, missing{}
		}
		for i := 0; d.More(); i++ {
			value, err := d.Token()
			if err != nil {
				return nil, err
			}
			if i == index {
				return value, nil
			}
			if err := skip(d, value); err != nil {
				return nil, err
			}
		}
	}
	return nil, missing{}
}

// skip reads to the end of the value that the token began.
func skip(d *json.Decoder, token json.Token) error {
	depth := 0
	for {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth <= 0 {
			return nil
		}
		var err error
		if token, err = d.Token(); err != nil {
			return err
		}
	}
}
