package permissions

import (
	"context"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"hardcheck/checks"
	"hardcheck/checks/engine"
	"hardcheck/checks/target"
)

// plant is one thing put into a root: a file unless the kind says otherwise, its mode, owner and content.
type plant struct {
	path    string
	mode    uint32
	uid     int
	content string // of a link its target; of an attribute what aclOf or capsOf made
	kind    string // "", "dir", "link", "fifo", "block", "char", "socket", or an attribute's name
	find    string // "check rule [place]" for a defect; "" for a control, which nothing may be said of
}

const plantedKey = "-----BEGIN " + "PRIVATE KEY-----\ndGhpcyBpcyBub3QgYSBrZXksIGl0IG9ubHkgaGFzIHRoZSBmb3JtIG9mIG9uZTog\nbm90aGluZyBjYW4gYmUgb3BlbmVkIHdpdGggaXQgYXQgYWxsLCBpdCBpcyB0aGUg\ndGV4dCBvZiBhIHRlc3Q=\n-----END " + "PRIVATE KEY-----\n"

func capsOf(bits ...int) string {
	var set uint64
	for _, b := range bits {
		set |= 1 << b
	}
	data := binary.LittleEndian.AppendUint32(nil, 0x02000001)
	for _, w := range []uint32{uint32(set), 0, uint32(set >> 32), 0} {
		data = binary.LittleEndian.AppendUint32(data, w)
	}
	return string(data)
}

// aclOf is owner rw, one named user with the permission, group r, the mask, others.
func aclOf(uid int, perm, mask, other uint16) string {
	data := binary.LittleEndian.AppendUint32(nil, 2)
	for _, e := range []checks.ACLEntry{{Tag: checks.ACLOwner, Perm: 6, ID: -1}, {Tag: checks.ACLUser, Perm: perm, ID: uid}, {Tag: checks.ACLOwnerGroup, Perm: 4, ID: -1},
		{Tag: checks.ACLMask, Perm: mask, ID: -1}, {Tag: checks.ACLOther, Perm: other, ID: -1}} {
		data = binary.LittleEndian.AppendUint16(data, uint16(e.Tag))
		data = binary.LittleEndian.AppendUint16(data, e.Perm)
		data = binary.LittleEndian.AppendUint32(data, uint32(e.ID))
	}
	return string(data)
}

