package flow

import (
	"strings"

	"hardcheck/checks/internal/parse/source"
)

// answer reports a call that answers a client, and the index of the first argument that is part of the answer.
func (t *table) answer(c *calling) (from int, ok bool) {
	if !t.answers[c.name] && !t.answers[c.path] {
		return 0, false
	}
	member := c.x.Kind == source.Call && c.x.X.Kind == source.Member
	toClient := c.recv.role == isResponse || c.recv.role == isRequest && t.lang != source.Ruby
	for _, inner := range c.recv.wraps {
		toClient = toClient || inner.role == isResponse
	}
	lastRecv := ""
	if member {
		lastRecv = dotted(c.x.X.X)
		for strings.HasSuffix(lastRecv, "()") {
			lastRecv = strings.TrimSuffix(lastRecv, "()")
		}
	}
	switch t.lang {
	case source.Python:
		return 0, !member || t.answers[c.path] || toClient || c.name[0] >= 'A' && c.name[0] <= 'Z'
	case source.JavaScript:
		return 0, member && (toClient || strings.HasPrefix(lastRecv, "res.") || strings.HasPrefix(lastRecv, "reply.") || strings.HasPrefix(lastRecv, "response.") || c.path == "Response.json" || c.path == "NextResponse.json") ||
			c.x.Kind == source.New && c.name == "Response"
	case source.Java, source.Kotlin:
		switch {
		case c.x.Kind == source.New:
			return 0, c.name == "ResponseEntity" || c.name == "ResponseStatusException"
		case c.name == "body" || c.name == "entity" || c.name == "ok" || c.name == "badRequest" || c.name == "internalServerError":
			return 0, strings.Contains(lastRecv, "Response")
		case strings.HasPrefix(c.name, "respond"), c.name == "send" || c.name == "result" || c.name == "json" || c.name == "html":
			return 0, lastRecv == "call" || lastRecv == "ctx" || lastRecv == "ctx.response" || toClient
		}
		return 0, toClient
	case source.CSharp:
		if member {
			return 0, toClient || strings.HasSuffix(lastRecv, "Response") || strings.HasPrefix(c.path, "Results.") || lastRecv == "this" || lastRecv == "Request"
		}
		return 0, true
	case source.PHP:
		if member {
			return 0, toClient || strings.Contains(lastRecv, "esponse") || strings.Contains(lastRecv, "getBody")
		}
		return 0, c.x.Kind != source.New || strings.Contains(c.name, "Response") || c.name == "HttpException"
	case source.Ruby:
		return 0, !member || toClient || lastRecv == "response"
	case source.Go:
		switch {
		case c.path == "http.Error" || strings.HasPrefix(c.path, "fmt.F") || c.path == "io.WriteString":
			return 1, len(c.args) > 0 && c.args[0].role == isResponse
		case c.path == "echo.NewHTTPError" || c.path == "fiber.NewError":
			return 1, true
		}
		return 0, member && toClient
	}
	return 0, false
}
