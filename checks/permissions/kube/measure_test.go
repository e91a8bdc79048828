package kube

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/yamldoc"
)

// standardsDir names a directory of pods to measure against, such as the test data of Pod Security Admission:
// [VERSION/]LEVEL/pass/*.yaml hold pods that the standard allows, fail/*.yaml pods that it does not.
const standardsDir = "HARDCHECK_POD_STANDARDS"

var versionFolder = regexp.MustCompile(`^v?(1\.\d+)$`)

func TestMeasureStandards(t *testing.T) {
	root := os.Getenv(standardsDir)
	if root == "" {
		t.Skip(standardsDir + " names no directory")
	}
	right, all := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		level, version, fails := Baseline, Newest, false
		for _, folder := range strings.Split(filepath.ToSlash(path), "/") {
			switch m := versionFolder.FindStringSubmatch(folder); {
			case m != nil:
				if version, err = ParseVersion(m[1]); err != nil {
					return err
				}
			case folder == string(Restricted):
				level = Restricted
			case folder == "fail":
				fails = true
			}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all++
		if list := judged(t, string(data), level, version); (len(list) > 0) != fails {
			t.Errorf("%s: %v", path, list)
			return nil
		}
		right++
		return nil
	})
	t.Logf("%d of %d right", right, all)
	if err != nil || all == 0 {
		t.Fatal("nothing was measured: ", err)
	}
}

// judged lists "rule attribute" of every violation of the pods in text.
func judged(t *testing.T, text string, level Level, version Version) []string {
	t.Helper()
	f := &checks.File{Entry: &checks.Entry{Path: "pod.yaml"}, Data: []byte(text), Whole: true, Line: 1}
	if s := yamldoc.Of(f); s.Err != nil {
		t.Fatal(s.Err)
	}
	var out []string
	pods := 0
	objects, _ := Objects(f)
	for _, o := range objects {
		for _, pod := range o.Pods() {
			pods++
			for _, v := range Judge(&pod, level, version) {
				out = append(out, v.Rule+" "+v.Attribute)
			}
		}
	}
	if pods == 0 {
		t.Fatal("no pod was found")
	}
	return out
}