// planted is the root. A later row may change an earlier one's path again.
var planted = []plant{
	{"etc/passwd", 0o644, 0, "root:x:0:0::/root:/bin/bash\ndaemon:x:1:1::/usr/sbin:/usr/sbin/nologin\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nalice:x:1000:1000::/home/alice:/bin/bash\nbob:x:1001:1001::/home/bob:/bin/bash\ncarol:x:1002:1002::/home/carol:/bin/bash\ntoor:x:0:0::/root:/bin/sh\n", "", "accounts second-root etc/passwd"},
	{"etc/group", 0o644, 0, "root:x:0:\nstaff:x:50:\ndocker:x:998:bob\ndevs:x:1100:alice,bob\nalice:x:1000:\nbob:x:1001:\ncarol:x:1002:\nwww-data:x:33:\nshadow:x:42:\n", "", "accounts root-group etc/group"},
	{"etc/shadow", 0o640, 0, "root:*:1::::::\nbob::1::::::\n", "", "accounts empty-password etc/shadow"},
	{"etc/login.defs", 0o644, 0, "UMASK 000\nENV_SUPATH PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/opt/tools/bin\n", "", "accounts umask-open etc/login.defs"},
	{"etc/subuid", 0o644, 0, "alice:100000:65536\n", "", ""},
	{"etc/subgid", 0o644, 0, "alice:100000:65536\n", "", ""},
	{"root/.profile", 0o644, 0, "PATH=$PATH::/usr/bin\n", "", "root-executes path-relative root/.profile"},
	{"var/lib/dpkg/info/passwd.list", 0o644, 0, "/usr/bin/passwd\n/usr/bin/su\n/usr/bin/special\n/usr/lib/dbus-1.0/dbus-daemon-launch-helper\n", "", ""},
	{"var/lib/dpkg/statoverride", 0o644, 0, "root root 4755 /usr/bin/registered\n", "", ""},
	// setuid and setgid
	{"usr/bin/passwd", 0o4755, 0, "x", "", ""},
	{"usr/bin/su", 0o4755, 0, "x", "", ""},
	{"usr/bin/registered", 0o4755, 0, "x", "", ""},
	{"usr/lib/dbus-1.0/dbus-daemon-launch-helper", 0o4754, 0, "x", "", ""},
	{"usr/bin/mount", 0o4755, 0, "x", "", "setuid setuid-unknown"}, // in no package's list
	{"usr/bin/special", 0o4755, 0, "x", "", "setuid packaged"},
	{"usr/bin/bash", 0o4755, 0, "x", "", "setuid escape"},
	{"usr/local/bin/find", 0o4755, 0, "x", "", "setuid escape"},
	{"usr/local/bin/vim", 0o2755, 0, "x", "", "setuid escape"},
	{"usr/local/bin/helper", 0o4755, 0, "x", "", "setuid setuid-unknown"},
	{"usr/local/sbin/spool", 0o2755, 0, "x", "", "setuid setgid-unknown"},
	{"opt/a/open", 0o4757, 0, "x", "", "setuid writable"},
	{"opt/a/data", 0o4644, 0, "x", "", "setuid no-effect"},
	{"opt/a/script", 0o4755, 0, "#!/bin/sh\n", "", "setuid script"},
	{"home/bob/.x", 0o4755, 0, "x", "", "setuid outside"},
	{"var/tmp/.k", 0o4755, 0, "x", "", "setuid outside"},
	{"opt/weak/bin/su2", 0o4755, 0, "x", "", "setuid replaceable"},
	{"opt/weak", 0o777, 0, "", "dir", "world-writable directory-without-sticky-bit"},
	{"srv/shared", 0o2775, 0, "", "dir", ""},
	// world-writable
	{"etc/app.conf", 0o666, 0, "a=b", "", "world-writable writable-file"},
	{"opt/a/tool", 0o777, 0, "x", "", "world-writable writable-program"},
	{"srv/drop", 0o777, 0, "", "dir", "world-writable directory-without-sticky-bit"},
	{"var/log/app/app.log", 0o666, 0, "x", "", "world-writable writable-file"},
	{"srv/closed/open.txt", 0o666, 0, "x", "", ""},
	{"srv/closed", 0o700, 0, "", "dir", ""},
	{"tmp", 0o1777, 0, "", "dir", ""},
	{"run/docker.sock", 0o666, 0, "", "socket", "world-writable engine-socket"},
	{"run/app.sock", 0o666, 0, "", "socket", ""},
	{"srv/mail", 0o1777, 1000, "", "dir", "ownership open-directory-owner"},
	// keys, databases, credentials
	{"etc/ssl/a.key", 0o644, 0, plantedKey, "", "key-files readable-by-others"},
	{"etc/ssl/b.pem", 0o602, 0, plantedKey, "", "key-files writable-by-others"},
	{"etc/ssl/c.key", 0o640, 0, plantedKey, "", ""},
	{"srv/app/deploy", 0o644, 0, plantedKey, "", "key-files readable-by-others"},
	{"srv/closed/d.key", 0o644, 0, plantedKey, "", ""},
	{"srv/app/public.pem", 0o644, 0, strings.ReplaceAll(plantedKey, "PRIVATE", "PUBLIC"), "", ""},
	{"var/lib/app/app.db", 0o644, 33, "SQLite format 3\x00" + strings.Repeat("x", 90), "", "key-files database-readable"},
	{"var/lib/app/open.sqlite", 0o666, 33, "SQLite format 3\x00" + strings.Repeat("x", 90), "", "key-files database-writable"},
	{"var/lib/app/dump.rdb", 0o644, 33, "REDIS0011" + strings.Repeat("x", 90), "", "key-files database-readable"},
	{"var/lib/app/closed.db", 0o640, 33, "SQLite format 3\x00" + strings.Repeat("x", 90), "", ""},
	{"usr/share/index.db", 0o644, 0, "SQLite format 3\x00" + strings.Repeat("x", 90), "", ""},
	{"var/lib/app/Thumbs.db", 0o644, 33, strings.Repeat("x", 90), "", ""},
	{"srv/app/.env", 0o644, 33, "DB_PASSWORD=Xy7kq9Lm2p\n", "", "credential-files readable-by-others"},
	{"home/carol/.aws/credentials", 0o644, 1002, "aws_secret_access_key = abcdefghijkl\n", "", "credential-files readable-by-others"},
	{"home/carol/.pgpass", 0o644, 1002, "db:5432:x:y:secret99\n", "", "credential-files readable-by-others"},
	{"home/carol/.netrc", 0o600, 1002, "machine a login b password cdefgh\n", "", ""},
	{"home/alice/.pgpass", 0o644, 1000, "db:5432:x:y:secret99\n", "", ""},
	{"etc/shadow.bak", 0o644, 0, "root:$6$abcdefgh$0123456789:1::::::\n", "", "credential-files readable-by-others"},
	// system files
	{"etc/gshadow", 0o644, 0, "root:*::\n", "", "system-files readable"},
	{"etc/crontab", 0o646, 0, "# none\n", "", "system-files writable"},
	{"etc/ssh/sshd_config", 0o600, 1000, "Port 22\n", "", "system-files owner"},
	{"etc/sudoers", 0o440, 0, "Defaults env_reset\n%devs ALL=(root) NOPASSWD: /srv/ops/restart, /usr/bin/true\nalice ALL=(bob) /srv/bobs/tool\n", "", ""},
	{"etc/wireguard/wg0.conf", 0o644, 0, "[Interface]\n", "", "system-files readable"},
	{"etc/db.conf", 0o640, 0, "password=x", "", ""},
	{"etc/db.conf.bak", 0o644, 0, "password=x", "", "system-files open-copy"},
	{"etc/db.conf~", 0o640, 0, "password=x", "", ""},
	{"etc/open.conf", 0o644, 0, "a", "", ""},
	{"etc/open.conf.bak", 0o644, 0, "a", "", ""},
	{"var/log/auth.log", 0o644, 0, "x", "", "system-files readable"},
	{"var/log/syslog", 0o640, 0, "x", "", ""},
	{"var/tmp", 0o777, 0, "", "dir", "system-files writable"},
	// ownership
	{"srv/old/a.txt", 0o644, 4242, "x", "", "ownership unowned"},
	{"srv/rootless/a.txt", 0o644, 100500, "x", "", ""},
	{"srv/dynamic/a.txt", 0o644, 61200, "x", "", ""},
	{"usr/bin/mine", 0o755, 1000, "x", "", "ownership program-owner"},
	{"usr/bin/true", 0o755, 0, "x", "", ""},
	// what root runs
	{"etc/systemd/system/shop.service", 0o644, 0, "[Service]\nExecStart=/opt/shop/run.sh\nExecStartPre=/bin/sh /srv/hooks/pre.sh\n", "", ""},
	{"opt/shop/run.sh", 0o755, 1000, "#!/bin/sh\n", "", "root-executes account-can-change"},
	{"srv/hooks/pre.sh", 0o755, 0, "#!/bin/sh\n", "", ""},
	{"srv/hooks", 0o775, 0, "", "dir", ""}, // its group has no members
	{"etc/systemd/system/open.service", 0o666, 0, "[Service]\nExecStart=/usr/bin/true\n", "", "root-executes everyone-can-change"},
	{"etc/systemd/system/user.service", 0o644, 0, "[Service]\nUser=bob\nExecStart=/home/carol/tool\n", "", ""},
	{"home/carol/tool", 0o755, 1002, "#!/bin/sh\n", "", ""},
	{"etc/systemd/system/user.service.d/root.conf", 0o644, 0, "[Service]\nExecStartPre=+/srv/plus/prepare\n", "", ""},
	{"srv/plus/prepare", 0o777, 0, "#!/bin/sh\n", "", "root-executes everyone-can-change"},
	{"etc/cron.d/jobs", 0o644, 0, "1 2 * * * root cd /tmp && /srv/jobs/nightly.sh >/dev/null\n1 2 * * * bob /home/bob/own.sh\n@reboot root /srv/jobs/gone\n", "", ""},
	{"srv/jobs/nightly.sh", 0o755, 0, "#!/bin/sh\n", "", ""},
	{"srv/jobs", 0o755, 1001, "", "dir", "root-executes account-can-change"},
	{"home/bob/own.sh", 0o755, 1001, "#!/bin/sh\n", "", ""},
	{"etc/cron.daily/report", 0o757, 0, "#!/bin/sh\n", "", "root-executes everyone-can-change"},
	{"etc/logrotate.d/app", 0o644, 0, "/var/log/app/*.log {\n postrotate\n  /srv/rotate/done.sh\n endscript\n}\n", "", ""},
	{"srv/rotate/done.sh", 0o755, 1001, "#!/bin/sh\n", "", "root-executes account-can-change"},
	{"srv/ops/restart", 0o755, 1001, "x", "", "root-executes account-can-change"},
	{"srv/bobs/tool", 0o755, 1001, "x", "", ""},
	{"etc/profile.d/site.sh", 0o666, 0, "A=b\n", "", "root-executes everyone-can-change"},
	{"etc/ld.so.conf.d/app.conf", 0o644, 0, "/opt/applib\n", "", ""},
	{"opt/applib", 0o777, 0, "", "dir", "root-executes everyone-can-change"},
	{"etc/udev/rules.d/9.rules", 0o644, 0, "ACTION==\"add\", RUN+=\"/srv/udev/hook %k\"\n", "", ""},
	{"srv/udev/hook", 0o775, 1001, "x", "", "root-executes account-can-change"},
	{"opt/tools/bin", 0o755, 1000, "", "dir", "root-executes account-can-change"},
	{"etc/init.d/app", 0o775, 1001, "#!/bin/sh\n", "", "root-executes account-can-change"},
	// capabilities and ACLs
	{"usr/bin/ping", 0o755, 0, "x", "", ""},
	{"usr/bin/ping", 0, 0, capsOf(13), checks.AttributeCapability, ""},
	{"usr/bin/python3.12", 0o755, 0, "x", "", ""},
	{"usr/bin/python3.12", 0, 0, capsOf(7), checks.AttributeCapability, "file-capabilities-and-acls capability-escape"},
	{"opt/a/reader", 0o755, 0, "x", "", ""},
	{"opt/a/reader", 0, 0, capsOf(2), checks.AttributeCapability, "file-capabilities-and-acls capability-root"},
	{"opt/a/web", 0o755, 0, "x", "", ""},
	{"opt/a/web", 0, 0, capsOf(10), checks.AttributeCapability, "file-capabilities-and-acls capability-unknown"},
	{"etc/granted.conf", 0o644, 0, "x", "", ""},
	{"etc/granted.conf", 0, 0, aclOf(1000, 6, 6, 4), checks.AttributeACL, "file-capabilities-and-acls acl-write"},
	{"etc/masked.conf", 0o644, 0, "x", "", ""},
	{"etc/masked.conf", 0, 0, aclOf(1000, 6, 4, 4), checks.AttributeACL, ""},
	{"srv/inbox", 0o755, 0, "", "dir", ""},
	{"srv/inbox", 0, 0, aclOf(1000, 7, 7, 7), checks.AttributeDefaultACL, "file-capabilities-and-acls acl-default-open"},
	{"home/alice/own.txt", 0o644, 1000, "x", "", ""},
	{"home/alice/own.txt", 0, 0, aclOf(1001, 6, 6, 4), checks.AttributeACL, ""},
	// homes
	{"home/alice/.bash_history", 0o644, 1000, "x", "", ""},
	{"home/alice", 0o700, 1000, "", "dir", ""},
	{"home/bob/.bashrc", 0o666, 1001, "x", "", "home-directories profile-writable"},
	{"home/bob/.bash_history", 0o644, 1001, "x", "", "home-directories history-readable"},
	{"home/bob/.ssh/authorized_keys", 0o666, 1001, "ssh-ed25519 AAAA", "", "credential-files ssh-writable"},
	{"home/bob/.ssh", 0o777, 1001, "", "dir", "home-directories ssh-open"},
	{"home/bob", 0o777, 1001, "", "dir", "home-directories home-writable"},
	{"home/carol/.bashrc", 0o644, 1002, "x", "", ""},
	{"home/carol", 0o755, 1002, "", "dir", "home-directories home-readable"},
	// special files
	{"srv/disk", 0o660, 0, "", "block", "special-files device-outside-dev"},
	{"dev/vda", 0o666, 0, "", "block", "special-files device-open"},
	{"dev/vdb", 0o660, 0, "", "block", ""},
	{"dev/null", 0o666, 0, "", "char", ""},
	{"tmp/orders", 0o666, 0, "", "fifo", "special-files pipe-open"},
	{"run/orders", 0o600, 0, "", "fifo", ""},
	{"var/www/html/conf", 0, 0, "/etc", "link", "special-files link-out-of-web-root"},
	{"var/www/html/assets", 0, 0, "/usr/share", "link", ""},
	{"var/www/html/index.html", 0o644, 33, "x", "", ""},
}

