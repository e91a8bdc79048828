package headers

import (
	"net/textproto"
	"slices"

	"hardcheck/checks"
)

// class is what a browser does with a response. It decides which headers matter there.
type class string

const (
	htmlPage   class = "HTML page"
	jsonAnswer class = "JSON answer"
	static     class = "static file"
	redirect   class = "redirect"
	errorDoc   class = "error page"
	download   class = "download"
	fixed      class = "fixed text"
)

// field is one header line of a response, in the order of arrival.
type field struct {
	name  string // canonical
	value string
	place checks.Place // of the directive, or of the response
	// errorsToo is false where the line is known to be missing on error answers (nginx and Apache without "always").
	errorsToo bool
	// dynamic marks a value that is not known until run time; value is then "".
	dynamic bool
	// upstream marks a line that an application behind the judged server sets.
	upstream bool
}

// response is an answer as a browser would get it: one that was fetched, or the one that a configuration gives.
type response struct {
	subject checks.Subject
	place   checks.Place
	https   bool
	// plain says why https is false: there is no TLS at all, or TLS ends outside what is audited.
	plain string
	class class
	live  bool
	// status is the code of the answer; 0 is 200, of a configuration's pages.
	status int
	// errorPages are what the server answers from other locations where this page fails.
	errorPages []errorPage
	// made marks an answer that the server made itself: an error page or a redirect of its own.
	made    bool
	headers []field
	meta    []metaTag
	// answer is what was fetched; nil for the response of a configuration.
	answer *checks.Exchange
	// tally gathers the judgements of a site's pages; nil where each is reported by itself.
	tally *tally
	// anyones: the page of a signed-in user, which visitors without credentials get byte for byte too.
	anyones bool
	// markup is what document reads, once.
	markup *document
	// layer is the product whose configuration gives the response; "" for one that was fetched.
	layer string
	// origins are the scopes of the trees audited with the site that give the answer, once they were sought.
	origins []origin
	sought  bool
	// overHTTP is the http address that sends the HSTS header which this https answer lacks.
	overHTTP string
	// sameNonces are the nonces of its policies that the next answer of the same page holds too.
	sameNonces []string
	// lost names the headers that an outer block sets and an inner block's own directives drop.
	lost []field
	// unsure says why a header that is not seen may still be sent, such as a proxied application of unknown kind.
	unsure string
	// elsewhere says where a header that is not seen is set, if it is: then its absence is not known.
	elsewhere string
}

// all returns the lines of that header.
func (r *response) all(name string) []field {
	var out []field
	for _, f := range r.headers {
		if f.name == name {
			out = append(out, f)
		}
	}
	return out
}

// list returns the header as Fetch's "get, decode, and split": the comma-separated elements of all lines, trimmed.
func (r *response) list(name string) []string {
	value, ok := r.combined(name)
	if !ok {
		return nil
	}
	return decodeSplit(value)
}

// set replaces every line of the header; add appends one.
func (r *response) set(f field) {
	r.remove(f.name)
	r.headers = append(r.headers, f)
}

func (r *response) add(f field) { r.headers = append(r.headers, f) }

func (r *response) remove(name string) {
	r.headers = slices.DeleteFunc(r.headers, func(f field) bool { return f.name == name })
}

// is reports whether the response is of one of the classes.
func (r *response) is(classes ...class) bool { return slices.Contains(classes, r.class) }

func canonical(name string) string { return textproto.CanonicalMIMEHeaderKey(name) }
