package permissions

import "strings"

// knownPrivileged are the programs that Debian, Ubuntu, Fedora, Arch and Alpine ship setuid or setgid, as paths
// without usr/ and without the architecture's directory.
var knownPrivileged = set(`
bin/at bin/batch bin/chage bin/chfn bin/chsh bin/crontab bin/doas bin/dotlockfile bin/expiry bin/fusermount bin/fusermount3
bin/gpasswd bin/locate bin/mlocate bin/plocate bin/mount bin/newgidmap bin/newgrp bin/newuidmap bin/ntfs-3g bin/passwd bin/ping
bin/ping6 bin/pkexec bin/procmail bin/screen bin/sg bin/ssh-agent bin/staprun bin/su bin/sudo bin/sudo.ws bin/sudo-rs bin/sudoedit bin/umount bin/wall
bin/write bin/write.ul bin/bsd-write bin/lockfile bin/mail-lock bin/mail-touchlock bin/mail-unlock bin/mutt_dotlock bin/arping bin/traceroute6.iputils
bin/bwrap bin/mtr-packet bin/Xorg bin/kismet_capture bin/singularity bin/firejail bin/vmware-user-suid-wrapper bin/bbsuid bin/mbim-proxy
bin/postdrop bin/postqueue bin/smtpctl bin/lppasswd bin/uucp bin/suexec bin/ksu bin/rlogin bin/rsh bin/rcp bin/unix_chkpwd
bin/userhelper bin/usernetctl bin/vlock-main bin/cgexec bin/slock bin/physlock bin/i3lock bin/chromium-sandbox
sbin/exim4 sbin/exim sbin/sendmail sbin/sendmail.sendmail sbin/mount.cifs sbin/mount.nfs sbin/umount.nfs sbin/mount.davfs sbin/mount.ecryptfs_private sbin/mount.fuse sbin/mount.fuse3
sbin/mtr-packet sbin/netreport sbin/pam_extrausers_chkpwd sbin/pam_timestamp_check sbin/postdrop sbin/postqueue sbin/pppd
sbin/su sbin/unix_chkpwd sbin/unix_update sbin/userhelper sbin/usernetctl sbin/uuidd sbin/userisdnctl sbin/suexec sbin/mount.vboxsf
sbin/grub2-set-bootflag sbin/lockdev sbin/ccreds_chkpwd sbin/fping sbin/fping6 sbin/clockdiff sbin/arping sbin/traceroute6 sbin/VBoxNetAdpCtl
lib/dbus-1.0/dbus-daemon-launch-helper lib/dbus-daemon-launch-helper lib/eject/dmcrypt-get-device lib/openssh/ssh-keysign lib/ssh/ssh-keysign
lib/policykit-1/polkit-agent-helper-1 lib/polkit-1/polkit-agent-helper-1 lib/polkit-agent-helper-1 lib/pt_chown lib/snapd/snap-confine
lib/spice-gtk/spice-client-glib-usb-acl-helper lib/spice-client-glib-usb-acl-helper lib/utempter/utempter lib/xorg/Xorg.wrap lib/Xorg.wrap lib/chromium/chrome-sandbox
lib/chromium-browser/chrome-sandbox lib/apache2/suexec-pristine lib/apache2/suexec-custom lib/dma/dma lib/dma/dma-mbox-create lib/uucp/uucico lib/uucp/uuxqt
lib/cups/backend/serial lib/emacs/movemail lib/evolution/camel-lock-helper-1.2 lib/camel-lock-helper-1.2 lib/gnome-pty-helper lib/libvte-2.91-0/gnome-pty-helper lib/unix_chkpwd
lib/qemu/qemu-bridge-helper lib/qemu-bridge-helper lib/lxc/lxc-user-nic lib/w3m/w3mimgdisplay lib/virtualbox/VBoxHeadless lib/virtualbox/VBoxNetDHCP lib/virtualbox/VBoxNetNAT
lib/virtualbox/VirtualBoxVM lib/virtualbox/VBoxSDL lib/virtualbox/VBoxNetAdpCtl lib/virtualbox/VBoxVolInfo lib/sudo/sesh lib/xf86-video-intel-backlight-helper
libexec/dbus-1/dbus-daemon-launch-helper libexec/openssh/ssh-keysign libexec/ssh-keysign libexec/utempter/utempter libexec/polkit-agent-helper-1 libexec/Xorg.wrap
libexec/qemu-bridge-helper libexec/spice-gtk-x86_64/spice-client-glib-usb-acl-helper libexec/spice-client-glib-usb-acl-helper libexec/sssd/krb5_child
libexec/sssd/ldap_child libexec/sssd/proxy_child libexec/sssd/selinux_child libexec/sssd/sssd_pam libexec/abrt-action-install-debuginfo-to-abrt-cache libexec/camel-lock-helper-1.2 libexec/gstreamer-1.0/gst-ptp-helper
libexec/security_authtrampoline libexec/kf5/kpac_dhcp_helper libexec/lxc/lxc-user-nic libexec/emacs/movemail libexec/exim4 libexec/snapd/snap-confine libexec/cockpit-session lib/cockpit/cockpit-session
opt/google/chrome/chrome-sandbox opt/microsoft/msedge/msedge-sandbox opt/brave.com/brave/chrome-sandbox share/code/chrome-sandbox opt/VirtualBox/VBoxHeadless
games/nethack games/angband games/omega-rpg games/moria games/slashem games/crawl games/gnibbles lib/games/nethack/nethack-console`)

// escapePrograms run commands, or read and write files, for whoever starts them; without a version at the end.
var escapePrograms = set(`
ash awk base32 base64 bash busybox capsh cat chmod chown chroot cmp comm cp cpio csh curl cut dash date dd dialog diff dmsetup docker
ed emacs env expand expect file find flock fold gawk gcc gdb git grep gtester gzip hd head hexdump iconv install ionice ip java
jjs join jq jrunscript ksh less lua make mawk more msgfilter mv nano nasm nawk ncat nc netcat nice nl nmap node nodejs nohup od openssl paste perf
perl php pic pico pip pry python readelf restic rev rsync ruby run-parts runuser rview rvim rsh scp sed setarch setpriv sh shuf socat sort
sqlite ssh start-stop-daemon stdbuf strace strings systemctl tac tail tar taskset tbl tclsh tee tftp tic time timeout
troff ul uniq unshare unzip update-alternatives uudecode uuencode vi vim vimdiff view watch wget xargs xxd xz zip zsh zstd`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
