package uploads

import (
	"fmt"

	"hardcheck/checks"
)

// unreachable finds applications that are set to take more than any way to them lets through. One route with a limit as
// high is enough: it is the one that uploads are meant for.
func (m *mismatches) unreachable() {
	widest := map[checks.Place]*chain{} // by the setting of the application
	for i := range m.chains {
		c := &m.chains[i]
		front := c.front()
		for j := range c.layers {
			app := &c.layers[j]
			if app.role == roleProxy || app.set.Origin != checks.OriginSet || !app.limit.bounds() {
				continue
			}
			best := widest[app.set.Place]
			if best == nil || wider(front, best.front()) {
				widest[app.set.Place] = c
			}
		}
	}
	for i := range m.chains {
		c := &m.chains[i]
		front := c.front()
		if front == nil || !front.limit.bounds() || c.unsure || c.atMost {
			continue
		}
		for j := range c.layers {
			app := &c.layers[j]
			if widest[app.set.Place] != c || app.role == roleProxy || app.set.Origin != checks.OriginSet || app.limit.bytes <= front.limit.bytes {
				continue
			}
			name, fix := front.product, fmt.Sprintf("Raise the limit on the route that takes uploads (%s), or lower %s to %d.", front.line(app.limit.bytes), app.set.Name, front.limit.bytes)
			if front.product == "edge" {
				name = front.scope.Name
				fix = fmt.Sprintf("Nothing raises this limit: lower %s to %d, and have large files sent to object storage by a signed address.", app.set.Name, front.limit.bytes)
			}
			m.fail(c, "proxy-below-application", app, front, "a layer in front that lets "+checks.FormatSize(app.limit.bytes)+" through",
				fmt.Sprintf("%s takes %s, and %s in front refuses what is over %s: %s", app.product, checks.FormatSize(app.limit.bytes), name,
					checks.FormatSize(front.limit.bytes), front.where()), fix)
		}
	}
}

// wider reports whether a lets more through than b; nil and no limit let everything through.
func wider(a, b *layer) bool {
	if b == nil || !b.limit.bounds() {
		return false
	}
	return a == nil || !a.limit.bounds() || a.limit.bytes > b.limit.bytes
}

// where is the layer's setting with its place.
func (l *layer) where() string {
	return l.set.Name + " (" + string(l.set.Origin) + ") at " + l.set.Place.String()
}

// muchMore is how many times the inner limit the outer one may be: a form is larger than the file in it.
const muchMore = 2

// late finds a proxy that is set to take in far more than the application, which refuses it after all of it was read and
// buffered. A default of the application's counts for PHP, which drops the form without an error.
func (m *mismatches) late(c *chain) {
	front := c.front()
	if !front.limit.bounds() || front.set.Origin != checks.OriginSet {
		return
	}
	for i := range c.layers {
		app := &c.layers[i]
		php := app.limit.status == 200
		if app.role == roleProxy || !app.limit.bounds() || app.limit.covers == coversFiles || app.role == roleRoute && app.limit.covers != coversAll || app.set.Origin != checks.OriginSet && !php ||
			front.limit.bytes < muchMore*app.limit.bytes {
			continue
		}
		what := "refuses them only after they were read"
		if php {
			what = "drops the form and runs the script as if nothing was sent"
		}
		m.fail(c, "application-below-proxy", front, app, fmt.Sprintf("at most %d times the %s of %s", muchMore, checks.FormatSize(app.limit.bytes), app.product),
			fmt.Sprintf("%s takes bodies of %s in, and %s (%s) %s", front.product, checks.FormatSize(front.limit.bytes), app.product, app.where(), what),
			fmt.Sprintf("Lower the limit in front to a little more than the application's (%s), or raise %s.", front.line(app.limit.bytes+app.limit.bytes/10), app.set.Name))
		return
	}
}

// declaredOnly finds chains where a declared size is bounded and a body in chunks is not.
func (m *mismatches) declaredOnly(c *chain) {
	_, by := c.effective(coversAll, false)
	if by == nil || c.atMost || by.limit.covers == coversWhole {
		return
	}
	if _, counts := c.effective(coversAll, true); counts != nil {
		return
	}
	m.fail(c, "declared-only", by, nil, "a layer that counts the bytes of bodies in chunks",
		fmt.Sprintf("%s limits what Content-Length declares to %s; a body with Transfer-Encoding: chunked is not bounded by any layer", by.product, checks.FormatSize(by.limit.bytes)), "")
}

// wraps finds a limit that is compared as a number of 32 bits, where no other layer refuses such sizes.
func (m *mismatches) wraps(c *chain) {
	_, by := c.effective(coversAll, false)
	if by == nil || !by.limit.wraps {
		return
	}
	for i := range c.layers {
		l := &c.layers[i].limit
		if l.bounds() && !l.wraps && l.counts(coversAll, false) {
			return
		}
	}
	m.fail(c, "wraps", by, nil, "a comparison that holds for every size",
		by.product+" takes Content-Length for a number of 32 bits: 4294967297 is 1 there and passes", "")
}

// phpForm finds a form limit below the limit of a file in it.
func (m *mismatches) phpForm(s *checks.Scope) {
	var form, file *layer
	for _, row := range rowsOf(s.Layer) {
		l, ok := row.layer(s)
		if !ok || row.runtime != "php" {
			continue
		}
		if l.limit.covers == coversForm {
			form = &l
		} else {
			file = &l
		}
	}
	if form == nil || file == nil || !form.limit.bounds() || !file.limit.bounds() || form.set.Inherited && file.set.Inherited || notDeployed(s.Place.Path) {
		return
	}
	c := &chain{layers: []layer{*form, *file}}
	if form.limit.bytes >= file.limit.bytes {
		if form.set.Origin == checks.OriginSet || file.set.Origin == checks.OriginSet {
			m.pass.OK(s.Subject())
		}
		return
	}
	at := form
	if form.set.Origin != checks.OriginSet {
		at = file
	}
	m.fail(c, "post-below-upload", at, nil, "post_max_size over "+checks.FormatSize(file.limit.bytes),
		fmt.Sprintf("A file of %s is allowed, and the form that brings it may have %s: PHP drops both", checks.FormatSize(file.limit.bytes), checks.FormatSize(form.limit.bytes)), "")
}
