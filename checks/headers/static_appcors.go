package headers

import (
	"slices"
	"strings"

	"hardcheck/checks"
)

// judgeAppCORS judges each policy that an application's source sets, where its reader tells what they send. It reports
// whether it does.
func judgeAppCORS(p *checks.Pass, s *checks.Scope) bool {
	if slices.Contains([]string{"django", "flask", "fastapi"}, s.Layer) {
		return false
	}
	for i, set := range s.Settings {
		if set.Header != acaoHeader || set.Has("remove") {
			continue
		}
		subject := checks.Subject{Kind: "CORS setting", Name: set.Place.String() + " " + set.Name}
		r := &response{subject: subject, place: set.Place, layer: s.Layer}
		addHeaders(&checks.Scope{Settings: append([]checks.Setting{set}, credentialsOf(s, i)...)}, r)
		switch {
		case set.Has("match"):
			judgeMatched(p, r, set)
		case set.Dynamic():
			p.NotApplicable("the origins of " + set.Name + " are not known until run time")
		default:
			asWritten := func(p *checks.Pass, r *response) judgement {
				j := judgeCORS(p, r)
				for i := range j.issues {
					j.issues[i].actual = set.Name + " " + set.Raw
				}
				return j
			}
			headerCheck{names: []string{acaoHeader, acacHeader}, judge: asWritten}.report(p, r)
		}
	}
	return true
}

// credentialsOf is the setting that allows credentials to the origins of setting n: the one behind it, or for headers
// that are set one by one, any.
func credentialsOf(s *checks.Scope, n int) []checks.Setting {
	byHand := strings.HasPrefix(s.Settings[n].Name, "header ")
	var out []checks.Setting
	for i, set := range s.Settings {
		if set.Header == acacHeader && (byHand || i == n+1) || byHand && set.Header == "Vary" {
			out = append(out, set)
		}
	}
	return out
}

// judgeMatched judges a list of origins whose patterns may match more than the hosts that they name.
func judgeMatched(p *checks.Pass, r *response, set checks.Setting) {
	origin := lookalike(set.List(), false)
	credentials := slices.Equal(r.list(acacHeader), []string{"true"})
	switch unknown := slices.ContainsFunc(r.all(acacHeader), func(f field) bool { return f.dynamic }); {
	case set.Dynamic() || origin != "" && unknown:
		p.NotApplicable("the origins of " + set.Name + " are not known until run time")
	case origin != "" && credentials:
		i := lookalikeIssue(set.Name, set.Raw+" matches "+origin)
		i.header = acaoHeader
		r.fail(p, i)
	default:
		p.OK(r.subject)
	}
}
