package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"hardcheck/cmd/internal/render"
	"hardcheck/policy"
)

// writer writes one report in one format.
type writer func(io.Writer, policy.Report, render.Style) error

// formats are the report writers by name.
var formats = map[string]writer{
	"table": render.Table,
	"json":  func(w io.Writer, r policy.Report, _ render.Style) error { return render.JSON(w, r) },
}

func formatNames() []string {
	names := make([]string, 0, len(formats))
	for name := range formats {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// outputFlags say where a report goes and how it looks.
type outputFlags struct {
	format      string
	files       []string
	color       string
	width       int
	maxFindings int
}

func (o *outputFlags) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.format, "format", "table", "format on standard output: "+strings.Join(formatNames(), ", "))
	f.StringArrayVarP(&o.files, "output", "o", nil, "also write the report as `FORMAT=FILE` (may be repeated)")
	f.IntVar(&o.maxFindings, "max-findings", 10, "findings the table lists for one item; 0 lists all")
	o.addLook(cmd)
	cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(formatNames(), cobra.ShellCompDirectiveNoFileComp))
}

// addLook adds the flags of every command that prints a table.
func (o *outputFlags) addLook(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.color, "color", "auto", "colours: auto, always, never (auto obeys NO_COLOR and is off where output is no terminal)")
	f.IntVar(&o.width, "width", 0, "columns of the table (default: the terminal's, else 100)")
	cmd.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
}

// target is a file that one writer fills.
type reportFile struct {
	write writer
	path  string
}

// parse checks the flags before anything runs.
func (o *outputFlags) parse() (stdout writer, files []reportFile, err error) {
	known := func(format string) (writer, error) {
		w, ok := formats[format]
		if !ok {
			return nil, fmt.Errorf("unknown format %q: expected %s", format, strings.Join(formatNames(), " or "))
		}
		return w, nil
	}
	if stdout, err = known(o.format); err != nil {
		return nil, nil, err
	}
	for _, spec := range o.files {
		format, path, ok := strings.Cut(spec, "=")
		if !ok || path == "" {
			return nil, nil, fmt.Errorf("--output %q: expected FORMAT=FILE, such as json=report.json", spec)
		}
		w, err := known(format)
		if err != nil {
			return nil, nil, err
		}
		if err := writable(path); err != nil {
			return nil, nil, err
		}
		if slices.ContainsFunc(files, func(f reportFile) bool { return filepath.Clean(f.path) == filepath.Clean(path) }) {
			return nil, nil, fmt.Errorf("--output: expected a file for each report, found %s twice", path)
		}
		files = append(files, reportFile{w, path})
	}
	return stdout, files, o.checkLook()
}

func (o *outputFlags) checkLook() error {
	if !slices.Contains([]string{"auto", "always", "never"}, o.color) {
		return fmt.Errorf("--color %q: expected auto, always or never", o.color)
	}
	if o.width < 0 || o.maxFindings < 0 {
		return fmt.Errorf("--width and --max-findings: expected a number that is not negative")
	}
	return nil
}

// defaultWidth is for output that is no terminal, such as a CI log.
const defaultWidth = 100

// style is how text looks on w.
func (o *outputFlags) style(w io.Writer) render.Style {
	s := render.Style{Width: o.width, MaxFindings: o.maxFindings, ASCII: !utf8Locale(os.Getenv)}
	f, isFile := w.(*os.File)
	terminal := isFile && term.IsTerminal(int(f.Fd()))
	switch o.color {
	case "always":
		s.Color = true
	case "auto":
		s.Color = terminal && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	if s.Width == 0 {
		s.Width = defaultWidth
		if columns, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && columns > 0 {
			s.Width = columns
		} else if terminal {
			if columns, _, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 {
				s.Width = columns
			}
		}
	}
	s.Width = max(s.Width, 60)
	return s
}

// utf8Locale reports whether the locale shows UTF-8, by the precedence of POSIX: LC_ALL, LC_CTYPE, LANG.
func utf8Locale(getenv func(string) string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := strings.ToLower(getenv(name)); value != "" {
			return strings.Contains(value, "utf-8") || strings.Contains(value, "utf8")
		}
	}
	return false
}
