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

// fileFacts is what the rest of a file says about names in it.
type fileFacts struct {
	auth    bool            // it is about authentication: "token" is a credential, not a piece of text
	items   map[string]bool // names of loop variables: tokens of a stream or a text
	wrapped map[string]bool // names declared as SecretStr and its like, which show as asterisks
	main    [2]int          // the range of the block "if __name__ == '__main__'"
}

// facts looks through the file once.
func (l *leaks) facts() *fileFacts {
	if l.known != nil {
		return l.known
	}
	f := &fileFacts{items: map[string]bool{}, wrapped: map[string]bool{}}
	l.known = f
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
		words(n, count)
		f.note(n)
		return true
	})
	f.auth = auth >= 2 && auth > 2*lexer
	f.main = mainBlock(l.module)
	return f
}

// words shows the names and texts of a node.
func words(n py.Node, visit func(string)) {
	switch n := n.(type) {
	case *py.Name:
		visit(n.ID)
	case *py.Attribute:
		visit(n.Name)
	case *py.Function:
		visit(n.Name)
	case *py.Class:
		visit(n.Name)
	case *py.String:
		visit(n.Text)
	case *py.Import:
		visit(n.Module)
		for _, a := range n.Names {
			visit(a.Name)
		}
	}
}

func (f *fileFacts) note(n py.Node) {
	switch n := n.(type) {
	case *py.Loop:
		if id, ok := n.Target.(*py.Name); ok {
			f.items[id.ID] = true
		}
	case *py.Comprehension:
		for _, c := range n.Clauses {
			if id, ok := c.Target.(*py.Name); ok {
				f.items[id.ID] = true
			}
		}
	case *py.Assign:
		if n.Annotation != nil && secretType(n.Annotation) {
			f.wrapped[lastName(n.Targets[0])] = true
		}
	case *py.Function:
		for _, p := range n.Params {
			if p.Annotation != nil && secretType(p.Annotation) {
				f.wrapped[p.Name] = true
			}
		}
	}
}

// secretType reports an annotation with pydantic's SecretStr, SecretBytes or Secret in it.
func secretType(x py.Expr) bool {
	found := false
	py.Walk(x, func(n py.Node) bool {
		if name := lastName(n); name == "SecretStr" || name == "SecretBytes" || name == "Secret" {
			found = true
		}
		return !found
	})
	return found
}

// mainBlock is the range of the code that runs only when the file itself is started, by a developer who reads what
// it prints.
func mainBlock(m *py.Module) [2]int {
	for i, stmt := range m.Body {
		n, ok := stmt.(*py.If)
		if !ok {
			continue
		}
		test, ok := n.Branches[0].Test.(*py.Binary)
		if !ok || !isName(test.X, "__name__") {
			continue
		}
		start, _ := stmt.Span()
		end := len(m.Source)
		if i+1 < len(m.Body) {
			end, _ = m.Body[i+1].Span()
		}
		return [2]int{start, end}
	}
	return [2]int{}
}

func matches(text string, words []string) int {
	for _, w := range words {
		if strings.Contains(text, w) {
			return 1
		}
	}
	return 0
}
