package headers

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"hardcheck/checks"
)

// heuristic are the statuses that a cache may keep without being told how long (RFC 9110, 15.1).
var heuristic = []int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}

// withheld is a private or no-cache that keeps the cookie alone from other visitors (RFC 9111, 5.2.2.4 and 5.2.2.7).
var withheld = regexp.MustCompile(`(?i)\b(private|no-cache)\s*=\s*"[^"]*\bset-cookie\b`)

// sharable says why a shared cache may store the answer and hand its Set-Cookie to others, "" where it may not. That a
// Set-Cookie is there forbids nothing (RFC 9111, 7.3). Without a word about storing, an answer counts only where it has
// a Last-Modified, from which caches reckon how long it is good (4.2.2), and does not depend on the visitor's cookies.
func sharable(x *checks.Exchange) string {
	if x.Method != "" && x.Method != http.MethodGet && x.Method != http.MethodHead {
		return ""
	}
	text := strings.Join(x.Header.Values("Cache-Control"), ", ")
	c := parseCacheControl(decodeSplit(text))
	switch {
	case c.noStore, c.private, c.noCache, variesBy(x.Header, "*"), withheld.MatchString(text):
		return ""
	case c.shared > 0, c.shared < 0 && c.fresh > 0:
		return "Cache-Control: " + text
	case c.shared == 0, c.fresh == 0:
		return ""
	case c.public:
		return "Cache-Control: " + text
	}
	if at, ok := cookieDate(x.Header.Get("Expires")); ok {
		sent, dated := cookieDate(x.Header.Get("Date"))
		if !dated {
			sent = time.Now()
		}
		if at.After(sent) {
			return "Expires: " + x.Header.Get("Expires")
		}
		return ""
	}
	told := len(x.Header.Values("Expires")) > 0 || strings.Contains(asciiLower(x.Header.Get("Pragma")), "no-cache")
	if !told && text == "" && x.Header.Get("Last-Modified") != "" && slices.Contains(heuristic, x.Status) && !variesBy(x.Header, "cookie") {
		return "Last-Modified, and no Cache-Control"
	}
	return ""
}

func variesBy(h http.Header, name string) bool {
	return slices.ContainsFunc(decodeSplit(strings.Join(h.Values("Vary"), ",")), func(v string) bool { return asciiLower(v) == name })
}
