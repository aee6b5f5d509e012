// A pure cgroup v2 machine: qemu without KVM, Debian's kernel, an initramfs of busybox, and this host's files as a read-only
// 9p share with a tmpfs overlay above. The tests of the checkout run in it as they are. Boots in about five seconds.
import { execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const modules = [
  ...['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'loop', 'virtio_blk', 'ext4', 'bfq', 'bridge', 'veth'],
  // What the table of networks says.
  ...['nf_tables', 'nft_chain_nat', 'nft_ct', 'nft_masq', 'nft_nat', 'nft_fib_inet'],
];
const tools = ['qemu-system-x86_64', 'cpio', 'gzip', 'modprobe'];
const packages = 'qemu-system-x86 linux-image-amd64 busybox-static cpio kmod';

const onPath = (tool) => (process.env.PATH ?? '').split(':').some((folder) => existsSync(join(folder, tool)));
const busybox = () => ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));

/** The newest version that has both a kernel and its modules. */
function kernelVersion() {
  if (!existsSync('/lib/modules')) return undefined;
  return readdirSync('/lib/modules')
    .filter((version) => existsSync(`/boot/vmlinuz-${version}`))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
}

/** @returns {string | undefined} why this machine cannot boot the virtual one */
export function cannotBoot() {
  if (process.arch !== 'x64') return `the virtual machine is x86-64 only, this is ${process.arch}`;
  const missing = tools.filter((tool) => !onPath(tool));
  if (missing.length > 0) return `${missing.join(', ')} not found: apt-get install ${packages}`;
  if (busybox() === undefined || kernelVersion() === undefined) return `no kernel to boot: apt-get install ${packages}`;
  return undefined;
}

const init = `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in /mods/*; do insmod $m; done
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=524288,cache=loose root /lower || { echo "no root share"; poweroff -f; }
mount -t tmpfs rw /rw; mkdir -p /rw/u /rw/w
mount -t overlay overlay -o lowerdir=/lower,upperdir=/rw/u,workdir=/rw/w /new
cp /command /new/.command
for d in proc sys dev; do mount --move /$d /new/$d; done
# The checkout may lie below one of the directories that become empty here.
mkdir /keep; mount --bind "/new$(cat /checkout)" /keep
mount -t tmpfs tmp /new/tmp; mount -t tmpfs run /new/run; mount -t tmpfs -o mode=755 lib /new/var/lib
mkdir -p /new/sys/fs/cgroup /new/dev/pts /new/dev/shm
mount -t cgroup2 cgroup2 /new/sys/fs/cgroup; mount -t devpts devpts /new/dev/pts; mount -t tmpfs shm /new/dev/shm
mkdir -p "/new$(cat /checkout)"; mount --move /keep "/new$(cat /checkout)"
chmod 755 /new; chmod 1777 /new/tmp
exec switch_root /new /bin/bash -c 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root; ip link set lo up 2>/dev/null; bash /.command; sync; echo o > /proc/sysrq-trigger; sleep 9'
`;

function buildInitramfs(folder, version, command) {
  const tree = join(folder, 'tree');
  for (const name of ['bin', 'proc', 'sys', 'dev', 'lower', 'rw', 'new', 'mods'])
    mkdirSync(join(tree, name), { recursive: true });
  copyFileSync(busybox(), join(tree, 'bin', 'busybox'));
  const files = new Set();
  for (const name of modules) {
    const text = execFileSync('modprobe', ['-S', version, '--show-depends', name], { encoding: 'utf8' });
    for (const match of text.matchAll(/^insmod (\S+)/gm)) files.add(match[1]);
  }
  let order = 10;
  for (const file of files) copyFileSync(file, join(tree, 'mods', `${order++}-${basename(file)}`));
  writeFileSync(join(tree, 'command'), command);
  writeFileSync(join(tree, 'checkout'), process.cwd());
  writeFileSync(join(tree, 'init'), init, { mode: 0o755 });
  const image = join(folder, 'initrd.gz');
  execFileSync('sh', ['-c', `find . | cpio -o -H newc 2>/dev/null | gzip -1 > ${image}`], { cwd: tree });
  return image;
}

/**
 * Boots the machine, runs `command` (bash) in it and powers it off.
 * @param {string} command
 * @param {{ seconds: number, memoryMiB?: number, out?: string, diskMiB?: number, onLine: (line: string) => void }} options
 *   out: a directory of the host's that can be mounted there with the tag "out"; diskMiB: an empty disk, /dev/vda, as quick as
 *   an ordinary one; onLine: every line of its serial console
 */
export async function runInMachine(command, { seconds, memoryMiB = 4096, out, diskMiB, onLine }) {
  const folder = mkdtempSync(join(tmpdir(), 'tscontain-machine-'));
  try {
    const version = kernelVersion();
    const initrd = buildInitramfs(folder, version, command);
    const args = [
      '-accel',
      'tcg,thread=multi',
      '-cpu',
      'max',
      '-smp',
      '2',
      '-m',
      String(memoryMiB),
      '-nographic',
      '-no-reboot',
    ];
    args.push(
      '-kernel',
      `/boot/vmlinuz-${version}`,
      '-initrd',
      initrd,
      '-append',
      'console=ttyS0 panic=-1 quiet loglevel=1 psi=1',
    );
    args.push('-virtfs', 'local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap');
    if (out !== undefined) args.push('-virtfs', `local,path=${out},mount_tag=out,security_model=none`);
    if (diskMiB !== undefined) {
      const disk = join(folder, 'disk');
      writeFileSync(disk, '');
      truncateSync(disk, diskMiB * 1024 * 1024);
      const speed = 'throttling.bps-total=150000000,throttling.iops-total=4000';
      args.push('-drive', `file=${disk},if=virtio,format=raw,${speed}`);
    }
    const child = spawn('qemu-system-x86_64', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
    let rest = '';
    child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk.toString('utf8')).split(/\r?\n/);
      rest = lines.pop();
      lines.forEach(onLine);
    });
    await new Promise((resolve) => child.on('close', resolve));
    clearTimeout(timer);
    if (rest !== '') onLine(rest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
