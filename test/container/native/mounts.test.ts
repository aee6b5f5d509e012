// Detached mounts, and what the kernel says about wrong ones.
import assert from 'node:assert/strict';
import { closeSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as native from '../../../src/native/index.js';
import { openDescriptors, ownProc, scratch, shell } from '../../support/launching.js';

const hostMounts = (): string => readFileSync('/proc/self/mountinfo', 'utf8');
const inMount = (fd: number, path: string): string => `/proc/self/fd/${fd}/${path}`;

/** Directories with one file each, named like the directory. */
function layers(directory: string, ...names: string[]): string[] {
  return names.map((name, i) => {
    mkdirSync(`${directory}/${name}`, { recursive: true });
    writeFileSync(`${directory}/${name}/layer${i}`, name);
    writeFileSync(`${directory}/${name}/shared`, String(i));
    return `${directory}/${name}`;
  });
}

describe('a detached mount', () => {
  it('is not in the host’s mount table and is gone with its descriptor', () => {
    const table = hostMounts();
    const descriptors = openDescriptors();
    const fd = native.createMount('tmpfs', [['size', '1m'], ['mode', '0750']], native.MOUNT_ATTR_NOSUID); // prettier-ignore
    writeFileSync(inMount(fd, 'file'), 'content');
    assert.equal(readFileSync(inMount(fd, 'file'), 'utf8'), 'content');
    assert.equal(native.fileSystemOf(fd).type, native.TMPFS_MAGIC);
    assert.equal(hostMounts(), table);
    closeSync(fd);
    assert.deepEqual(openDescriptors(), descriptors);
  });

  it('is attached by a launch program', async () => {
    const fd = native.createMount('tmpfs', [], native.MOUNT_ATTR_NOEXEC);
    writeFileSync(inMount(fd, 'hello'), 'from outside');
    const { output } = await shell('cat /mnt/hello; grep " /mnt " /proc/self/mountinfo', {
      namespaces: native.CLONE_NEWNS,
      before: [
        ownProc[0]!,
        { name: 'attach', call: 'move_mount', args: [fd, '', native.AT_FDCWD, '/mnt', native.MOVE_MOUNT_F_EMPTY_PATH] },
      ],
    });
    closeSync(fd);
    assert.match(output, /^from outside/);
    assert.match(output, /noexec/);
  });

  it('takes attributes later, and refuses writes when it is read-only', () => {
    const fd = native.createMount('tmpfs');
    native.setMountAttributes(fd, '', { set: native.MOUNT_ATTR_RDONLY });
    assert.throws(() => writeFileSync(inMount(fd, 'file'), ''), { code: 'EROFS' });
    native.setMountAttributes(fd, '', { clear: native.MOUNT_ATTR_RDONLY });
    writeFileSync(inMount(fd, 'file'), '');
    closeSync(fd);
  });

  it('can be a copy of a directory that is there', (t) => {
    const [directory] = layers(scratch(t), 'source');
    const fd = native.cloneTree(native.AT_FDCWD, directory!, { recursive: true });
    native.setMountAttributes(fd, '', {
      set: native.MOUNT_ATTR_RDONLY,
      recursive: true,
      propagation: native.MS_PRIVATE,
    });
    assert.equal(readFileSync(inMount(fd, 'layer0'), 'utf8'), 'source');
    assert.throws(() => writeFileSync(inMount(fd, 'layer0'), ''), { code: 'EROFS' });
    closeSync(fd);
    writeFileSync(`${directory!}/layer0`, 'the original can be written');
  });

  it('that cannot be says what the kernel says, and leaves nothing', () => {
    const descriptors = openDescriptors();
    assert.throws(() => native.createMount('tmpfs', [['sizzle', '1']]), {
      name: 'SyscallError',
      code: 'EINVAL',
      message: /fsconfig tmpfs sizzle=1: EINVAL, .*[Uu]nknown parameter/,
    });
    assert.throws(() => native.createMount('nosuchfs'), { code: 'ENODEV', syscall: 'fsopen', path: 'nosuchfs' });
    assert.deepEqual(openDescriptors(), descriptors);
  });
});

describe('an overlay', () => {
  it('shows the uppermost of its layers and writes to the upper directory alone', (t) => {
    const directory = scratch(t);
    const lower = layers(directory, 'top', 'middle', 'bottom');
    const [upper, work] = ['upper', 'work'].map((name) => `${directory}/${name}`) as [string, string];
    for (const path of [upper, work]) mkdirSync(path);
    const fd = native.createOverlay({ lower, upper, work });
    assert.equal(native.fileSystemOf(fd).type, native.OVERLAYFS_SUPER_MAGIC);
    assert.deepEqual(readdirSync(inMount(fd, '')).sort(), ['layer0', 'layer1', 'layer2', 'shared']);
    assert.equal(readFileSync(inMount(fd, 'shared'), 'utf8'), '0');
    writeFileSync(inMount(fd, 'layer2'), 'changed');
    closeSync(fd);
    assert.deepEqual(readdirSync(upper), ['layer2']);
    assert.equal(readFileSync(`${lower[2]!}/layer2`, 'utf8'), 'bottom');
  });

  it('has layers whose paths hold colons, commas, blanks and backslashes, and are long', (t) => {
    const directory = scratch(t);
    const long = Array.from({ length: 12 }, () => 'a-long-directory-name-of-forty-characters').join('/');
    const descriptors = openDescriptors();
    const lower = layers(directory, 'a:b', 'c,d=e', 'f g', 'h\\i', long);
    const fd = native.createOverlay({ lower });
    assert.equal(readdirSync(inMount(fd, '')).length, 6);
    closeSync(fd);
    assert.deepEqual(openDescriptors(), descriptors);
  });

  it('has a dozen layers, on any kernel', (t) => {
    const names = Array.from({ length: 12 }, (_, i) => `a-layer-with-quite-a-long-name-of-its-own-${i}`);
    const fd = native.createOverlay({ lower: layers(scratch(t), ...names) });
    assert.equal(readdirSync(inMount(fd, '')).length, 13);
    closeSync(fd);
  });

  it('has a hundred layers', async (t) => {
    const { abilities } = await native.probeKernel();
    if (!abilities['overlay, layer by layer'].available) {
      t.skip(abilities['overlay, layer by layer'].detail);
      return;
    }
    const names = Array.from({ length: 100 }, (_, i) => `layer-with-a-name-${i}`);
    const fd = native.createOverlay({ lower: layers(scratch(t), ...names) });
    assert.equal(readdirSync(inMount(fd, '')).length, 101);
    closeSync(fd);
  });

  it('whose layer is not there says which', (t) => {
    const [there] = layers(scratch(t), 'there');
    const gone = `${there!}-gone`;
    assert.throws(
      () => native.createOverlay({ lower: [there!, gone] }),
      (error: native.SyscallError) => {
        return error.code === 'ENOENT' && error.message.includes(gone);
      },
    );
  });
});

describe('the mounts of a process', () => {
  it('are listed', () => {
    const root = native.readMounts().find(({ mountPoint }) => mountPoint === '/');
    assert.ok(root !== undefined && root.type !== '');
    assert.deepEqual(native.readMounts(process.pid), native.readMounts());
  });
});
