package logging

import (
	"strings"

	py "hardcheck/checks/internal/parse/python"
)

// Words of a file about authentication, and of one about texts, where a token is a piece of text.
var (
	authWords  = []string{"oauth", "bearer", "authoriz", "authenticat", "login", "password", "credential", "api_key", "apikey", "jwt", "access_token", "refresh_token"}
	lexerWords = []string{"lexer", "tokeniz", "tokenis", "parser", "grammar", "syntax", "embedding", "corpus", "nlp", "scanner", "lookahead", "tokens"}
)

// aboutAuth reports whether "token" in this file is a credential: its names and texts speak of authentication, and
// not of parsing.
func (l *leaks) aboutAuth() bool {
	if l.auth != 0 {
		return l.auth > 0
	}
	auth, lexer := 0, 0
	count := func(text string) {
		if len(text) > 200 {
			return
		}
		text = strings.ToLower(text)
		auth += matches(text, authWords)
		lexer += matches(text, lexerWords)
	}
	py.WalkAll(l.module.Body, func(n py.Node) bool {
		switch n := n.(type) {
		case *py.Name:
			count(n.ID)
		case *py.Attribute:
			count(n.Name)
		case *py.Function:
			count(n.Name)
		case *py.Class:
			count(n.Name)
		case *py.String:
			count(n.Text)
		case *py.Import:
			count(n.Module)
			for _, a := range n.Names {
				count(a.Name)
			}
		}
		return true
	})
	l.auth = -1
	if auth >= 2 && auth > 2*lexer {
		l.auth = 1
	}
	return l.auth > 0
}

func matches(text string, words []string) int {
	for _, w := range words {
		if strings.Contains(text, w) {
			return 1
		}
	}
	return 0
}
