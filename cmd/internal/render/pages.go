package render

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/policy"
)

// maxPageTables bounds how many sites have their table of pages and headers printed.
const maxPageTables = 5

// pages writes, for each site, its pages and which of them send which security header.
func (t *table) pages() {
	sites := slices.DeleteFunc(slices.Clone(t.r.Targets), func(r policy.TargetResult) bool { return len(r.Pages) == 0 })
	if len(sites) == 0 {
		return
	}
	t.line("")
	t.line(t.heading("PAGES"))
	if len(sites) > maxPageTables {
		t.paragraph(indent, "", fmt.Sprintf("of %s; the JSON report lists the headers of each page", plural(len(sites), "site")), t.faint)
		return
	}
	for _, site := range sites {
		if len(t.r.Targets) > 1 {
			t.paragraph(indent, "", site.Locator, t.bold)
		}
		for i, page := range site.Pages {
			t.page(i+1, page)
		}
		t.matrix(site.Pages)
	}
	t.paragraph(indent, "", t.cell("=")+" as on the first page that sends it, "+t.cell("≠")+" another value, "+t.cell("-")+" missing where it matters, "+t.cell("·")+" not sent", t.faint)
}

func (t *table) page(number int, p checks.SeenPage) {
	what := p.Class
	if p.Status > 0 {
		what = strconv.Itoa(p.Status) + " " + what
	}
	if p.Problem != "" {
		what += ": could not tell: " + p.Problem
	}
	t.paragraph(indent, pad(strconv.Itoa(number), 3), strings.TrimSpace(string(p.Role)+" "+p.Path+"  "+strings.TrimPrefix(what, ": ")), plain)
}

// headerWidth is the width of a header's name in the matrix.
const headerWidth = 30

// matrix writes a line for each header that a page sends or lacks, and a column for each page.
func (t *table) matrix(pages []checks.SeenPage) {
	var names []string
	for _, p := range pages {
		for name := range p.Headers {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	columns := min(len(pages), (t.Width-indent-headerWidth)/3)
	head := strings.Repeat(" ", indent+headerWidth)
	for i := range columns {
		head += pad(strconv.Itoa(i+1), 3)
	}
	t.line(head)
	for _, name := range slices.Compact(names) {
		line := strings.Repeat(" ", indent) + pad(t.Line(name, headerWidth-1), headerWidth)
		first := ""
		for _, p := range pages[:columns] {
			value := strings.Join(p.Headers[name], ", ")
			line += pad(t.cell(cellOf(p, name, value, first)), 3)
			if first == "" {
				first = value
			}
		}
		t.line(line)
	}
	if more := len(pages) - columns; more > 0 {
		t.paragraph(indent, "", fmt.Sprintf("and %s", plural(more, "more page")), t.faint)
	}
}

func cellOf(p checks.SeenPage, name, value, first string) string {
	_, sent := p.Headers[name]
	switch {
	case p.Problem != "":
		return "?"
	case !sent && slices.Contains(p.Missing, name):
		return "-"
	case !sent:
		return "·"
	case first == "" || value == first:
		return "="
	}
	return "≠"
}

// cell is a symbol of the matrix in the locale's characters.
func (t *table) cell(symbol string) string {
	if t.ASCII {
		return map[string]string{"≠": "#", "·": "."}[symbol] + strings.Trim(symbol, "≠·")
	}
	return symbol
}