func (x plant) lay(t *testing.T, root string) {
	t.Helper()
	name := filepath.Join(root, x.path)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", x.path, err)
		}
	}
	must(os.MkdirAll(filepath.Dir(name), 0o755))
	switch x.kind {
	case "":
		must(os.WriteFile(name, []byte(x.content), 0o600))
	case "dir":
		must(os.MkdirAll(name, 0o755))
	case "link":
		must(os.Symlink(x.content, name))
		return
	case "fifo":
		must(unix.Mknod(name, unix.S_IFIFO|x.mode, 0))
	case "socket":
		must(unix.Mknod(name, unix.S_IFSOCK|x.mode, 0))
	case "block", "char":
		kind, number := uint32(unix.S_IFBLK), unix.Mkdev(253, 77)
		if x.kind == "char" {
			kind, number = unix.S_IFCHR, unix.Mkdev(1, 3)
		}
		if err := unix.Mknod(name, kind|x.mode, int(number)); err != nil {
			t.Skipf("SKIPPED: no device nodes here: %v", err)
		}
	default:
		must(unix.Lsetxattr(name, x.kind, []byte(x.content), 0))
		return
	}
	must(os.Lchown(name, x.uid, x.uid))
	must(unix.Chmod(name, x.mode))
}

func plantRoot(t *testing.T) string {
	t.Helper()
	if os.Geteuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("CI must run the planted root as root")
		}
		t.Skip("SKIPPED: only root can plant a root: owners, devices, capabilities")
	}
	root := t.TempDir()
	for dir := root; len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, x := range planted {
		x.lay(t, root)
	}
	return root
}

