package permissions

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"hardcheck/checks"
	"hardcheck/checks/internal/parse/dockerfile"
	"hardcheck/checks/internal/parse/shell"
)

// build runs the steps of a Dockerfile on paper: what every stage does to the modes and owners of the paths it names.
type build struct {
	file   *dockerfile.File
	stages map[*dockerfile.Stage]*stageState
	left   int // commands that are still followed
	unread func(*dockerfile.Instruction, error)
}

// maxCommands bounds what is followed of one file: stages built on stages repeat those below.
const maxCommands = 20000

// stageState is what a stage leaves behind.
type stageState struct {
	files   imageFiles
	workdir string            // "" where it is not known
	users   map[string]string // number by name, of users that a step makes
	faults  []stepFault       // what is wrong with a step whatever comes later
}

// stepFault is what is wrong with one command or instruction.
type stepFault struct {
	rule, text, expected, message string
	severity                      checks.Severity
	place                         checks.Place
	fix                           string
}

func newBuild(file *dockerfile.File, unread func(*dockerfile.Instruction, error)) *build {
	return &build{file: file, stages: map[*dockerfile.Stage]*stageState{}, left: maxCommands, unread: unread}
}

// stage is the state that the stage leaves; the stages that it is built from come first.
func (b *build) stage(s *dockerfile.Stage) *stageState {
	chain := s.Chain()
	slices.Reverse(chain)
	var state *stageState
	for _, stage := range chain {
		if done := b.stages[stage]; done != nil {
			state = done
			continue
		}
		next := &stageState{files: imageFiles{}, users: map[string]string{}}
		if state != nil && b.affords(state.files) {
			next.files, next.workdir, next.faults = state.files.clone(), state.workdir, slices.Clone(state.faults)
			for name, id := range state.users {
				next.users[name] = id
			}
		}
		b.stages[stage] = next
		for _, in := range stage.Instructions {
			b.instruction(next, in)
		}
		state = next
	}
	return state
}

// affords pays for the copy of what a stage leaves behind.
func (b *build) affords(files imageFiles) bool {
	b.left -= len(files) / 10
	return b.left >= 0
}

func (b *build) instruction(s *stageState, in *dockerfile.Instruction) {
	switch in.Name {
	case "WORKDIR":
		s.enter(in)
	case "VOLUME":
		for _, w := range in.Args {
			if engineSockets[path.Base(w.Text)] {
				s.fault(stepFault{rule: "engine-socket", text: "VOLUME " + w.Text, expected: "no volume for the engine's socket",
					message: "The image asks for the container engine's socket, with which it can start a privileged container", place: in.Place,
					fix: "Remove the line; who must talk to the engine mounts the socket when it starts the container"})
			}
		}
	case "COPY", "ADD":
		s.heredocs(in)
		b.copy(s, in)
	case "RUN":
		s.flags(in)
		s.heredocs(in)
		if in.Windows() && !in.Exec {
			return
		}
		commands, err := in.Commands()
		if err != nil {
			b.unread(in, err)
		}
		dir := s.workdir
		for i, c := range commands {
			if b.left--; b.left < 0 {
				return
			}
			dir = s.command(c, commands, i, dir)
		}
	}
}

func (s *stageState) fault(f stepFault) { s.faults = append(s.faults, f) }

func (s *stageState) enter(in *dockerfile.Instruction) {
	if len(in.Args) == 0 || in.Args[0].Dynamic {
		s.workdir = ""
		return
	}
	dir := in.Args[0].Text
	if !path.IsAbs(dir) && s.workdir == "" {
		return // below the base image's
	}
	s.workdir = resolve(s.workdir, dir)
	if systemDirs[s.workdir] || within(s.workdir, "/proc") || within(s.workdir, "/sys") || within(s.workdir, "/dev") {
		s.fault(stepFault{rule: "system-workdir", text: "WORKDIR " + dir, expected: "a directory of the application's own",
			message: "What is copied and written by a relative path lands among the system's files", place: in.Place, severity: checks.Low,
			fix: "WORKDIR /srv/app"})
	}
}

var systemDirs = set("/etc /bin /sbin /usr /usr/bin /usr/sbin /lib /lib64 /usr/lib /boot /var/run /run")

// resolve makes a path absolute. Below a directory that is not known it stays as written, behind a dot.
func resolve(dir, name string) string {
	switch {
	case path.IsAbs(name):
		return path.Clean(name)
	case dir == "":
		return "./" + path.Clean(name)
	}
	return path.Join(dir, name)
}

