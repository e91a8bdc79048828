package headers

import (
	"slices"
	"strconv"
	"strings"
)

// cacheControl is what the directives of Cache-Control say (RFC 9111, 5.2.2). Its zero value is a header that says nothing.
type cacheControl struct {
	noStore, noCache, private, public bool
	// fresh is the longest time in seconds for which a cache may answer by itself, shared that of shared caches; -1 is unsaid.
	fresh, shared int64
	unknown       []string // words that no cache knows
}

var cacheWords = []string{"no-store", "no-cache", "private", "public", "must-revalidate", "proxy-revalidate", "max-age", "s-maxage",
	"no-transform", "must-understand", "immutable", "stale-while-revalidate", "stale-if-error"}

// parseCacheControl reads the elements of the header. A private or no-cache that lists fields protects those fields only.
func parseCacheControl(elements []string) cacheControl {
	c := cacheControl{fresh: -1, shared: -1}
	for _, e := range elements {
		name, argument, given := strings.Cut(e, "=")
		name = asciiLower(strings.Trim(name, " \t"))
		switch name {
		case "":
		case "no-store":
			c.noStore = true
		case "no-cache":
			c.noCache = c.noCache || !given
		case "private":
			c.private = c.private || !given
		case "public":
			c.public = true
		case "max-age":
			c.fresh = seconds(argument)
		case "s-maxage":
			c.shared = seconds(argument)
		default:
			if !slices.Contains(cacheWords, name) {
				c.unknown = append(c.unknown, e)
			}
		}
	}
	return c
}

// seconds reads delta-seconds, in quotes or not; what is no number is stale at once.
func seconds(argument string) int64 {
	n, err := strconv.ParseInt(strings.Trim(argument, "\" \t"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// stale reports whether a stored answer must be asked about before every use.
func (c cacheControl) stale() bool { return c.noCache || c.fresh == 0 }
