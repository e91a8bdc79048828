package settings

import (
	"strconv"
	"time"

	"hardcheck/checks"
)

// traefikBuffering is the limit of the middleware "buffering", which is no middleware of its own without it: 0, the
// default, and -1 are no limit (https://doc.traefik.io/traefik/middlewares/http/buffering/).
func traefikBuffering(m *traefikPart) []checks.Setting {
	if !m.has("buffering") {
		return nil
	}
	s := checks.Setting{Name: "buffering.maxRequestBodyBytes", Value: int64(0), Origin: checks.OriginDefault, Place: m.place}
	if f := m.get("buffering", "maxrequestbodybytes"); f != nil {
		s.Raw, s.Origin, s.Place = f.text(), checks.OriginSet, f.place
		n, err := strconv.ParseInt(f.text(), 10, 64)
		if s.Value = max(n, 0); err != nil || f.dynamic {
			s.Value, s.Origin = nil, checks.OriginDynamic
		}
	}
	return []checks.Setting{s}
}

// traefikReadTimeout is how long an entry point waits for a request to arrive whole, where it says so: 0 is for ever. Numbers
// without a unit are seconds.
func traefikReadTimeout(entry *traefikPart) []checks.Setting {
	f := entry.get("transport", "respondingtimeouts", "readtimeout")
	if f == nil {
		return nil
	}
	s := checks.Setting{Name: "respondingTimeouts.readTimeout", Raw: f.text(), Origin: checks.OriginSet, Place: f.place}
	d, err := time.ParseDuration(f.text())
	if n, number := strconv.ParseInt(f.text(), 10, 32); number == nil {
		d, err = time.Duration(n)*time.Second, nil
	}
	if s.Value = int64((d + time.Second - 1) / time.Second); err != nil || f.dynamic {
		s.Value, s.Origin = nil, checks.OriginDynamic
	}
	return []checks.Setting{s}
}
