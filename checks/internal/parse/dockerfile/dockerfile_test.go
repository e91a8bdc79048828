package dockerfile

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks"
)

func read(text string) *File {
	return Of(&checks.File{Entry: &checks.Entry{Path: "Dockerfile"}, Data: []byte(text), Line: 1, Whole: true})
}

func TestStages(t *testing.T) {
	f := read(`# syntax=docker/dockerfile:1
ARG GO=1.26
ARG REGISTRY
FROM --platform=$BUILDPLATFORM golang:${GO} AS Build
ENV APP=/srv/app
ARG LOCAL=x
FROM build
RUN echo $LOCAL
FROM ${REGISTRY:-docker.io}/alpine@${DIGEST}
FROM ${FLAVOUR:-build} as last
`)
	var got []string
	for _, s := range f.Stages {
		from := "-"
		if s.From != nil {
			from = fmt.Sprint(s.From.Index)
		}
		got = append(got, fmt.Sprintf("%d %q %q %v from %s platform %v line %d", s.Index, s.Name, s.Base.Text, s.Base.Dynamic, from, s.Platform.Dynamic, s.Place.Line))
	}
	want := []string{
		`0 "build" "golang:1.26" false from - platform true line 4`,
		`1 "" "build" false from 0 platform false line 7`,
		`2 "" "docker.io/alpine@" true from - platform false line 9`,
		`3 "last" "build" false from 0 platform false line 10`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if w, ok := f.Stages[1].env["APP"]; !ok || w.Text != "/srv/app" {
		t.Errorf("a stage sees the ENV of the one it is built from, got %v", f.Stages[1].env)
	}
	if _, ok := f.Stages[1].env["LOCAL"]; ok {
		t.Error("a stage does not see the ARG of the one it is built from")
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"USER app", "app"},
		{"ENV U=app\nUSER $U", "app"},
		{"ENV U app user\nUSER $U", "app user"},
		{"ARG U\nUSER $U", "? "},
		{"ARG U\nUSER ${U:-nobody}", "nobody"},
		{"ARG U=root\nUSER ${U:-nobody}", "root"},
		{"ENV U=\nUSER ${U:-nobody}", "nobody"},
		{"ENV U=a\nUSER ${U:+b}", "b"},
		{"ENV U=a\nARG U=b\nUSER $U", "a"},
		{"ENV A='x $Y' B=\"y z\"\nUSER $A|$B", "x $Y|y z"},
		{`ENV A=x\ y` + "\nUSER $A", "x y"},
		{"ENV A=x\nENV A=y A2=$A\nUSER ${A2}1", "x1"},
		{"USER ${UNKNOWN}", "? "},
		{"USER {{ user }}", "? {{ user }}"},
		{"USER ${A%b}", "? "},
		{"USER \\$A", "$A"},
		{"USER ${", "? "},
	} {
		last := read("FROM a\n" + c.text + "\n").Final().Last("USER")
		got := ""
		for i, w := range last.Args {
			if w.Dynamic && i == 0 {
				got += "? "
			}
			if i > 0 {
				got += " "
			}
			got += w.Text
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestInstructions(t *testing.T) {
	f := read("FROM a\r\n" +
		"COPY --chmod=0755 \\\r\n  # a comment between\r\n\r\n  --chown=app:app a \"b c\" /d/\r\n" +
		"entrypoint [\"/a\", \"-b\"]\n" +
		"COPY <<EOF <<-'B' /x/\nUSER root\nEOF\n\tb\n\tB\n" +
		"CMD run --flag\n" +
		"nonsense\n" +
		"RUN [not json\n" +
		"USER\n")
	var got []string
	for _, in := range f.Final().Instructions {
		got = append(got, fmt.Sprintf("%d-%d %s %v %v exec=%v %q %v", in.Place.Line, in.Place.EndLine, in.Name, in.Flags, in.Args, in.Exec, in.Text, in.Heredocs))
	}
	want := []string{
		`2-5 COPY [{chmod {0755 false}} {chown {app:app false}}] [{a false} {b c false} {/d/ false}] exec=false "a \"b c\" /d/" []`,
		`6-6 ENTRYPOINT [] [{/a false} {-b false}] exec=true "[\"/a\", \"-b\"]" []`,
		`7-11 COPY [] [{<<EOF false} {<<-B false} {/x/ false}] exec=false "<<EOF <<-'B' /x/" [{EOF USER root` + "\n" + ` 131} {B 	b` + "\n" + ` 145}]`,
		`12-12 CMD [] [] exec=false "run --flag" []`,
		`14-14 RUN [] [] exec=false "[not json" []`,
		`15-15 USER [] [] exec=false "" []`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCommands(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"RUN apt-get update && \\\n    # why\n    chmod -R 777 \"$DIR\" ; true", []string{"2 apt-get update", "4 chmod -R 777 ?", "4 true"}},
		{"ENV DIR=/srv\nRUN chmod 777 $DIR/*", []string{"3 chmod 777 /srv/*"}},
		{"RUN <<EOF\nset -e\nchmod 777 /a\nEOF", []string{"3 set -e", "4 chmod 777 /a"}},
		{"RUN cat <<EOF > /etc/x && chmod 666 /etc/x\nchmod 777 /a\nEOF", []string{"2 cat", "2 chmod 666 /etc/x"}},
		{"RUN bash <<-'EOF'\n\tchmod 777 /a\n\tEOF", []string{"2 bash", "3 chmod 777 /a"}},
		{"RUN <<EOF\n#!/usr/bin/env python3\nprint(1)\nEOF", nil},
		{`RUN ["/bin/sh", "-c", "chmod 777 /a"]`, []string{"2 /bin/sh -c chmod 777 /a", "2 chmod 777 /a"}},
		{"RUN --mount=type=cache,target=/x chmod 777 /a", []string{"2 chmod 777 /a"}},
		{"RUN echo $((1<<3)) && chmod 777 /a\nUSER b", []string{"2 echo ?", "2 chmod 777 /a"}},
		{"# escape=`\nRUN a", []string{"3 a"}},
		{"RUN if [ -d /x ]; then chmod 777 /x; fi", []string{"2 [ -d /x ]", "2 chmod 777 /x"}},
	} {
		var got []string
		for _, in := range read("FROM a\n" + c.text + "\n").Final().Instructions {
			found, err := in.Commands()
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			for _, cmd := range found {
				line := fmt.Sprint(cmd.Place.Line)
				for _, w := range cmd.Words {
					if w.Dynamic {
						line += " ?"
						continue
					}
					line += " " + w.Text
				}
				got = append(got, line)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%q: %s", c.text, diff)
		}
	}
}

func TestEscapeDirective(t *testing.T) {
	f := read("# escape=`\nFROM a\nRUN a `\n  b\nCOPY c:\\x d\\\nUSER u\n")
	if got := f.Final().Last("USER"); got == nil || got.Args[0].Text != "u" {
		t.Error("a backslash does not continue the line where the escape character is a backtick")
	}
	if got := f.Final().Last("RUN"); got.Place.EndLine != 4 {
		t.Errorf("the backtick continues the line, got %v", got.Place)
	}
}

func TestTemplate(t *testing.T) {
	f := read("FROM {{ base }}\n{% if x %}\nUSER root\n{% endif %}\n")
	if !f.Templated || !f.Final().Base.Dynamic {
		t.Errorf("templated %v, base %v", f.Templated, f.Final().Base)
	}
	if read("FROM a\nRUN docker inspect --format '{{.Id}}'\n").Templated {
		t.Error("braces inside a command are not a template of the file")
	}
}

func TestDoublingStaysSmall(t *testing.T) {
	f := read("FROM a\nENV A=xxxxxxxx\n" + strings.Repeat("ENV A=$A$A\n", 60) + "USER $A\n")
	if w := f.Final().Last("USER").Args[0]; !w.Dynamic || len(w.Text) > maxValue {
		t.Errorf("%d bytes, dynamic %v", len(w.Text), w.Dynamic)
	}
}

func TestUnread(t *testing.T) {
	for text, want := range map[string]bool{
		"FROM a\nRUN a && (b\n":                                    true,
		"FROM a\nRUN <<EOF\nif a; then\nEOF\n":                     true,
		"FROM a\nSHELL [\"powershell\", \"-Command\"]\nRUN a (b\n": false,
		"FROM a\nRUN <<EOF\n#!/usr/bin/python3\nif (a:\nEOF\n":     false,
	} {
		in := read(text).Final().Last("RUN")
		if _, err := in.Commands(); (err != nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	if read(strings.Repeat("FROM a\n", maxInstructions+1)).Err == nil || read(strings.Repeat("# long\n", maxSize)).Err == nil {
		t.Error("a bound that bites is reported")
	}
}

func TestWants(t *testing.T) {
	for name, want := range map[string]bool{
		"Dockerfile": true, "a/Dockerfile.prod": true, "app.Dockerfile": true, "Containerfile": true, "dockerfile": true,
		"Dockerfile.j2": true, "Dockerfile.dockerignore": false, "Dockerfile.md": false, "dockerfile.go": false, "Dockerfiles": false,
		"Makefile": false, "Dockerfile-dev": true, "Containerfile_web": true, "Dockerfile-README.md": false,
	} {
		if got := Wants(&checks.Entry{Path: name}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if Wants(&checks.Entry{Path: "Dockerfile", Mode: fs.ModeDir}) {
		t.Error("a directory is not a Dockerfile")
	}
}

func FuzzOf(f *testing.F) {
	f.Add("# escape=`\nARG A=1\nFROM --platform=$P a:${A:-b} AS b\nENV X=$A Y=\"z\"\nRUN <<EOF\nchmod 777 $X\nEOF\nCOPY --chmod=777 a b\nUSER ${X}\n")
	f.Add("FROM a\nRUN [\"sh\", \"-c\", \"set -e; chmod u+s /x\"]\nCMD if a; then b & fi\nENV a b c\n{% x %}\n")
	f.Add("FROM a\nRUN a \\\n\n# c\n && b <<<c $((1<<2)) `d` $(e) ${f:-${g}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		asBuildKit(t, text)
		file := read(text)
		lines := strings.Count(text, "\n") + 1
		for _, s := range file.Stages {
			for _, in := range s.Instructions {
				found, _ := in.Commands()
				for _, c := range found {
					if len(c.Words) == 0 || c.Place.Line < 1 || c.Place.EndLine > lines {
						t.Fatalf("command %v at %v", c.Words, c.Place)
					}
				}
			}
		}
	})
}
