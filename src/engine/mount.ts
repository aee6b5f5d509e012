// What is mounted in a container, as plain data: a path of the host, a volume, or memory.

export type Mount =
  | {
      readonly type: 'bind';
      /** absolute path on the host */
      readonly source: string;
      /** absolute path in the container */
      readonly target: string;
      readonly readOnly: boolean;
      readonly propagation: 'private' | 'rprivate' | 'shared' | 'rshared' | 'slave' | 'rslave';
      /** what is missing of the source is made, a directory, when the container starts */
      readonly createSource?: boolean;
      /** what is mounted below the source: comes too, and is read-only where the mount is, when absent */
      readonly recursive?: 'disabled' | 'writable' | 'readonly';
    }
  | {
      readonly type: 'volume';
      /** the volume's name; empty in what is asked for, where one is to be made for this container alone */
      readonly source: string;
      readonly target: string;
      readonly readOnly: boolean;
      /** it was made without a name for this container: it goes with it where that is asked for */
      readonly anonymous?: boolean;
      /** what the image has at the target does not come into it */
      readonly noCopy?: boolean;
      /** a part of the volume, relative to its top */
      readonly subpath?: string;
      /** of the volume, where it has to be made */
      readonly labels?: Readonly<Record<string, string>>;
      readonly options?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: 'tmpfs';
      readonly target: string;
      readonly readOnly: boolean;
      /** bytes; absent is the kernel's default, half the memory */
      readonly sizeBytes?: number;
      /** octal permission bits, default 0o1777 */
      readonly mode?: number;
      /** further mount flags as Docker's --tmpfs takes them: noexec, exec, nosuid, suid, nodev, dev */
      readonly flags?: readonly string[];
    };
