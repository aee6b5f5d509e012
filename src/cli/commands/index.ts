// Every command, in the order that help lists them.
import type { Command } from '../command.js';
import { attach } from './attach.js';
import { build, imageBuild } from './build.js';
import { builderPrune } from './builder-prune.js';
import { commit } from './commit.js';
import { completion } from './completion.js';
import { cp } from './cp.js';
import { create } from './create.js';
import { diff } from './diff.js';
import { doctor } from './doctor.js';
import { events } from './events.js';
import { exec } from './exec.js';
import { exportContainer } from './export.js';
import { guardCheck } from './guard-check.js';
import { guardRun } from './guard-run.js';
import { imageCheck } from './image-check.js';
import { history, imageHistory } from './image-history.js';
import { imageImport, importImage } from './image-import.js';
import { imageInspect } from './image-inspect.js';
import { imageLoad, load } from './image-load.js';
import { imageLs, images } from './image-ls.js';
import { imagePrune } from './image-prune.js';
import { imageRm, rmi } from './image-rm.js';
import { imageSave, save } from './image-save.js';
import { imageTag, tag } from './image-tag.js';
import { info } from './info.js';
import { inspect } from './inspect.js';
import { kill } from './kill.js';
import { login } from './login.js';
import { logout } from './logout.js';
import { logs } from './logs.js';
import { metrics } from './metrics.js';
import { networkConnect } from './network-connect.js';
import { networkCreate } from './network-create.js';
import { networkDisconnect } from './network-disconnect.js';
import { networkInspect } from './network-inspect.js';
import { networkLs } from './network-ls.js';
import { networkPrune } from './network-prune.js';
import { networkRm } from './network-rm.js';
import { pause } from './pause.js';
import { port } from './port.js';
import { prune } from './prune.js';
import { ps } from './ps.js';
import { imagePull, pull } from './pull.js';
import { imagePush, push } from './push.js';
import { rename } from './rename.js';
import { restart } from './restart.js';
import { restore } from './restore.js';
import { rm } from './rm.js';
import { run } from './run.js';
import { start } from './start.js';
import { stats } from './stats.js';
import { stop } from './stop.js';
import { top } from './top.js';
import { unpause } from './unpause.js';
import { update } from './update.js';
import { version } from './version.js';
import { volumeCreate } from './volume-create.js';
import { volumeInspect } from './volume-inspect.js';
import { volumeLs } from './volume-ls.js';
import { volumePrune } from './volume-prune.js';
import { volumeRm } from './volume-rm.js';
import { wait } from './wait.js';

export const commands: readonly Command[] = [
  run,
  exec,
  ps,
  logs,
  stats,
  metrics,
  top,
  create,
  start,
  stop,
  restart,
  kill,
  pause,
  unpause,
  update,
  rename,
  rm,
  restore,
  prune,
  attach,
  wait,
  cp,
  diff,
  commit,
  exportContainer,
  inspect,
  port,
  events,
  networkCreate,
  networkLs,
  networkInspect,
  networkConnect,
  networkDisconnect,
  networkRm,
  networkPrune,
  imageLs,
  imagePull,
  imagePush,
  imageInspect,
  imageHistory,
  imageTag,
  imageBuild,
  imageSave,
  imageLoad,
  imageImport,
  imageRm,
  imagePrune,
  imageCheck,
  images,
  pull,
  push,
  login,
  logout,
  build,
  builderPrune,
  rmi,
  tag,
  history,
  save,
  load,
  importImage,
  volumeCreate,
  volumeLs,
  volumeInspect,
  volumeRm,
  volumePrune,
  guardCheck,
  guardRun,
  info,
  doctor,
  completion,
  version,
];
