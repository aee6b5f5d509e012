// A volume in the shape of Docker's own JSON (GET /volumes/{name}), for scripts that read that. Pure.
import type { ListedVolume, VolumeSize } from './volume/model.js';

/** @param size where it was asked for */
export function inspectDockerVolume(
  { name, created, labels, options, mountpoint, usedBy }: ListedVolume,
  size?: VolumeSize,
) {
  return {
    CreatedAt: created,
    Driver: 'local',
    Labels: Object.keys(labels).length === 0 ? null : labels,
    Mountpoint: mountpoint,
    Name: name,
    Options: Object.keys(options).length === 0 ? null : options,
    Scope: 'local',
    ...(size === undefined ? {} : { UsageData: { Size: size.bytes, RefCount: usedBy.length } }),
  };
}
