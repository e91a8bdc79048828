package permissions

import (
	"fmt"
	"slices"
	"strings"

	"hardcheck/checks/internal/parse/shell"
	"hardcheck/checks/permissions/workflows"
)

// script adds what the commands of a run step need.
func (n *jobNeeds) script(w *workflows.Workflow, j *workflows.Job, s *workflows.Step) {
	commands, _ := shell.Parse(quoteExpressions(s.Run.Text), nil)
	understood := false
	n.opaque = true
	for _, c := range commands {
		words := texts(c.Program())
		n.pushes = n.pushes || runsOthers(c.Words[0].Text) || len(words) > 0 && runsOthers(words[0])
		if scopes := commandNeeds(words); scopes != "" {
			if words[0] == "gh" {
				understood = true
				if token := tokenOf(w, j, s); token.Set() && !isJobToken(token.Text) {
					continue
				}
			}
			n.add(scopes, strings.Join(words[:min(3, len(words))], " "))
		}
	}
	if understood {
		return
	}
	for _, e := range slices.Concat(s.Env, workflows.Pairs{{Value: s.Run}}) {
		if isJobToken(e.Value.Text) {
			n.guess("the script that gets the token in " + stepName(s))
		}
	}
}

func tokenOf(w *workflows.Workflow, j *workflows.Job, s *workflows.Step) workflows.Scalar {
	if t := w.Variable(j, s, "GH_TOKEN"); t.Set() {
		return t
	}
	return w.Variable(j, s, "GITHUB_TOKEN")
}

func stepName(s *workflows.Step) string {
	switch {
	case s.Name != "":
		return "step " + s.Name
	case s.ID != "":
		return "step " + s.ID
	}
	return fmt.Sprintf("the step at line %d", s.Node.Line)
}

// quoteExpressions keeps each ${{ }} as one word for the shell parser; they are put in before the shell reads the script.
func quoteExpressions(script string) string {
	return mapExpressions(script, func(_ int, e workflows.Embedded) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune("$\"'`\\ \t\n\r(){}<>|&;*?[]!#~", r) {
				return '_'
			}
			return r
		}, e.Raw)
	})
}

// mapExpressions writes a script with each ${{ }} replaced.
func mapExpressions(script string, replace func(n int, e workflows.Embedded) string) string {
	var b strings.Builder
	at := 0
	for i, e := range workflows.Find(script) {
		b.WriteString(script[at:e.Start])
		b.WriteString(replace(i, e))
		at = e.End
	}
	b.WriteString(script[at:])
	return b.String()
}

func texts(words []shell.Word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.Text
	}
	return out
}
