// The text files of the image `base`: users, names, and a prompt that says where one is.
import { readFile } from 'node:fs/promises';

const passwd = (shell: string): string => `root:x:0:0:root:/root:${shell}
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
mail:x:8:8:mail:/var/mail:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`;

const GROUP = `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
disk:x:6:
mail:x:8:
kmem:x:15:
audio:x:29:
www-data:x:33:
shadow:x:42:
utmp:x:43:
video:x:44:
staff:x:50:
users:x:100:
nogroup:x:65534:
`;

const NSSWITCH = `passwd: files
group: files
shadow: files
hosts: files dns
`;

const PROFILE = `# Read by login shells.
umask 022
if [ -n "$BASH_VERSION" ] && [ -r /etc/bash.bashrc ]; then
  . /etc/bash.bashrc
fi
for script in /etc/profile.d/*.sh; do
  [ -r "$script" ] && . "$script"
done
unset script
`;

/** Green for the name of the container, blue for the directory, red once a command has failed. */
const BASHRC = `# Read by interactive shells.
case $- in *i*) ;; *) return ;; esac
PROMPT_COMMAND='status=$?'
PS1='\\[\\e[$([ $status = 0 ] && echo 32 || echo 31)m\\]\\u@\\h\\[\\e[0m\\]:\\[\\e[34m\\]\\w\\[\\e[0m\\]\\$ '
shopt -s checkwinsize histappend
command -v dircolors >/dev/null && eval "$(dircolors -b)"
alias ls='ls --color=auto' ll='ls -l' la='ls -A' grep='grep --color=auto'
`;

/** What the host calls itself, "Debian GNU/Linux 12 (bookworm)". */
async function hostName(): Promise<string> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'Linux';
}

/** Path below the root → content. The three that every container gets its own of are there, empty: a start need not make them. */
export async function baseFiles(hasBash: boolean): Promise<Record<string, string>> {
  return {
    'etc/passwd': passwd(hasBash ? '/bin/bash' : '/bin/sh'),
    'etc/group': GROUP,
    'etc/nsswitch.conf': NSSWITCH,
    'etc/shells': hasBash ? '/bin/sh\n/bin/bash\n' : '/bin/sh\n',
    'etc/os-release': `NAME="tscontain base"\nID=tscontain-base\nPRETTY_NAME="tscontain base, made from ${await hostName()}"\n`,
    'etc/profile': PROFILE,
    'etc/hosts': '',
    'etc/hostname': '',
    'etc/resolv.conf': '',
    ...(hasBash
      ? { 'etc/bash.bashrc': BASHRC, 'root/.bashrc': '. /etc/bash.bashrc\n', 'root/.profile': '. /root/.bashrc\n' }
      : {}),
  };
}
