package headers

import (
	"strconv"
	"strings"

	"hardcheck/checks"
)

// tally gathers what one check says of a site's pages, so that what is wrong with all of them is told once.
type tally struct{ judged []judgedPage }

type judgedPage struct {
	r *response
	j judgement
}

func (t *tally) add(r *response, j judgement) { t.judged = append(t.judged, judgedPage{r, j}) }

// sameIssue is what makes two issues of different pages the same one.
type sameIssue struct{ rule, attribute, expected, actual, message string }

// tell writes every page to the pass. A header that only error answers lack is left to the check of consistent pages,
// which names all such headers at once.
func (t *tally) tell(p *checks.Pass) {
	others := map[sameIssue][]*response{}
	for _, page := range t.judged {
		for _, i := range page.j.issues {
			if same := others[keyOf(i)]; len(same) == 0 || same[len(same)-1] != page.r { // a page may have it twice
				others[keyOf(i)] = append(same, page.r)
			}
		}
	}
	for _, page := range t.judged {
		switch {
		case page.j.skip != "":
			p.NotApplicable(page.j.skip)
			continue
		case len(page.j.issues) == 0:
			p.OK(page.r.subject)
			continue
		}
		failed := false
		for _, i := range page.j.issues {
			same := others[keyOf(i)]
			if same[0] != page.r || i.rule == "missing" && onError(page.r) {
				continue
			}
			failed = true
			i.message += alsoOn(same[1:])
			page.r.fail(p, i)
		}
		if !failed {
			p.Examined(page.r.subject)
		}
	}
}

func keyOf(i issue) sameIssue {
	return sameIssue{i.rule, i.attribute, i.expected, i.actual, i.message}
}

// onError reports whether the response is the answer to a request that is meant to fail.
func onError(r *response) bool {
	return r.answer != nil && (r.answer.Role == checks.RoleNotFound || r.answer.Role == checks.RoleError)
}

// maxAlso bounds the pages that a finding names besides its own.
const maxAlso = 3

func alsoOn(others []*response) string {
	var names []string
	for i, r := range others {
		if i == maxAlso {
			names = append(names, strconv.Itoa(len(others)-maxAlso)+" more")
			break
		}
		names = append(names, r.subject.Name)
	}
	if len(names) == 0 {
		return ""
	}
	return " (the same on " + strings.Join(names, ", ") + ")"
}
