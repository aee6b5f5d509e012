// The programs of the image `base`, by name: what one expects to find at a prompt. Those that the host lacks are left out.

/** GNU coreutils. */
const COREUTILS =
  '[ arch b2sum base32 base64 basename cat chgrp chmod chown chroot cksum comm cp csplit cut date dd df dir dircolors ' +
  'dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum ' +
  'mkdir mkfifo mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pr printenv printf ptx pwd readlink realpath ' +
  'rm rmdir seq sha1sum sha256sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test ' +
  'timeout touch tr true truncate tsort tty uname unexpand uniq unlink users wc who whoami yes';

/** procps and psmisc. */
const PROCESSES = 'ps top htop free uptime vmstat pgrep pkill pmap pwdx watch kill w sysctl pstree killall fuser';

/** util-linux. */
const UTIL_LINUX =
  'cal chrt column dmesg fallocate findmnt flock getopt hexdump ionice ipcmk ipcrm ipcs logger lsblk lscpu lsns mcookie more ' +
  'mount mountpoint namei nsenter prlimit renice rev script setpriv setsid taskset umount unshare uuidgen whereis';

const TEXT = 'less vi vim nano grep egrep fgrep sed awk diff cmp patch';
const FILES = 'find xargs tar gzip gunzip zcat bzip2 xz which';
const NETWORK = 'hostname ip ss ping nc';
const TERMINAL = 'clear tput reset tset infocmp tty';
const SHELLS = 'sh bash';

export const PROGRAMS: readonly string[] = [
  ...new Set(
    [SHELLS, COREUTILS, PROCESSES, UTIL_LINUX, TEXT, FILES, NETWORK, TERMINAL].flatMap((names) => names.split(' ')),
  ),
];

/** Without these nothing can be done in a container. */
export const ESSENTIAL: readonly string[] = ['sh', 'ls', 'cat', 'sleep', 'true'];

/**
 * The locale that the image sets (LANG=C.UTF-8), file by file: without one of them setlocale(3) refuses it whole, and a shell
 * takes every letter beyond ASCII for two keys.
 */
export const LOCALE_DIRECTORY = '/usr/lib/locale/C.utf8';
export const LOCALE_FILES: readonly string[] = [
  'LC_ADDRESS',
  'LC_COLLATE',
  'LC_CTYPE',
  'LC_IDENTIFICATION',
  'LC_MEASUREMENT',
  'LC_MESSAGES/SYS_LC_MESSAGES',
  'LC_MONETARY',
  'LC_NAME',
  'LC_NUMERIC',
  'LC_PAPER',
  'LC_TELEPHONE',
  'LC_TIME',
];

/** The terminals that people have, as terminfo(5) names them. */
export const TERMINALS: readonly string[] =
  'ansi dumb linux rxvt rxvt-unicode-256color screen screen-256color tmux tmux-256color vt100 vt220 xterm xterm-256color xterm-color'.split(
    ' ',
  );

/** What vim reads when it starts and when it colours the languages one meets most; the rest of its 35 MB is help. */
export const VIM_RUNTIME: readonly string[] = [
  ...'defaults.vim filetype.vim ftoff.vim ftplugin.vim ftplugof.vim indent.vim indoff.vim scripts.vim'.split(' '),
  ...'ft.vim script.vim vimindent.vim'.split(' ').map((file) => `autoload/dist/${file}`),
  'colors/default.vim',
  'plugin/matchparen.vim',
  ...'syntax synload syncolor nosyntax sh conf config css c cpp diff dockerfile gitcommit html javascript json make markdown python sql text vim xml yaml'
    .split(' ')
    .map((name) => `syntax/${name}.vim`),
];
