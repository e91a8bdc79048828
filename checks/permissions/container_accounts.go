package permissions

import (
	"regexp"
	"slices"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
	"hardcheck/checks/internal/parse/shell"
)

// accounts judges what a command does to users, groups, passwords and sudo.
func (s *stageState) accounts(program []shell.Word, c dockerfile.Command, before []dockerfile.Command) {
	if text := joinedWords(program); strings.Contains(text, "NOPASSWD") && writers[program[0].Text] {
		s.fault(stepFault{rule: "sudo-without-password", text: commandText(program), place: c.Place, expected: "no rule of sudo without a password",
			message: "Who takes over the user is root with one command", fix: "Leave sudo out of the image: do what needs root in the build, before USER"})
	}
	if m := passwdLine.FindStringSubmatch(joinedWords(program[1:])); m != nil && m[1] != "root" && writers[program[0].Text] {
		s.fault(stepFault{rule: "second-root", text: commandText(program), place: c.Place, expected: "root as the only user with the number 0",
			message: "The account " + m[1] + " is root under another name", fix: "Give the account a number of its own"})
	}
	s.sudo(program, c)
	switch program[0].Text {
	case "useradd", "adduser", "usermod":
		s.account(program, c)
	case "gpasswd", "addgroup":
		if group := lastWord(program); sudoGroups[group] && len(program) > 2 {
			s.strongGroup(group, program, c)
		}
	case "chpasswd":
		if len(before) > 0 && c.Joined == "|" && !hasWord(program, "-e", "--encrypted") {
			s.piped(before[len(before)-1], c)
		}
	case "passwd":
		if hasWord(program, "-d", "--delete", "-du") {
			s.password(program, c, "The account "+lastWord(program)+" has no password: anyone in the container is that user")
		}
	}
}

// heredocs judges texts that a step writes as here-documents: rules of sudo.
func (s *stageState) heredocs(in *dockerfile.Instruction) {
	for _, doc := range in.Heredocs {
		if strings.Contains(in.Text, "sudoers") && strings.Contains(doc.Text, "NOPASSWD") {
			s.fault(stepFault{rule: "sudo-without-password", text: in.Name + " <<" + doc.Name, place: in.Place, expected: "no rule of sudo without a password",
				message: "Who takes over the user is root with one command", fix: "Leave sudo out of the image: do what needs root in the build, before USER"})
		}
	}
}

// sudo judges a step that runs or installs sudo, once.
func (s *stageState) sudo(program []shell.Word, c dockerfile.Command) {
	installs := packagers[program[0].Text] && hasWord(program, "install", "add", "-S") && hasWord(program, "sudo")
	told := slices.ContainsFunc(s.faults, func(f stepFault) bool { return f.rule == "sudo-in-image" })
	if !told && (installs || len(c.Words) > 0 && baseName(c.Words[0]) == "sudo") {
		s.fault(stepFault{rule: "sudo-in-image", text: commandText(c.Words), place: c.Place, expected: "an image without sudo",
			message: "A setuid program that becomes root is in the image: a rule for the user or a hole in it is enough to use it",
			fix:     "Steps run as root until USER: leave sudo out, and put what needs root before USER"})
	}
}

// packagers install packages of distributions.
var packagers = set("apt apt-get aptitude apk dnf yum microdnf zypper pacman")

// passwdLine is a line of /etc/passwd for the number 0.
var passwdLine = regexp.MustCompile(`(?m)^([A-Za-z_][\w.-]*):[^:\s]*:0+:[0-9]+:`)

// writers are programs that put text into files.
var writers = set("echo printf tee sed cat install visudo bash sh")

// sudoGroups lead to root by a program or a socket. Group 0 is how images run under any number, and is left out.
var sudoGroups = set("sudo wheel admin docker lxd disk shadow")

func joinedWords(words []shell.Word) string {
	parts := make([]string, len(words))
	for i, w := range words {
		parts[i] = w.Text
	}
	return strings.Join(parts, " ")
}

func lastWord(words []shell.Word) string { return words[len(words)-1].Text }

func hasWord(words []shell.Word, any ...string) bool {
	return slices.ContainsFunc(words, func(w shell.Word) bool { return slices.Contains(any, w.Text) })
}

// account reads useradd, usermod (-u ID -o -G GROUPS -p HASH) and both kinds of adduser.
func (s *stageState) account(program []shell.Word, c dockerfile.Command) {
	id, groups, hash := "", "", ""
	for i, w := range program {
		next := ""
		if i+1 < len(program) {
			next = program[i+1].Text
		}
		name, value, given := strings.Cut(w.Text, "=")
		if !given {
			value = next
		}
		switch {
		case name == "--uid" || name == "-u" || strings.HasPrefix(w.Text, "-") && !strings.HasPrefix(w.Text, "--") && strings.HasSuffix(w.Text, "u"):
			id = value
		case name == "--groups" || name == "-G" && program[0].Text != "adduser" || w.Text == "-aG" || w.Text == "-Ga":
			groups = value
		case name == "--password" || name == "-p":
			hash = value
		}
	}
	user := lastWord(program)
	if id != "" {
		s.users[user] = id
	}
	if id == "0" && user != "root" {
		s.fault(stepFault{rule: "second-root", text: commandText(program), place: c.Place, expected: "root as the only user with the number 0",
			message: "The account " + user + " is root under another name", fix: "Give the account a number of its own: --uid 10001"})
	}
	if program[0].Text == "adduser" && len(program) == 3 && sudoGroups[user] && !strings.HasPrefix(program[1].Text, "-") {
		groups = user // adduser USER GROUP
	}
	for group := range strings.SplitSeq(groups, ",") {
		if sudoGroups[group] {
			s.strongGroup(group, program, c)
		}
	}
	if hash != "" && program[0].Text != "adduser" && !strings.ContainsAny(hash[:1], "*!") {
		s.password(program, c, "The account "+user+" has a password that everyone who has the image can try, and that all its containers share")
	}
}

func (s *stageState) strongGroup(group string, program []shell.Word, c dockerfile.Command) {
	s.fault(stepFault{rule: "root-group", text: commandText(program), place: c.Place, severity: checks.Medium, expected: "no account in the group " + group,
		message: "Members of the group " + group + " become root", fix: "Leave the group out; do what needs root in the build, before USER"})
}

func (s *stageState) password(program []shell.Word, c dockerfile.Command, message string) {
	// The command holds the password: only its name is told.
	s.fault(stepFault{rule: "password", text: program[0].Text, place: c.Place, expected: "no password in the image", message: message,
		fix: "Remove the step: a container needs no password, docker exec -u starts a shell as any user"})
}

// piped reads echo USER:PASSWORD | chpasswd.
func (s *stageState) piped(from, c dockerfile.Command) {
	program := from.Program()
	if len(program) < 2 || program[0].Text != "echo" && program[0].Text != "printf" {
		return
	}
	for _, w := range program[1:] {
		if user, _, ok := strings.Cut(w.Text, ":"); ok && user != "" {
			s.password(c.Program(), c, "The account "+user+" has a password that everyone who has the image can read or try, and that all its containers share")
			return
		}
	}
}
