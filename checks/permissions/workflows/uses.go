package workflows

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v4"

	"hardcheck/checks/internal/parse/yamldoc"
)

// Uses is what a uses: names.
type Uses struct {
	Scalar
	Owner, Repo string // in lower case; "" for a local action or an image
	Path        string // below the repository, cleaned
	Ref         string
	Local       string // ./path
	Image       string // of docker://
	Unclean     bool   // written in a roundabout way: . or .. or // in the path
	Dynamic     bool   // an expression, which GitHub refuses
}

func uses(s Scalar) *Uses {
	if !s.Set() {
		return nil
	}
	u := &Uses{Scalar: s}
	text := strings.TrimSpace(s.Text)
	switch {
	case strings.Contains(text, "${{"):
		u.Dynamic = true
	case strings.HasPrefix(text, "docker://"):
		u.Image = strings.TrimPrefix(text, "docker://")
	case strings.HasPrefix(text, "./"), strings.HasPrefix(text, "../"), text == ".":
		u.Local = text
	default:
		slug, ref, _ := strings.Cut(text, "@")
		u.Ref = ref
		parts := strings.SplitN(slug, "/", 3)
		if len(parts) < 2 {
			u.Local = text
			break
		}
		u.Owner, u.Repo = strings.ToLower(parts[0]), strings.ToLower(parts[1])
		if len(parts) == 3 {
			u.Path = path.Clean("/" + parts[2])[1:]
			u.Unclean = u.Path != parts[2]
		}
	}
	return u
}

// Slug is owner/repo in lower case, "" for a local action or an image.
func (u *Uses) Slug() string {
	if u == nil || u.Owner == "" {
		return ""
	}
	return u.Owner + "/" + u.Repo
}

// Name is owner/repo/path in lower case: the action as tables name it.
func (u *Uses) Name() string {
	slug := u.Slug()
	if slug != "" && u.Path != "" {
		return slug + "/" + strings.ToLower(u.Path)
	}
	return slug
}

// Is reports whether the action is one of those, named in lower case; "owner/repo/*" names everything below.
func (u *Uses) Is(names ...string) bool {
	name := u.Name()
	for _, n := range names {
		if name != "" && (n == name || strings.HasSuffix(n, "/*") && (strings.HasPrefix(name, n[:len(n)-1]) || name == n[:len(n)-2])) {
			return true
		}
	}
	return false
}

// RefKind says how firmly a ref holds.
type RefKind int

// Kinds of refs.
const (
	RefNone   RefKind = iota // none is written
	RefCommit                // 40 or 64 hex digits: the content itself
	RefShort                 // an abbreviated commit, which GitHub no longer takes and anyone may name a branch
	RefTag                   // looks like a version
	RefBranch                // anything else: moves with every push
)

// RefKind classifies the ref by its spelling.
func (u *Uses) RefKind() RefKind {
	ref := u.Ref
	switch {
	case ref == "":
		return RefNone
	case (len(ref) == 40 || len(ref) == 64) && isHex(ref):
		return RefCommit
	case len(ref) >= 7 && len(ref) < 40 && isHex(ref) && strings.ContainsAny(ref, "0123456789"):
		return RefShort
	case isVersion(ref):
		return RefTag
	}
	return RefBranch
}

func isHex(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && (s[i]|0x20 < 'a' || s[i]|0x20 > 'f') {
			return false
		}
	}
	return true
}

// isVersion reports whether a ref reads as a version: v4, 1.2.3, release-2.0, codeql-bundle-v1.
func isVersion(ref string) bool {
	ref = ref[strings.LastIndexByte(ref, '/')+1:]
	for i := range len(ref) {
		if isDigit(ref[i]) && (i == 0 || ref[i-1] == 'v' || ref[i-1] == 'V' || ref[i-1] == '-' || ref[i-1] == '.') {
			return true
		}
	}
	return false
}

// Major is the ref's major version, or 0 where it has none.
func (u *Uses) Major() int {
	return leadingNumber(strings.TrimLeft(u.Ref[strings.LastIndexByte(u.Ref, '/')+1:], "vV"))
}

func leadingNumber(s string) int {
	n := 0
	for i := 0; i < len(s) && isDigit(s[i]) && n < 10000; i++ {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func equalFold(a, b string) bool { return strings.EqualFold(a, b) }

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// firstText is a scalar's text, or that of a list's first item.
func firstText(n *yaml.Node) (string, bool) {
	if text, ok := yamldoc.Text(n); ok {
		return text, true
	}
	for _, item := range yamldoc.Items(n) {
		return yamldoc.Text(item)
	}
	return "", false
}
