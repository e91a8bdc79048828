package flow

import (
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// refuses reports a call that answers with a status from 400 to 499: what is wrong is the request, and the text of the
// error is for whoever sent it.
func (w *follower) refuses(c *calling) bool {
	if refusalNames(c.path) {
		return true
	}
	for _, a := range c.x.List {
		if w.refusal(a) {
			return true
		}
	}
	for x := c.x.X; x != nil; x = x.X { // res.status(404).send(...)
		for _, a := range x.List {
			if x.Kind == source.Call && w.refusal(a) {
				return true
			}
		}
	}
	return false
}

// refusal reports an argument that is such a status: 404, status=404, http.StatusNotFound, :not_found.
func (w *follower) refusal(x *source.Expr) bool {
	switch x.Kind {
	case source.Constant:
		return len(x.Text) == 3 && x.Text[0] == '4'
	case source.Pair:
		return x.X != nil && (x.Text == "status" || x.Text == "status_code" || x.Text == "statusCode" || x.Text == "code") && w.refusal(x.X)
	case source.Name, source.Member, source.Literal, source.Unary:
		return x.End-x.Start < 60 && refusalNames(w.file.Text(x))
	}
	return false
}

// refusalNames reports the name of such a status, or of an answer that has one.
func refusalNames(text string) bool {
	text = strings.ReplaceAll(strings.ToLower(text), "_", "")
	for _, name := range []string{"badrequest", "notfound", "forbidden", "unauthorized", "unprocessable", "conflict", "notallowed", "notacceptable", "preconditionfailed", "toolarge", "toolong", "toomany", "http40", "http41", "http42"} {
		if strings.Contains(text, name) {
			return true
		}
	}
	return false
}
