package permissions

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"

	"hardcheck/checks"
)

// textRoot is a root of files that all hold one text.
type textRoot map[string]string

func (r textRoot) Lstat(name string) (*checks.Entry, error) {
	name = path.Clean(name)
	if text, ok := r[name]; ok {
		return &checks.Entry{Path: name, Mode: 0o644, Size: int64(len(text))}, nil
	}
	for file := range r {
		if name == "." || strings.HasPrefix(file, name+"/") {
			return &checks.Entry{Path: name, Mode: fs.ModeDir | 0o755}, nil
		}
	}
	return nil, fs.ErrNotExist
}

func (r textRoot) ReadFile(name string, most int64) ([]byte, error) {
	return []byte(r[path.Clean(name)]), nil
}

func (r textRoot) Names(dir string, most int) (names []string, err error) {
	for file := range r {
		if rest, ok := strings.CutPrefix(file, path.Clean(dir)+"/"); ok {
			name, _, _ := strings.Cut(rest, "/")
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// hostFiles are one of each kind that is read of a host.
var hostFiles = strings.Fields(`etc/passwd etc/group etc/shadow etc/subuid etc/login.defs etc/crontab etc/anacrontab etc/cron.d/a etc/cron.daily/a
etc/logrotate.conf etc/sudoers etc/sudoers.d/a etc/udev/rules.d/a.rules etc/ld.so.conf etc/ld.so.preload etc/profile etc/environment etc/pam.d/a
etc/systemd/system/a.service etc/systemd/system/a.service.d/b.conf root/.profile var/lib/dpkg/statoverride`)

func FuzzHost(f *testing.F) {
	for _, seed := range []string{"root:x:0:0::/root:/bin/sh\n", "1 2 * * * root /bin/sh -c '/a/b'\n@daily root x\n", "%a ALL=(root:b) NOPASSWD: /x, !/y\n", "[Service]\nExecStart=+/a %i\n",
		"/a {\npostrotate\n /b\nendscript\n}", "RUN+=\"/a b\"\n", "PATH=.:$PATH\numask 0\n", "UMASK 022\nENV_SUPATH PATH=::a\n", "include ld.so.conf.d/*.conf\n/lib # x\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root := textRoot{}
		for _, name := range hostFiles {
			root[name] = text
		}
		h := newHost(root)
		for _, run := range rootRunsOf(h) {
			if strings.HasPrefix(run.path, "/") || strings.HasPrefix(run.path, "../") {
				t.Errorf("%q leaves the root", run.path)
			}
			h.weakest(run.path)
		}
		for _, name := range hostFiles {
			for line := range strings.Lines(text) {
				umaskOf(name, line)
				pathValue(name, line)
			}
		}
		apkFiles(text)
		statOverrides(text)
		dpkgFiles(text)
		copyName.FindStringSubmatch(text)
	})
}

func TestCronFields(t *testing.T) {
	root := textRoot{"etc/passwd": "root:x:0:0::/root:/bin/sh\n", "etc/crontab": "SHELL=/bin/sh\n1\t2 * * *\troot\t/opt/a --b\n@daily root /opt/c\n1 2 * * * alice /opt/no\n# * * * * * root /opt/no\n1 2 * * * root [ -x /opt/no ] && nice -n 10 /opt/d\n1 2 * * * root /opt/e%input /opt/no\n",
		"var/spool/cron/crontabs/root": "1 2 * * * /opt/f\n", "etc/anacrontab": "1 5 job /opt/g\n"}
	var got []string
	for _, run := range rootRunsOf(newHost(root)) {
		if run.how == "a cron job" {
			got = append(got, run.path)
		}
	}
	slices.Sort(got)
	if want := "opt/a opt/c opt/d opt/e opt/f opt/g"; strings.Join(got, " ") != want {
		t.Errorf("%q, want %q", got, want)
	}
}
