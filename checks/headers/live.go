package headers

import (
	"mime"
	"net/http"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/probe"
)

// eachExchange fetches every path of the site and hands its answer on. A path that could not be judged (nothing
// fetched, a 403, a login wall) becomes a blind problem, so that the verdict is "could not tell" and the others count.
func eachExchange(p *checks.Pass, see func(*checks.Exchange) error) error {
	for _, path := range p.Site().Paths() {
		x, err := page(p, path)
		if err == nil {
			err = see(x)
		}
		if err == nil {
			continue
		}
		if err := probe.Blind(p, err); err != nil {
			return err
		}
	}
	return nil
}

// eachPage hands on the response of every path.
func eachPage(p *checks.Pass, see func(*checks.Pass, *response)) error {
	return eachExchange(p, func(x *checks.Exchange) error {
		see(p, fetched(x))
		return nil
	})
}

// page is the answer for a path, or the problem that keeps it from being judged.
func page(p *checks.Pass, path string) (*checks.Exchange, error) {
	x, err := p.Site().Page(p.Context(), path)
	if err != nil {
		return nil, err
	}
	if x.Doubt != nil {
		return nil, x.Doubt
	}
	return x, nil
}

// fetched turns an exchange into the response that judges see.
func fetched(x *checks.Exchange) *response {
	place := checks.Place{URL: x.URL}
	r := &response{subject: checks.Subject{Kind: "response", Name: x.URL}, place: place, https: x.HTTPS(),
		class: classOf(x), live: true, answer: x}
	if !r.https {
		r.plain = "the page came over http, where this is not in force; headers/https-redirect judges that"
	}
	r.headers = fieldsOf(x.Header, place)
	if r.class == htmlPage {
		r.meta = metaTags(x.Body)
	}
	return r
}

func fieldsOf(h http.Header, place checks.Place) []field {
	var out []field
	for name, values := range h {
		for _, v := range values {
			out = append(out, field{name: canonical(name), value: strings.Trim(v, " \t"), place: place, errorsToo: true})
		}
	}
	return out
}

// classOf reads the class from status and headers. Without a Content-Type a browser sniffs the body, for pages only
// where no nosniff is sent (MIME Sniffing, 7); a body that is empty shows nothing.
func classOf(x *checks.Exchange) class {
	switch {
	case x.Status >= 300 && x.Status < 400:
		return redirect
	case x.Status >= 400:
		return errorDoc
	}
	if d, _, _ := mime.ParseMediaType(x.Header.Get("Content-Disposition")); d == "attachment" {
		return download
	}
	contentType := x.Header.Get("Content-Type")
	if contentType == "" {
		if len(x.Body) == 0 || strings.EqualFold(x.Header.Get(nosniffHeader), "nosniff") {
			return static
		}
		contentType = http.DetectContentType(x.Body)
	}
	return classOfType(contentType)
}

func classOfType(contentType string) class {
	kind, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	kind = strings.TrimSpace(kind)
	switch {
	case kind == "", kind == "text/html", kind == "application/xhtml+xml":
		return htmlPage
	case kind == "application/json", strings.HasSuffix(kind, "+json"):
		return jsonAnswer
	}
	return static
}
