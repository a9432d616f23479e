/** FFmpeg's last words as TaskErrors: what failed, on what, what to do. */
import { TaskError } from '../../../shared/errors.ts';
import { describeExit, type ToolResult } from './child.ts';
import { displayName } from './display-name.ts';

/** FFmpeg may go on after a failed write and even end with success: its words decide. */
export function saysDiskFull(stderrTail: string): boolean {
  return /No space left on device|Disk quota exceeded|There is not enough space on the disk/i.test(stderrTail);
}

/** The error for a run that ended badly; the input itself has been looked at before and is there. */
export function ffmpegFailure(result: ToolResult, inputPath: string): TaskError {
  const name = displayName(inputPath);
  const details = describeExit(result);
  const tail = result.stderrTail;
  if (saysDiskFull(tail)) return new TaskError('DISK_FULL', `The disk became full while ${name} was worked on. Free some space; the task goes on by itself.`, { retryable: true, details });
  if (result.exitSignal !== null) return new TaskError('TOOL_FAILED', `FFmpeg was ended by the system (${result.exitSignal}) while it worked on ${name}; perhaps memory ran out. The task tries again.`, { retryable: true, details });
  const encoder = /Unknown encoder '([^']+)'/.exec(tail);
  if (encoder?.[1] !== undefined) return new TaskError('TOOL_MISSING', `This FFmpeg has no encoder ${encoder[1]}. Install an FFmpeg that has it, or choose another recipe.`, { details });
  const decoder = /Decoder \(codec ([^)]+)\) not found|Decoding requested, but no decoder found for: (.+)/.exec(tail);
  if (decoder !== null) return new TaskError('TOOL_MISSING', `This FFmpeg can't decode ${decoder[1] ?? decoder[2] ?? 'a track'} in ${name}. Install a fuller FFmpeg, or choose other tracks.`, { details });
  const filter = /No such filter: '([^']+)'/.exec(tail);
  if (filter?.[1] !== undefined) return new TaskError('TOOL_MISSING', `This FFmpeg has no filter ${filter[1]}. Install an FFmpeg that has it.`, { details });
  if (/matches no streams/.test(tail)) return new TaskError('INPUT_NO_STREAM', `${name} lacks a stream that the task needs. Choose another recipe or other tracks.`, { details });
  if (/Input\/output error|Stale file handle|Transport endpoint is not connected/.test(tail)) return new TaskError('IO_ERROR', `A disk or network share reported an error while ${name} was worked on. Check it; the task tries again.`, { retryable: true, details });
  if (/Permission denied|Read-only file system|Operation not permitted/.test(tail)) return new TaskError('OUTPUT_NOT_WRITABLE', `The system refused to let FFmpeg write while it worked on ${name}. Check the permissions of the output folder, then retry.`, { details });
  if (/Cannot allocate memory/.test(tail)) return new TaskError('TOOL_FAILED', `Memory ran out while FFmpeg worked on ${name}. Close other programs or choose a smaller resolution; the task tries again.`, { retryable: true, details });
  if (/Invalid data found when processing input|moov atom not found|does not contain any stream/.test(tail)) return new TaskError('INPUT_DAMAGED', `${name} is damaged: FFmpeg can't read it. Copy or download it again, or repair it first.`, { details });
  return new TaskError('TOOL_FAILED', `FFmpeg failed on ${name}: ${lastSentence(tail)} The task tries again.`, { retryable: true, details });
}

/** The last line that says something, without FFmpeg's `[component @ address]` prefix. */
function lastSentence(tail: string): string {
  const line = tail.trim().split(/\r?\n|\r/).filter((text) => text !== '' && text !== 'Conversion failed!').at(-1) ?? 'it said nothing';
  return `${line.replace(/^\[[^\]]*\] */, '').slice(0, 200).replace(/[.\s]+$/, '')}.`;
}
