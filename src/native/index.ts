// The door of src/native, the only folder that touches the kernel: koffi, system call numbers, the launch program, ptys,
// mounts, descriptors. It imports nothing of ours; engine, metrics, tui and cli may import it, through this file only.
// Its tests are test/pure/native and test/container/native.
export * from './flags.js';
export { errnoName, errnoNumber, errnoMeaning, SyscallError } from './errno.js';
export { architecture, syscallNumber, syscallNames, type Architecture, type SyscallName } from './syscalls.js';
export { rawSyscall, syscall, type KernelArg } from './kernel.js';
export { layOut, type Program, type Step, type StepArg } from './program.js';
export {
  cloneArgs,
  cloneArgsBytes,
  completeProgram,
  descriptorsOf,
  forkStep,
  type CloneArgs,
} from './builtin-steps.js';
export { launch, type Launched, type LaunchedStep, type LaunchOptions } from './launch.js';
export { LaunchError } from './launch-error.js';
export { decodeWaitStatus, onChildExit, waitpid, type ExitStatus } from './wait.js';
export { signalName, signalNumber, type SignalName } from './signals.js';
export { openPipe, setCloseOnExec, setNonblocking, setPipeSize } from './descriptors.js';
export { capabilitiesOf, capabilityName, capabilityNames, capabilityNumber, lastCapability } from './capabilities.js';
export { inNetworkNamespace, networkNamespaceOf, ownNetworkNamespace } from './network-namespace.js';
export { forgetRouteSocket, RouteSocket } from './netlink/socket.js';
export {
  createBridge,
  createVeth,
  deleteLink,
  findLink,
  isolatePort,
  listLinks,
  setLinkUp,
  type Link,
  type NewLink,
  type Veth,
} from './netlink/links.js';
export { addAddress, listAddresses, type LinkAddress } from './netlink/addresses.js';
export { addDefaultRoute, listRoutes, type Route } from './netlink/routes.js';
export { listNeighbours, type Neighbour } from './netlink/neighbours.js';
export { addressBytes, addressText } from './netlink/ip.js';
export { Nftables, type ForeignChain } from './netlink/nftables.js';
export { holdPort, type HeldSocket } from './sockets.js';
export { lockFile, type Lock } from './lock.js';
export { atomicWrite } from './atomic-write.js';
export { bytesOfName, nameOfBytes } from './names.js';
export { nameFile, openUnnamed } from './unnamed-file.js';
export * from './files.js';
export { getXattr, listXattrs, removeXattr, setXattr, type FileReference } from './xattr.js';
export { describeProgram, type DescribedStep } from './describe.js';
export { setDeviceProgram } from './bpf.js';
export {
  exitStatusOf,
  parentOf,
  pidfdHasExited,
  pidfdOpen,
  pidfdSendSignal,
  processRuns,
  setChildSubreaper,
  startTimeOf,
} from './pidfd.js';
export { formatCpuList, onlineCpus, parseCpuList, possibleCpus } from './cpus.js';
export {
  attachMount,
  cloneTree,
  createMount,
  createOverlay,
  setMountAttributes,
  unmount,
  type MountAttributes,
  type MountOptions,
  type Overlay,
} from './mounts.js';
export { parseMountinfo, readMounts, type MountEntry } from './mountinfo.js';
export {
  createDevpts,
  getWindowSize,
  openContainerPty,
  openHostPty,
  openPtyIn,
  openPtyOnMount,
  setWindowSize,
  type DevptsOptions,
  type Pty,
  type WindowSize,
} from './pty.js';
export { PtyStream } from './pty-stream.js';
export { probeKernel, type Ability, type Finding, type KernelProbe } from './probe.js';
export { copyRange, type FilePlace } from './copy-range.js';
export { flushFileSystem } from './flush.js';
export { hasProjectQuota, projectOf, projectQuota, setProject, setProjectLimit, type Quota } from './project-quota.js';
export { releaseFilePages } from './file-pages.js';
export { READ_RECORD_WORDS, readAll, type ReadAll } from './read-all.js';
export { writeAll, type PlacedBytes } from './write-all.js';
