/** Whether changes in a folder may be made by other machines, of which this one's system tells nobody. */
import { statfs } from 'node:fs/promises';

/** Linux's magic numbers (statfs(2), linux/magic.h): NFS, SMB, CIFS, SMB2, FUSE (sshfs, rclone; local ones are only polled for nothing), 9P, AFS, Ceph, VirtualBox, Coda, NCP, Lustre, GFS2, OCFS2. */
const REMOTE = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x01021997, 0x5346414f, 0x00c36400, 0x786f4256, 0x73757245, 0x564c, 0x0bd00bd0, 0x01161970, 0x7461636f]);

/** On macOS and Windows only what a path says; there a rule's `look` decides. */
export async function isRemote(folder: string): Promise<boolean> {
  if (process.platform === 'win32') return folder.startsWith('\\\\');
  if (process.platform !== 'linux') return false;
  // Some answer with the number's sign extended.
  return statfs(folder).then(({ type }) => REMOTE.has(type >>> 0), () => false);
}
