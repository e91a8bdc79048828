package workflows

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// Access levels of a scope.
const (
	LevelNone  = "none"
	LevelRead  = "read"
	LevelWrite = "write"
)

// Grant is one permissions: block.
type Grant struct {
	Key    *yaml.Node // the word permissions
	Node   *yaml.Node
	All    string // "read-all" or "write-all"; "" where scopes are listed
	Scopes []ScopeGrant
	Wrong  Scalar // a text that is neither of the two
}

// ScopeGrant is one line of it.
type ScopeGrant struct {
	Scope, Level string
	Key, Value   *yaml.Node
}

// Scopes are the scopes of GITHUB_TOKEN with the levels each may have besides none
// (https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions).
var Scopes = map[string][]string{
	"actions": {LevelRead, LevelWrite}, "artifact-metadata": {LevelRead, LevelWrite}, "attestations": {LevelRead, LevelWrite}, "checks": {LevelRead, LevelWrite},
	"contents": {LevelRead, LevelWrite}, "deployments": {LevelRead, LevelWrite}, "discussions": {LevelRead, LevelWrite}, "id-token": {LevelWrite}, "issues": {LevelRead, LevelWrite},
	"models": {LevelRead}, "packages": {LevelRead, LevelWrite}, "pages": {LevelRead, LevelWrite}, "pull-requests": {LevelRead, LevelWrite}, "repository-projects": {LevelRead, LevelWrite},
	"security-events": {LevelRead, LevelWrite}, "statuses": {LevelRead, LevelWrite}, "metadata": {LevelRead}, "vulnerability-alerts": {LevelRead},
}

// maxScopes is more than there are scopes.
const maxScopes = 100

func (r *reader) grant(key, n *yaml.Node) *Grant {
	g := &Grant{Key: key, Node: n}
	switch s := scalar(n); {
	case s.Text == "read-all" || s.Text == "write-all":
		g.All = s.Text
	case s.Set():
		g.Wrong = s
	}
	r.each(n, func(scope, level *yaml.Node) {
		if len(g.Scopes) == maxScopes {
			return
		}
		text, _ := yamldoc.Text(level)
		g.Scopes = append(g.Scopes, ScopeGrant{scope.Value, text, scope, level})
	})
	return g
}

// Level is what the grant gives for the scope.
func (g *Grant) Level(scope string) string {
	switch g.All {
	case "write-all":
		return LevelWrite
	case "read-all":
		if scope == "id-token" {
			return LevelNone
		}
		return LevelRead
	}
	for _, s := range g.Scopes {
		if s.Scope == scope && s.Level != "" {
			return s.Level
		}
	}
	return LevelNone
}

// Writes reports whether the grant lets the token change anything. id-token: write alone changes nothing at GitHub but
// stands for the repository elsewhere, so it counts.
func (g *Grant) Writes() bool {
	return g.All == "write-all" || slices.ContainsFunc(g.Scopes, func(s ScopeGrant) bool { return s.Level == LevelWrite })
}

// Valid reports whether GitHub knows the scope, and takes the level for it.
func (s ScopeGrant) Valid() (scope, level bool) {
	levels, known := Scopes[s.Scope]
	return known, known && (s.Level == LevelNone || slices.Contains(levels, s.Level))
}
