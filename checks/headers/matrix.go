package headers

import (
	"errors"
	"slices"

	"hardcheck/checks"
)

// shownHeaders are shown in the table of pages and headers besides the compared ones.
var shownHeaders = []string{corpHeader, acaoHeader, "Cache-Control", "Clear-Site-Data"}

// Matrix makes the table of pages and headers from the answers that a run got, in the order of the pages. It sends
// nothing. visited hands on what was fetched.
func Matrix(visited func(see func(checks.Page, *checks.Exchange, error))) []checks.SeenPage {
	var rows []checks.SeenPage
	var pages []*response
	visited(func(page checks.Page, x *checks.Exchange, err error) {
		row := checks.SeenPage{Role: page.Role, Path: page.Path}
		if err == nil && x.Doubt != nil && !leadsAway(x) {
			err = x.Doubt
		}
		var r *response
		if x != nil {
			row.URL, row.Status, row.Proto, row.Class = x.URL, x.Status, x.Proto, string(classOf(x))
		}
		var problem *checks.Problem
		switch {
		case errors.As(err, &problem):
			row.Problem = oneLine(problem.Actual)
		case err != nil:
			row.Problem = oneLine(err.Error())
		default:
			r = fetched(x)
			row.Headers = shownOf(r)
		}
		rows, pages = append(rows, row), append(pages, r)
	})
	judged := slices.DeleteFunc(slices.Clone(pages), func(r *response) bool { return r == nil })
	for i, r := range pages {
		if r != nil {
			rows[i].Missing = absent(r, judged)
		}
	}
	return rows
}

// shownOf are the security headers of a response, each value shortened.
func shownOf(r *response) map[string][]string {
	out := map[string][]string{}
	keep := func(name string) {
		for _, f := range r.all(name) {
			if len(out[name]) < maxAlso {
				out[name] = append(out[name], oneLine(withoutNonces(f.value)))
			}
		}
	}
	for _, h := range comparedHeaders {
		keep(h.name)
	}
	for _, name := range shownHeaders {
		keep(name)
	}
	return out
}
