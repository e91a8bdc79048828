// Package render writes a report: as a table for people and as JSON for programs. Writers decide nothing; the
// gate has spoken before they run. Everything that came from a target is escaped for where it is printed.
package render

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/fatih/color"
	"github.com/mattn/go-runewidth"

	"hardcheck/checks"
)

// Style says how a text report looks.
type Style struct {
	Width int  // columns; lines wrap before it
	Color bool // ANSI colours
	ASCII bool // no character outside ASCII
	// MaxFindings bounds the findings listed under one item; 0 lists all.
	MaxFindings int
}

type paint func(string) string

func (s Style) paint(attributes ...color.Attribute) paint {
	c := color.New(attributes...)
	if s.Color {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return func(text string) string { return c.Sprint(text) }
}

// mark is how one status looks.
type mark struct {
	symbol, ascii, word string
	attributes          []color.Attribute
}

var marks = map[checks.Status]mark{
	checks.StatusPass:          {"✓", "+", "pass", []color.Attribute{color.FgGreen}},
	checks.StatusFail:          {"✗", "x", "FAIL", []color.Attribute{color.FgRed, color.Bold}},
	checks.StatusWaived:        {"~", "~", "waived", []color.Attribute{color.FgYellow}},
	checks.StatusNotApplicable: {"-", "-", "n/a", []color.Attribute{color.Faint}},
	checks.StatusSkipped:       {"-", "-", "skip", []color.Attribute{color.Faint}},
	checks.StatusError:         {"!", "!", "error", []color.Attribute{color.FgMagenta, color.Bold}},
}

func (s Style) status(status checks.Status) string {
	m := marks[status]
	symbol := m.symbol
	if s.ASCII {
		symbol = m.ascii
	}
	return s.paint(m.attributes...)(symbol + " " + pad(m.word, 6))
}

// separator stands between the parts of a line.
func (s Style) separator() string {
	if s.ASCII {
		return " | "
	}
	return " · "
}

// Text makes a string from a target safe to print: control characters, invisible and direction-changing ones, and
// what the locale cannot show become escapes.
func (s Style) Text(text string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '\t' || r == '\n':
			b.WriteByte(' ')
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > unicode.MaxASCII && (s.ASCII || !unicode.IsPrint(r)):
			fmt.Fprintf(&b, `\u{%x}`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Line is text made safe to print and cut to a display width.
func (s Style) Line(text string, width int) string { return shorten(s.Text(text), width) }

// pad fills text with spaces to a display width.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-runewidth.StringWidth(text)))
}

// wrap breaks text into lines of at most width columns, at spaces where it can. It returns at least one line.
func wrap(text string, width int) []string {
	width = max(width, 8)
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		for runewidth.StringWidth(word) > width {
			if line != "" {
				lines, line = append(lines, line), ""
			}
			head := runewidth.Truncate(word, width, "")
			lines, word = append(lines, head), word[len(head):]
		}
		switch {
		case line == "":
			line = word
		case runewidth.StringWidth(line)+1+runewidth.StringWidth(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}
