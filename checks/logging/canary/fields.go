package canary

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// pattern compiles on first use.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

var badRequest = pattern(`(?i)\b(bad ?req(uest)?|invalid (http )?(request|header)|malformed|illegal|bad syntax|parse error|400)\b`)

// Fields are what a line tells of a request (ASVS 16.2.1: when, where, who and what).
type Fields struct {
	Time     time.Time // zero where the line has none
	Zone     bool      // the time says its offset, or is one since the epoch
	Client   string    // the address that stands for the client, "" where none does
	Spoofed  bool      // Client is what the request claimed
	Method   bool
	Resource bool // the path
	Status   bool
}

// Missing names what the line does not tell.
func (f Fields) Missing() []string {
	var out []string
	for _, field := range []struct {
		name string
		has  bool
	}{{"time", !f.Time.IsZero()}, {"time zone", f.Zone}, {"client", f.Client != ""}, {"method", f.Method}, {"path", f.Resource}, {"status", f.Status}} {
		if !field.has {
			out = append(out, field.name)
		}
	}
	return out
}

// and is what two lines tell together.
func (f Fields) and(g Fields) Fields {
	if f.Time.IsZero() {
		f.Time, f.Zone = g.Time, g.Zone
	}
	if f.Client == "" {
		f.Client, f.Spoofed = g.Client, g.Spoofed
	}
	f.Method, f.Resource, f.Status = f.Method || g.Method, f.Resource || g.Resource, f.Status || g.Status
	return f
}

// maxScore is the score of a line that tells everything.
const maxScore = 6

func (f Fields) score() int { return maxScore - len(f.Missing()) }

// read reads the fields of a line about the request.
func (r *Result) read(line *Line, q *Request, s *SinkResult) Fields {
	text := colours().ReplaceAllString(line.Text, "")
	f := Fields{
		Method:   word(text, q.Method),
		Resource: strings.Contains(text, q.Path),
		Status:   q.Status != 0 && word(text, strconv.Itoa(q.Status)),
	}
	f.Time, f.Zone = timeIn(text, line.At)
	if s.Sink.Kind == SinkUnit { // the journal stamps each entry (systemd.journal-fields(7))
		f.Time, f.Zone = line.At, true
	}
	f.Client, f.Spoofed = r.client(text)
	return f
}

// colours are what loggers write for terminals (ECMA-48, SGR).
var colours = pattern(`\x1b\[[0-9;]*m`)

// word reports whether the text holds a word that is not part of a longer one, nor of a number with a point.
func word(text, word string) bool {
	for rest, from := text, 0; ; {
		i := strings.Index(rest[from:], word)
		if i < 0 {
			return false
		}
		i += from
		if (i == 0 || !wordByte(rest[i-1])) && (i+len(word) == len(rest) || !wordByte(rest[i+len(word)])) {
			return true
		}
		from = i + len(word)
	}
}

func wordByte(c byte) bool {
	return c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// stamp is one way to write a time.
type stamp struct {
	find    func() *regexp.Regexp
	layouts []string // of the first group; those with an offset first
}

var stamps = []stamp{
	{pattern(`(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)`),
		[]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700",
			"2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05"}},
	{pattern(`(\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d:\d\d(?:\.\d+)?(?: [+-]\d{4})?)`),
		[]string{"02/Jan/2006:15:04:05 -0700", "02/Jan/2006 15:04:05 -0700", "02/Jan/2006:15:04:05", "02/Jan/2006 15:04:05"}},
	{pattern(`(\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d+)?)`), []string{"2006/01/02 15:04:05"}},
	{pattern(`([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4})`), []string{"Mon Jan _2 15:04:05 2006"}},
	{pattern(`([A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)`), []string{"Mon, 02 Jan 2006 15:04:05 GMT"}},
	{pattern(`^(?:<\d+>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)`), []string{"Jan _2 15:04:05"}},
}

var epoch = pattern(`"(?:time|ts|timestamp|@timestamp|t|date|epoch|instant)" ?: ?"?(\d{10}(?:\.\d+)?|\d{13}|\d{16}|\d{19})\b`)

