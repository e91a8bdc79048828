package systemd

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func file(text string) *checks.File {
	return &checks.File{Entry: &checks.Entry{Path: "shop.service"}, Data: []byte(text), Line: 1, Whole: true}
}

func TestOf(t *testing.T) {
	u := Of(file("\xef\xbb\xbf# a comment \\\n[Unit]\r\nDescription = Shop\r\n\r\n[Service]\nUser=shop\nExecStart=/usr/bin/uvicorn \\\n# why\n  ; and why\n  app:app \\\n --reload\n  UMask=0022\nEnvironment=\"A=b c\" D=e%i\nEnvironment=\nCPUQuota=20%\nnonsense\n=x\nDone=100%%x"))
	type row struct {
		Section, Key, Value string
		Line, EndLine       int
		Dynamic             bool
	}
	var got []row
	for _, e := range u.Entries {
		got = append(got, row{e.Section, e.Key, e.Value, e.Place.Line, e.Place.EndLine, e.Dynamic})
	}
	want := []row{
		{"Unit", "Description", "Shop", 3, 3, false},
		{"Service", "User", "shop", 6, 6, false},
		{"Service", "ExecStart", "/usr/bin/uvicorn    app:app   --reload", 7, 11, false},
		{"Service", "UMask", "0022", 12, 12, false},
		{"Service", "Environment", `"A=b c" D=e%i`, 13, 13, true},
		{"Service", "Environment", "", 14, 14, false},
		{"Service", "CPUQuota", "20%", 15, 15, false},
		{"Service", "Done", "100%%x", 18, 18, false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
	}{
		{`a "b c" 'd"e' f\ g h"i j"`, []string{"a", "b c", `d"e`, "f g", "hi j"}},
		{`"" x`, []string{"", "x"}},
		{"  ", nil},
		{`"open end`, []string{"open end"}},
		{`end\`, []string{`end\`}},
	} {
		if diff := cmp.Diff(c.want, Words(c.in)); diff != "" {
			t.Errorf("%s: %s", c.in, diff)
		}
	}
	if diff := cmp.Diff([]string{"/bin/sh", "-c", "exec x"}, Command(`-!/bin/sh -c "exec x"`)); diff != "" {
		t.Error(diff)
	}
}

func FuzzOf(f *testing.F) {
	f.Add("[Service]\nExecStart=/bin/a \\\n b\nUser=x\n")
	f.Add("a=b\\")
	f.Add("\\\n\\\n#\\\n[x\n=")
	f.Fuzz(func(t *testing.T, text string) {
		for _, e := range Of(file(text)).Entries {
			Command(e.Value)
		}
	})
}
