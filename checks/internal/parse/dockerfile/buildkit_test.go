package dockerfile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// asBuildKit compares the instructions of a file, heredocs included, with those of BuildKit's parser: the name and what
// follows it, white space at the ends apart. FROM opens a stage and is left out.
func asBuildKit(t *testing.T, text string) {
	t.Helper()
	nodes, err := instructions(text)
	if err != nil || strings.ContainsRune(text, 0) { // a binary file is not read
		return
	}
	var want, got []string
	begun := false
	for _, n := range nodes {
		name, _, _ := strings.Cut(strings.ReplaceAll(n.Original, "\t", " "), " ")
		if !named[strings.ToUpper(name)] || len(want) == maxInstructions {
			continue
		}
		if name = strings.ToUpper(name); name == "FROM" {
			begun = begun || strings.Trim(n.Original[len(name):], " \t") != ""
			continue
		}
		if !begun && name != "ARG" {
			continue
		}
		line := name + " " + strings.TrimSpace(n.Original[len(name):])
		for _, doc := range n.Heredocs {
			line += "\n" + doc.Content
		}
		want = append(want, line)
	}
	file := read(text)
	all := file.Args
	for _, stage := range file.Stages {
		all = append(all, stage.Instructions...)
	}
	for _, in := range all {
		line := in.Name + " " + strings.TrimSpace(in.line.text[len(in.Name):])
		for _, doc := range in.Heredocs {
			line += "\n" + doc.Text
		}
		got = append(got, line)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q: %s", text, diff)
	}
}

func TestAsBuildKit(t *testing.T) {
	for _, text := range []string{
		"FROM a\nRUN b \\\n# comment\n\n  && c\nUSER d\n",
		"# escape=`\nFROM a\nRUN b `\n c\nUSER d\\\nUSER e\n",
		"#check=skip=all\n#escape=`\nFROM a\nRUN a `\n b",
		"FROM a\nRUN <<A cat <<-B\na\nA\n\tb\n\tB\nUSER c\n",
		"FROM a\nONBUILD RUN <<EOF\nUSER root\nEOF\nUSER c\n",
		"FROM a\nCOPY <<EOF /x\nUSER root\nEOF\nUSER c\n",
		"FROM a\nRUN [\"a\", \"<<EOF\"]\nUSER c\n",
		"FROM a\r\nRUN b \\\r\n c\r\nUSER d\r\n",
		"  FROM a\n\tRUN\tb\n",
		"FROM a\nRUN b \\  \n c\nRUN d \\\\\n e\n",
		"FROM a\nRUN echo $((1<<3)) && b\nUSER c\n",
		"FROM a\nRUN cat <<< x && b\nUSER c\n",
	} {
		asBuildKit(t, text)
	}
}