// near is how far a time in a line may be from the clock here to be taken for the time of the line: another is data.
const near = 26 * time.Hour

// timeIn is the first time in the line, and whether it says its zone. A time without one is taken for the nearer of UTC and
// the local zone.
func timeIn(text string, now time.Time) (time.Time, bool) {
	if m := epoch().FindStringSubmatch(text); m != nil {
		whole, _, _ := strings.Cut(m[1], ".")
		n, _ := strconv.ParseInt(whole, 10, 64)
		for range (len(whole) - 10) / 3 {
			n /= 1000
		}
		if at := time.Unix(n, 0); at.Sub(now).Abs() < near {
			return at, true
		}
	}
	for _, s := range stamps {
		m := s.find().FindStringSubmatch(text)
		if m == nil {
			continue
		}
		for _, layout := range s.layouts {
			if at, zone, ok := parse(layout, strings.Replace(m[1], ",", ".", 1), now); ok {
				return at, zone
			}
			if at, zone, ok := parse(layout, m[1], now); ok { // a comma that belongs to the layout
				return at, zone
			}
		}
	}
	return time.Time{}, false
}

func parse(layout, text string, now time.Time) (at time.Time, zone, ok bool) {
	zone = strings.Contains(layout, "07") || strings.HasSuffix(layout, "GMT")
	for _, in := range []*time.Location{time.UTC, time.Local} {
		at, err := time.ParseInLocation(layout, text, in)
		if err != nil {
			return at, zone, false
		}
		if at.Year() == 0 {
			at = at.AddDate(now.Year(), 0, 0)
		}
		if zone && at.Sub(now).Abs() < near || at.Sub(now).Abs() < time.Hour {
			return at, zone, true
		}
	}
	at, _ = time.ParseInLocation(layout, text, time.UTC)
	return at, zone, at.Year() != 0 && at.Sub(now).Abs() < near
}

// notClient are the names of fields whose addresses are not the line's own word on who the client is.
var notClient = []string{"host", "for", "forwarded", "real-ip", "referer", "referrer", "url", "upstream", "server", "authority", "connecting-ip"}

// client is the first address in the line that stands for the client, and whether it is the one that the request claimed.
// What a dump of the request's headers holds is not.
func (r *Result) client(text string) (address string, spoofed bool) {
	for at := 0; at < len(text); {
		if !addressByte(text[at]) {
			at++
			continue
		}
		end := at
		for end < len(text) && addressByte(text[end]) {
			end++
		}
		if found, ok := r.address(text[at:end]); ok && !r.foreign(text[:at]) {
			return found, found == r.Spoofed
		}
		at = end
	}
	return "", false
}

func addressByte(c byte) bool {
	return c == ':' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// address reads an address, with a port behind it or not. One with the site's own port is the site.
func (r *Result) address(token string) (string, bool) {
	token = strings.TrimSuffix(token, ".")
	if !strings.Contains(token, "::") {
		token = strings.Trim(token, ":")
	}
	if a, err := netip.ParseAddr(token); err == nil {
		return a.Unmap().String(), true
	}
	host, port, ok := cutLast(token, ":")
	if a, err := netip.ParseAddr(host); ok && err == nil && port != r.Port {
		return a.Unmap().String(), true
	}
	return "", false
}

func cutLast(text, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// foreign reports whether what stands before an address says that it is not the client's.
func (r *Result) foreign(before string) bool {
	if strings.HasSuffix(before, "//") {
		return true
	}
	name := strings.ToLower(strings.TrimRight(before, `"'[]{}():=|, \`+"\t"))
	if name == strings.ToLower(before) { // no punctuation: a part of a word
		return before != ""
	}
	start := strings.LastIndexFunc(name, func(c rune) bool { return !(c == '-' || c == '_' || c >= 'a' && c <= 'z') })
	name = strings.ReplaceAll(name[start+1:], "_", "-")
	return slices.ContainsFunc(notClient, func(n string) bool { return name == n || strings.HasSuffix(name, "-"+n) })
}
