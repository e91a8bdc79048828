package permissions

import "strings"

// power is what a program that root runs on a user's order gives him.
type power int

const (
	shellPower power = iota + 1
	viewerPower
	writePower
	readPower
)

var powers = map[power]string{
	shellPower:  "starts any program, so it is a root shell",
	viewerPower: "opens a shell at a key press, which is root's",
	writePower:  "changes or replaces any file, such as /etc/sudoers",
	readPower:   "reads any file, such as /etc/shadow and private keys",
}

// sudoEscapes are programs by what their own manual pages say that they can do when their arguments are the user's.
var sudoEscapes = func() map[string]power {
	table := map[string]power{}
	for what, names := range map[power]string{
		shellPower: `sh bash dash zsh ksh csh tcsh fish ash busybox env su sudo doas find xargs awk gawk mawk nawk perl python python2 python3 ruby lua node nodejs php
			deno bun tclsh expect gdb strace ltrace make cmake git tar zip rsync scp ssh sftp ftp socat nc ncat nmap tcpdump tmux screen script watch timeout
			nice ionice taskset stdbuf nohup setsid time flock start-stop-daemon run-parts parallel entr chroot nsenter unshare capsh setpriv runuser
			docker podman nerdctl ctr crictl lxc kubectl helm ansible ansible-playbook terraform apt apt-get aptitude dpkg yum dnf rpm zypper apk pacman
			snap flatpak pip pip3 npm npx yarn pnpm gem bundle cargo go mvn gradle ant composer crontab at batch systemd-run openvpn wg-quick mount umount
			insmod modprobe sed vagrant certbot logrotate ldconfig service puppet salt-call psql mysql sqlite3 redis-cli gcc cc g++ ld rlwrap valgrind
			loginctl machinectl pkexec update-alternatives dmsetup mkfs cpulimit`,
		viewerPower: `less more most man vi vim vim.basic vim.tiny nvim view rvim rview nano pico emacs ed ex joe mcedit journalctl systemctl pg`,
		writePower: `cp mv dd tee install ln chmod chown chgrp chattr setfacl setcap rm truncate wget curl openssl patch usermod useradd adduser groupadd gpasswd
			passwd chpasswd vipw vigr visudo unzip gunzip cpio ar debugfs mkdir rename sponge shred split sort xxd iptables-restore sysctl
			update-rc.d aa-disable setenforce`,
		readPower: `cat head tail grep egrep fgrep zgrep strings base64 base32 od hexdump diff cmp cut paste nl tac rev fold zcat bzcat xzcat comm join
			file jq yq wc look pr column`,
	} {
		for _, name := range strings.Fields(names) {
			table[name] = what
		}
	}
	return table
}()

// sudoEditors have a sudoedit to take their place.
var sudoEditors = set("vi vim vim.basic vim.tiny nvim view rvim rview nano pico emacs ed ex joe mcedit")
