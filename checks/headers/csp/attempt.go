package csp

// vector is what an attacker puts into a page, or does with a hole of the page.
type vector uint8

const (
	inlineScript  vector = iota // <script>…</script>
	eventHandler                // <img onerror=…>
	javascriptURL               // <a href="javascript:…">
	scriptURL                   // <script src=…>
	insertedURL                 // a script element that trusted script adds to the page
	stringEval                  // eval, setTimeout with a string
	baseURL                     // <base href=…>
	objectURL                   // <object data=…>, <embed src=…>
	formURL                     // <form action=…>
	workerURL                   // new Worker(…)
	inlineStyle                 // <style>…</style>
	framedBy                    // a foreign page that frames this one
)

// attempt is one concrete attack.
type attempt struct {
	vector
	url        URL
	nonce      string // on the element; "" for none
	redirected bool   // an allowed host redirects to the url
}

// chains are the directives that decide about a vector, most relevant first: "get fetch directive fallback list"
// (CSP3, 6.8.3) and, for eval, 4.4.1.
var chains = [...][]string{
	inlineScript:  {"script-src-elem", "script-src", "default-src"},
	eventHandler:  {"script-src-attr", "script-src", "default-src"},
	javascriptURL: {"script-src-elem", "script-src", "default-src"},
	scriptURL:     {"script-src-elem", "script-src", "default-src"},
	insertedURL:   {"script-src-elem", "script-src", "default-src"},
	stringEval:    {"script-src", "default-src"},
	baseURL:       {"base-uri"},
	objectURL:     {"object-src", "default-src"},
	formURL:       {"form-action"},
	workerURL:     {"worker-src", "child-src", "script-src", "default-src"},
	inlineStyle:   {"style-src-elem", "style-src", "default-src"},
	framedBy:      {"frame-ancestors"},
}

// ignoredInMeta are the directives without effect in a meta element (CSP3, 3.3; HTML, "http-equiv").
func ignoredInMeta(name string) bool {
	return name == "frame-ancestors" || name == "report-uri" || name == "sandbox"
}

// effective returns the directive that decides about the vector, or nil where the policy leaves it open.
func (p *Policy) effective(v vector) *Directive {
	for _, name := range chains[v] {
		if p.Meta && ignoredInMeta(name) {
			continue
		}
		if d := p.Get(name); d != nil {
			return d
		}
	}
	return nil
}

// sandboxed reports whether the policy puts the page into a sandbox without that permission, such as "allow-scripts".
func (p *Policy) sandboxed(permission string) bool {
	d := p.Get("sandbox")
	if d == nil || p.Meta {
		return false
	}
	for i := range d.Sources {
		if foldEqual(d.Sources[i].Text, permission) {
			return false
		}
	}
	return true
}

// grant is why a policy allows an attempt: a source of a directive, the directive as a whole, or the lack of one.
type grant struct {
	directive *Directive
	source    *Source
}

// allows asks one policy.
func (p *Policy) allows(a attempt, self URL) (grant, bool) {
	if a.vector <= stringEval && p.sandboxed("allow-scripts") || a.vector == formURL && p.sandboxed("allow-forms") {
		return grant{}, false
	}
	d := p.effective(a.vector)
	if d == nil {
		return grant{}, true
	}
	source, ok := d.allows(a, self)
	return grant{d, source}, ok
}

// allows asks the directive that decides about the attempt.
func (d *Directive) allows(a attempt, self URL) (*Source, bool) {
	switch a.vector {
	case inlineScript, inlineStyle:
		if s := d.nonce(a.nonce); s != nil {
			return s, true
		}
		return d.inline(a.vector != inlineStyle)
	case eventHandler, javascriptURL:
		return d.inline(true)
	case scriptURL, insertedURL:
		return d.script(a, self)
	case workerURL:
		if d.Name == "script-src" { // script-src asks of a worker what it asks of an inserted script, the others match its address
			return d.script(attempt{vector: insertedURL, url: a.url, nonce: a.nonce, redirected: a.redirected}, self)
		}
	case stringEval:
		return d.keyword(unsafeEval), d.words&unsafeEval != 0
	}
	s := d.match(a.url, self, a.redirected)
	return s, s != nil
}

// inline is "does a source list allow all inline behavior" (CSP3, 6.7.3.2): a nonce or hash that fits the grammar
// cancels 'unsafe-inline', and so does 'strict-dynamic' for scripts.
func (d *Directive) inline(script bool) (*Source, bool) {
	if d.nonces || d.hashes || script && d.words&strictDynamic != 0 || d.words&unsafeInline == 0 {
		return nil, false
	}
	return d.keyword(unsafeInline), true
}

// script is the "script directives pre-request check" (CSP3, 6.7.1.1), for elements without integrity metadata.
func (d *Directive) script(a attempt, self URL) (*Source, bool) {
	if s := d.nonce(a.nonce); s != nil {
		return s, true
	}
	if d.words&strictDynamic != 0 {
		return d.keyword(strictDynamic), a.vector == insertedURL
	}
	s := d.match(a.url, self, a.redirected)
	return s, s != nil
}

// nonce returns the source with that nonce, compared exactly, or nil.
func (d *Directive) nonce(value string) *Source {
	if value == "" || !d.nonces {
		return nil
	}
	for i := range d.Sources {
		if s := &d.Sources[i]; s.Kind == Nonce && s.value == value {
			return s
		}
	}
	return nil
}

// keyword returns the source that is one of those keywords, or nil.
func (d *Directive) keyword(word keyword) *Source {
	for i := range d.Sources {
		if d.Sources[i].word&word != 0 {
			return &d.Sources[i]
		}
	}
	return nil
}

// foldEqual compares ASCII text without regard to case.
func foldEqual(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		x, y := a[i], b[i]
		if x != y && (!letter(x) || x|0x20 != y|0x20) {
			return false
		}
	}
	return true
}

// InForce reports whether a directive of that name has an effect where the policy was delivered.
func (p *Policy) InForce(name string) bool { return !p.Meta || !ignoredInMeta(name) }
