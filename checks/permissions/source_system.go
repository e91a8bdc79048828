package permissions

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// eachLine shows the lines of the file without their ends, and where each begins.
func (j *sourceJudge) eachLine(visit func(line string, start int)) {
	at := 0
	for line := range strings.Lines(j.file.Text()) {
		visit(strings.TrimRight(line, "\r\n"), at)
		at += len(line)
	}
}

// tmpfiles judges tmpfiles.d(5): the mode is the third field, maybe behind ~ or :. Devices and links have none that counts.
func (j *sourceJudge) tmpfiles() {
	j.eachLine(func(line string, start int) {
		fields := strings.Fields(line)
		if len(fields) < 3 || strings.HasPrefix(fields[0], "#") {
			return
		}
		switch fields[0][0] {
		case 'd', 'D', 'e', 'v', 'q', 'Q', 'f', 'F', 'w', 'p', 'C', 'z', 'Z', 'm':
		case 'a', 'A':
			if len(fields) > 6 && entryOpens(fields[6]) {
				j.fail("world-writable", line, start, writableMessage, "o::r-x in the list, and an entry for who must write. Undo: "+line)
			}
			return
		default:
			return
		}
		j.octal(strings.TrimLeft(fields[2], "~:"), fields[1], strings.Join(fields[:3], " "), start)
	})
}

// octal judges an octal mode of a path that is no device.
func (j *sourceJudge) octal(mode, name, text string, start int) {
	bits, err := strconv.ParseInt(mode, 8, 32)
	if err != nil || within(name, "/dev") || within(name, "/proc") || within(name, "/sys") {
		return
	}
	if j.judged = true; opens(bits) {
		closed := "0" + strconv.FormatInt(bits&^0o002, 8)
		j.fail("world-writable", text, start, writableMessage, "Mode "+closed+", and the group that writes. Undo: mode "+mode+".")
	}
}

var (
	udevMode = regexp.MustCompile(`\bMODE:?=\s*"([0-7]{3,4})"`)
	// openDevices are meant for every user: they give no access to anybody's data.
	openDevices = regexp.MustCompile(`"(null|zero|full|random|urandom|tty|ptmx|fuse|net/tun|tun|kvm|userfaultfd|udmabuf|pts/\*|tty\[.*)`)
)

// udev judges the modes that rules give devices. A distribution's own rules are its own.
func (j *sourceJudge) udev() {
	if strings.Contains("/"+path.Dir(j.file.Path)+"/", "/lib/udev/") {
		return
	}
	j.eachLine(func(line string, start int) {
		m := udevMode.FindStringSubmatchIndex(line)
		if m == nil || strings.HasPrefix(strings.TrimSpace(line), "#") || openDevices.MatchString(line) {
			return
		}
		j.judged = true
		mode := line[m[2]:m[3]]
		if bits, err := strconv.ParseInt(mode, 8, 32); err == nil && opens(bits) {
			j.fail("device-open", `MODE="`+mode+`"`, start+m[0], "Every user and every service of the machine talks to the device",
				`MODE="0660", GROUP="the group of its users", or TAG+="uaccess" for who sits at the machine. Undo: MODE="`+mode+`".`)
		}
	})
}

// logrotate judges the modes that new logs and the directories of old ones get.
func (j *sourceJudge) logrotate() {
	j.eachLine(func(line string, start int) {
		if fields := strings.Fields(line); len(fields) > 1 && (fields[0] == "create" || fields[0] == "createolddir") {
			j.octal(fields[1], "", strings.Join(fields[:2], " "), start+len(line)-len(strings.TrimLeft(line, " \t")))
		}
	})
}

var specMode = regexp.MustCompile(`%(attr|defattr)\(\s*([0-7]{3,4})\s*,`)

// spec judges an RPM spec: the modes of its files, and the commands of its scripts.
func (j *sourceJudge) spec() {
	j.eachLine(func(line string, start int) {
		for _, m := range specMode.FindAllStringSubmatchIndex(line, -1) {
			j.octal(line[m[4]:m[5]], "", line[m[0]:m[5]]+")", start+m[0])
		}
	})
	j.someLines(func(line string) bool {
		word, _, _ := strings.Cut(strings.TrimLeft(line, " \t"), " ")
		return word == "chmod" || word == "install" || word == "mkdir" || word == "umask" || word == "setfacl"
	}, "")
}