// TestPlantedRoot audits a root with known defects and controls by all checks of hosts.
func TestPlantedRoot(t *testing.T) {
	root := plantRoot(t)
	tree, err := target.OpenTree(context.Background(), root, target.TreeOptions{System: true})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	var jobs []engine.Job
	for _, c := range []*checks.Check{worldWritable(), setuid(), keyFiles(), credentialFiles(), rootExecutes(), systemFileModes(), fileCapabilities(), ownership(),
		homeDirectories(), hostAccounts(), specialFiles()} {
		jobs = append(jobs, engine.Job{Check: c, Values: c.Defaults()})
	}
	found := map[string]bool{}
	said := map[string][]string{}
	result := engine.RunTree(context.Background(), tree, jobs, engine.Options{})
	for i, o := range result.Observations {
		_, check, _ := strings.Cut(jobs[i].Check.ID, "/")
		for _, f := range o.Findings {
			found[check+" "+f.Rule+" "+f.Place.Path] = true
			said[f.Place.Path] = append(said[f.Place.Path], check+" "+f.Rule)
			if f.Fix == "" && jobs[i].Check.Rule(f.Rule).Fix == "" {
				t.Errorf("%s %s at %s says no fix", check, f.Rule, f.Place)
			}
		}
		for _, p := range o.Problems {
			t.Errorf("%s: %v", check, &p)
		}
	}
	defects, controls := 0, 0
	bad := map[string]bool{}
	for _, x := range planted {
		bad[x.path] = bad[x.path] || x.find != ""
	}
	for _, x := range planted {
		switch {
		case x.find != "":
			defects++
			if !found[x.find+" "+x.path] && !found[x.find] {
				t.Errorf("missing: %s at %s", x.find, x.path)
			}
		case !bad[x.path]:
			controls++
			if s := slices.DeleteFunc(said[x.path], func(s string) bool { return s == "system-files benchmark" }); len(s) > 0 {
				t.Errorf("said of the control %s: %v", x.path, s)
			}
		}
	}
	if defects < 60 || controls < 40 {
		t.Errorf("%d defects and %d controls: too few", defects, controls)
	}
	t.Logf("%d defects, %d controls", defects, controls)
}
