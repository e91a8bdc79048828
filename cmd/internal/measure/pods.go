package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/permissions/kube"
)

var versionFolder = regexp.MustCompile(`^v?(1\.\d+)$`)

// pods judges the pods of a directory in which [VERSION/]LEVEL/pass/*.yaml hold what a Pod Security Standard allows and
// fail/*.yaml what it does not, as the test data of Pod Security Admission does.
func pods(w io.Writer, root string) error {
	right, all := 0, 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		level, version, fails := kube.Baseline, kube.Newest, false
		for _, folder := range strings.Split(filepath.ToSlash(path), "/") {
			switch m := versionFolder.FindStringSubmatch(folder); {
			case m != nil:
				if version, err = kube.ParseVersion(m[1]); err != nil {
					return err
				}
			case folder == string(kube.Restricted):
				level = kube.Restricted
			case folder == "fail":
				fails = true
			}
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		all++
		if found := violations(data, level, version); (len(found) > 0) == fails {
			right++
		} else {
			fmt.Fprintf(w, "%s: %v\n", path, found)
		}
		return nil
	})
	fmt.Fprintf(w, "pods: %d of %d right\n", right, all)
	if err == nil && all == 0 {
		err = fmt.Errorf("no pod in %s", root)
	}
	return err
}

// violations lists "rule attribute" for every pod in a file.
func violations(data []byte, level kube.Level, version kube.Version) (out []string) {
	objects, _ := kube.Objects(&checks.File{Entry: &checks.Entry{Path: "pod.yaml"}, Data: data, Whole: true, Line: 1})
	for _, o := range objects {
		for _, pod := range o.Pods() {
			for _, v := range kube.Judge(&pod, level, version) {
				out = append(out, v.Rule+" "+v.Attribute)
			}
		}
	}
	return out
}
