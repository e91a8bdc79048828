package dotenv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: ".env"}, Data: []byte(text), Line: 1, Whole: true}
}

func TestOf(t *testing.T) {
	text := "\xef\xbb\xbf# settings\r\nDEBUG=true\r\nexport  NAME = 'it $is'  # why\nURL=postgres://${DB_HOST}/x\nHASH=a#b #c\nEMPTY=\nNONE= # nothing\n" +
		"KEY=\"-----BEGIN\nabc\n-----END\" # key\n  INDENTED=1\nbad line\n1BAD=2\nPRICE=5$\nLIT='${X}'\nESC=\\$X\nTPL={{ x }}\nOPEN=\"no end\nLAST=`a b`\nexported=1\ndotted.name-x=y"
	type row struct {
		Name, Value   string
		Line, EndLine int
		Dynamic       bool
	}
	var got []row
	for _, v := range Of(file(text)) {
		got = append(got, row{v.Name, v.Value, v.Place.Line, v.Place.EndLine, v.Dynamic})
	}
	want := []row{
		{"DEBUG", "true", 2, 2, false},
		{"NAME", "it $is", 3, 3, false},
		{"URL", "postgres://${DB_HOST}/x", 4, 4, true},
		{"HASH", "a#b", 5, 5, false},
		{"EMPTY", "", 6, 6, false},
		{"NONE", "", 7, 7, false},
		{"KEY", "-----BEGIN\nabc\n-----END", 8, 10, false},
		{"INDENTED", "1", 11, 11, false},
		{"PRICE", "5$", 14, 14, false},
		{"LIT", "${X}", 15, 15, false},
		{"ESC", `\$X`, 16, 16, false},
		{"TPL", "{{ x }}", 17, 17, true},
		{"OPEN", `"no end`, 18, 18, false},
		{"LAST", "a b", 19, 19, false},
		{"exported", "1", 20, 20, false},
		{"dotted.name-x", "y", 21, 21, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnclosedQuotesStayLinear(t *testing.T) {
	if n := len(Of(file(strings.Repeat("A=\"x\n", 20000)))); n == 0 {
		t.Error("nothing was read")
	}
}

func FuzzOf(f *testing.F) {
	f.Add("A=b\nexport C='d\ne'\n#x\nF=\"g\\\"h\" #i\r\n")
	f.Add("A=\"")
	f.Add("=\n A =`x`y")
	f.Fuzz(func(t *testing.T, text string) {
		for _, v := range Of(file(text)) {
			if v.Name == "" {
				t.Error("an assignment without a name")
			}
		}
	})
}