// flags judges what RUN gives a step: privileges, the host's network, and modes of what it mounts.
func (s *stageState) flags(in *dockerfile.Instruction) {
	for _, flag := range in.Flags {
		text := "RUN --" + flag.Name + "=" + flag.Value.Text
		switch {
		case flag.Name == "security" && flag.Value.Text == "insecure":
			s.fault(stepFault{rule: "insecure-step", text: text, expected: "a step inside the walls of a build",
				message: "The step runs with root's power over the machine that builds", place: in.Place, fix: "RUN without --security=insecure"})
		case flag.Name == "network" && flag.Value.Text == "host":
			s.fault(stepFault{rule: "insecure-step", text: text, expected: "a step inside the walls of a build",
				message: "The step reaches what listens on the loopback of the machine that builds", place: in.Place, severity: checks.Medium,
				fix: "RUN --network=default, or --network=none where nothing is fetched"})
		case flag.Name == "mount":
			fields := map[string]string{}
			for part := range strings.SplitSeq(flag.Value.Text, ",") {
				name, value, _ := strings.Cut(part, "=")
				fields[name] = value
			}
			mode, err := strconv.ParseUint(fields["mode"], 8, 32)
			if err == nil && (fields["type"] == "secret" || fields["type"] == "ssh") && mode&0o007 != 0 {
				s.fault(stepFault{rule: "secret-mount", text: text, expected: "mode=0400, which it is without the option",
					message: "Every program of the step can read the " + fields["type"] + " mount, whatever user it runs as", place: in.Place,
					fix: "Leave out mode=" + fields["mode"] + "; where a user other than root needs it, add uid= of that user"})
			}
		}
	}
}

// command follows one command of a step, and returns the directory that the next one runs in.
func (s *stageState) command(c dockerfile.Command, all []dockerfile.Command, i int, dir string) string {
	program := c.Program()
	if len(program) == 0 {
		return dir
	}
	if program[0].Text == "cd" && len(program) == 2 {
		if program[1].Dynamic {
			return ""
		}
		return resolve(dir, program[1].Text)
	}
	program = fed(c.Words, program)
	for _, words := range append(shell.Found(program), program) {
		s.changes(words, program, c, dir)
		s.privileges(words, c)
	}
	s.accounts(program, c, all[:i])
	return dir
}

// changes follows what a command does to paths. Of one that find runs, found is find's own words.
func (s *stageState) changes(words, found []shell.Word, c dockerfile.Command, dir string) {
	operands := func(args []shell.Word) (names []string) {
		for _, w := range args {
			switch {
			case strings.HasPrefix(w.Text, "-") && !w.Dynamic:
			case w.Text == "{}" && len(found) > 1:
				names = append(names, resolve(dir, found[1].Text))
			case w.Dynamic:
				names = append(names, "?"+c.Place.String()+w.Text)
			default:
				names = append(names, resolve(dir, w.Text))
			}
		}
		return names
	}
	switch words[0].Text {
	case "rm", "unlink", "rmdir":
		s.files.remove(operands(words[1:]))
		return
	case "mv":
		if names := operands(words[1:]); len(names) == 2 {
			s.files.move(names[0], names[1])
		}
		return
	}
	ch, ok := pathChange(words)
	if !ok {
		return
	}
	names, inFind := operands(ch.targets), len(found) > 1 && found[0].Text == "find"
	if ch.owner != "" {
		s.files.chown(names, ch.owner, ch.recursive || inFind)
	}
	m, ok := parseMode(ch.mode)
	if !ok {
		return
	}
	if inFind && m.stripsBits() {
		for _, name := range names {
			s.files.strip(name)
		}
		return
	}
	s.files.chmod(names, m, ch.recursive || inFind, c.Place, commandText(words))
}

// stripsBits reports a mode that takes the setuid and setgid bits, as the sweep over an image does.
func (m mode) stripsBits() bool {
	return len(m) > 0 && !slices.ContainsFunc(m, func(c modeClause) bool { return c.set != 0 || c.clear&^0o7000 != 0 })
}

// privileges judges what lasts whatever comes later: a umask, and capabilities.
func (s *stageState) privileges(words []shell.Word, c dockerfile.Command) {
	text := commandText(words)
	if umaskOpen(words) {
		s.fault(stepFault{rule: "umask", text: text, expected: "a umask of 022 or 027", place: c.Place,
			message: "Files that this build step makes from here on are writable by every user", fix: "umask 022"})
	}
	if targets, open := aclOpen(words); open {
		s.fault(stepFault{rule: "world-writable", text: text, expected: "no write permission for others", place: c.Place,
			message: "Every user in the container can change " + commandText(targets), fix: "setfacl -m o::r-x on these paths, and an entry for the user that must write"})
	}
	if broad := broadCapability(words); broad != "" {
		s.fault(stepFault{rule: "capability", text: text, expected: "no capability that is as good as root", place: c.Place,
			message: "The program gets " + broad + ", with which it can become root",
			fix:     "Leave the setcap out, or give cap_net_bind_service+ep where a low port is all it needs"})
	}
}
