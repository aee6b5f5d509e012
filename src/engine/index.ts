// The door of the engine: what the dashboard and the command line may use. Tests: test/pure/engine, test/container.
export type * from './model.js';
export type * from './image/answers.js';
export type * from './image/oci.js';
export type * from './network/model.js';
export type * from './volume/model.js';
export type { CorruptEntry, Engine, EngineOptions, Images, Networks, RecoveryAction, Volumes } from './engine.js';
export { ERROR_CODES, isTscontainError, TscontainError, type ErrorCode, type Problem } from './errors.js';
export { openEngine } from './open.js';
export { packHostPath, renameTop, unpackBelow } from './rootfs/archive.js';
export type { BuildEvent, BuildResult, BuildWishes, ContextSource, SecretSource } from './build/model.js';
export { BuildError } from './build/dockerfile/position.js';
export { healthWords } from './health/course.js';
export { NO_CHECK } from './health/check.js';
export { SAVE_FORMATS, type SaveFormat } from './image/archive/save-plan.js';
export { inspectDocker } from './inspect-docker.js';
export { inspectDockerImage } from './inspect-docker-image.js';
export { inspectDockerVolume } from './inspect-docker-volume.js';
export { inspectDockerNetwork } from './inspect-docker-network.js';
export { FREE_NAME_PORT, whoHasNames } from './network/who-has-names.js';
export { portWords, publishedWords } from './network/port-words.js';
export { openConnections, type OpenConnections } from './network/connections.js';
export type { OpenSocket } from './network/sockets.js';
export type { ConnectedNetwork, PruneNetworksWishes } from './verbs/networks.js';
export { formatPlatform, parsePlatform } from './image/platform.js';
export {
  login,
  logout,
  registryName,
  type Pulled,
  type Pushed,
  type PullWishes,
  type PushWishes,
} from './registry/index.js';
export { detectCgroupHost, type CgroupHost } from './cgroup/index.js';
export { rulingOn, type Ruling, type Verb } from './states.js';
export { KEEP_SECONDS } from './state/removed.js';
export { hasLabel } from './labels.js';
export type { OnTransfer, TransferEvent, TransferPhase } from './image/transfer.js';
export { NO_PROGRESS, TransferTally, type TransferProgress, type TransferRow } from './image/transfer-progress.js';
export { isOver, MOVING, phaseWords, shareOf, type TransferVerb } from './image/transfer-words.js';
export { DEFAULT_ROOT, metricsPlaces } from './state/layout.js';
export { changedHostSettings } from './network/host-settings.js';
export { runKeeper } from './network/keeper/main.js';
export { runSupervisor } from './supervisor/main.js';
export type { MakeRecorder, Recorder } from './supervisor/recorder.js';

// What people write, in Docker's grammar: each throws TscontainError INVALID_VALUE that names the value and what would be right.
export { parseEnv, parseEnvFile, parseLabel } from './grammar/environment.js';
export { parseMount } from './grammar/mount-fields.js';
export { parseDevice, parseTmpfs } from './grammar/mounts.js';
export { addressesOf, parseAlias, parseNetwork, type WantedNetwork } from './grammar/networks.js';
export { parseExpose, parsePublish } from './grammar/ports.js';
export { parseVolume, parseVolumesFrom } from './grammar/volume-words.js';
export { parseContainerName, parseProject, parseVolumeName } from './grammar/names.js';
export { familiarName, imageName } from './image/reference.js';
export { parseRestartPolicy, parseSignal, parseUlimit, parseUser } from './grammar/process.js';
export {
  parseBytes,
  parseCpus,
  parseDeviceRate,
  parseDuration,
  parseInteger,
  parseSeconds,
  parseTime,
} from './grammar/quantities.js';
