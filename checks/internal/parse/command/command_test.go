package command

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hardcheck/checks/internal/parse/shell"
)

func show(list []Process) string {
	var out []string
	for _, p := range list {
		words := []string{p.Name}
		for _, a := range p.Args {
			text := a.Text
			if a.Dynamic {
				text += "?"
			}
			words = append(words, text)
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, " | ")
}

func TestShell(t *testing.T) {
	for in, want := range map[string]string{
		`gunicorn -w 4 app:app`:                                 "gunicorn -w 4 app:app",
		`bash -c 'exec gunicorn app'`:                           "bash -c exec gunicorn app | gunicorn app",
		`A=1 env -i B=2 /opt/venv/bin/uvicorn app:app --reload`: "uvicorn app:app --reload",
		`tini -g -- python3 -u -m uvicorn app:app`:              "uvicorn app:app",
		`python -W ignore /usr/bin/gunicorn x`:                  "gunicorn x",
		`poetry run uvicorn a:b --port 80`:                      "uvicorn a:b --port 80",
		`poetry install`:                                        "poetry install",
		`gosu app:app uv run --env-file .env uvicorn a:b`:       "uvicorn a:b",
		`/docker-entrypoint.sh gunicorn app`:                    "gunicorn app",
		`/wait.sh db:5432`:                                      "wait.sh db:5432",
		`$SERVER app`:                                           "",
		`python -c "print(1)"`:                                  "python -c print(1)",
		`sudo -u www gunicorn x; (uvicorn y)`:                   "gunicorn x | uvicorn y",
		`if [ "$DEV" ]; then uvicorn a:b --reload; else gunicorn a:b; fi # gunicorn`: "[ ? ] | uvicorn a:b --reload | gunicorn a:b",
	} {
		if got := show(Shell(in)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	got := show(Words([]shell.Word{{Text: "/bin/sh"}, {Text: "-c"}, {Text: `python manage.py migrate && exec gunicorn -b 0.0.0.0:$PORT it\'s`}}))
	want := `sh -c python manage.py migrate && exec gunicorn -b 0.0.0.0:$PORT it\'s | manage.py migrate | gunicorn -b 0.0.0.0:? it's`
	if got != want {
		t.Errorf("got %s", got)
	}
	if got := show(Words([]shell.Word{{Text: "gunicorn"}, {Text: "--bind=", Dynamic: true}})); got != "gunicorn --bind=?" {
		t.Errorf("got %s", got)
	}
}

func TestFlags(t *testing.T) {
	valued := func(name string) bool { return name == "-b" || name == "--log-level" }
	flags, ok := Flags(Shell(`x app --reload -b0:80 -b 1 --log-level=debug --log-level "$L" --x=y -- --no`)[0].Args, valued)
	want := []Flag{
		{Name: "--reload"}, {"-b", "0:80", true, false}, {"-b", "1", true, false}, {"--log-level", "debug", true, false},
		{"--log-level", "", true, true}, {"--x", "y", true, false},
	}
	if diff := cmp.Diff(want, flags); diff != "" || !ok {
		t.Error(diff)
	}
	if _, ok := Flags(Shell(`x app $OPTS`)[0].Args, valued); ok {
		t.Error("$OPTS may hold any option")
	}
}

func FuzzShell(f *testing.F) {
	f.Add(`exec env A=b tini -- sh -c "gunicorn -b :$PORT 'x y'"`)
	f.Add("a=$(b `c`) <<E\nx\nE\n")
	f.Fuzz(func(t *testing.T, line string) {
		for _, p := range Shell(line) {
			Flags(p.Args, func(string) bool { return true })
			Words(p.Args)
		}
	})
}
