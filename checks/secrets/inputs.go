package secrets

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/secrets/compat"
)

// Inputs are what a policy gives the chapter besides parameters. Files are named as they are opened.
type Inputs struct {
	GitleaksConfig string // a configuration of gitleaks; "" for none
	GitleaksIgnore string // a .gitleaksignore
	ExcludePaths   string // trufflehog's list of paths
	Baselines      []string
	Rules          []compat.UserRule
	IgnoreComments bool // comments in files set findings aside
}

// InputError is what keeps an input from being used.
type InputError struct {
	Input string // as a policy's section names it: "gitleaks_config", "baselines[0]", "rules[2]"
	Err   error
}

func (e InputError) Error() string { return e.Input + ": " + e.Err.Error() }

// InputErrors is everything that keeps inputs from being used.
type InputErrors []InputError

func (e InputErrors) Error() string {
	lines := make([]string, len(e))
	for i := range e {
		lines[i] = e[i].Error()
	}
	return strings.Join(lines, "\n")
}

// add adds an error; what a reader lists is an error each.
func (e *InputErrors) add(input string, err error) {
	var listed *compat.Error
	if !errors.As(err, &listed) {
		*e = append(*e, InputError{input, err})
		return
	}
	for _, p := range listed.Problems {
		// A rule of the policy is known by its place there, a file by its name.
		where := cmp.Or(input, p.Where)
		err := fmt.Errorf("expected %s, found %s", p.Expected, p.Actual)
		if where != p.Where {
			err = fmt.Errorf("%s: %w", p.Where, err)
		}
		*e = append(*e, InputError{where, err})
	}
}

// load reads a file, "" for none, and hands it to its reader.
func (e *InputErrors) load(input, name string, limit int64, read func([]byte) error) {
	if name == "" {
		return
	}
	data, err := readInput(name, limit)
	if err == nil {
		err = read(data)
	}
	if err != nil {
		e.add(input, fmt.Errorf("%s: %w", filepath.ToSlash(name), err))
	}
}

// readInput reads a regular file of at most limit bytes. What it is is told before it is opened: opening a pipe waits.
func readInput(name string, limit int64) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err == nil && info.Size() > limit {
		err = fmt.Errorf("more than %s: %s", checks.FormatSize(limit), checks.FormatSize(info.Size()))
	}
	if err != nil {
		return nil, cause(err)
	}
	data, err := os.ReadFile(name)
	return data, cause(err)
}

// cause is an error of the file system without the file's name.
func cause(err error) error {
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		return failed.Err
	}
	return err
}
