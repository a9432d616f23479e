/** Processor seconds that this process and its ended children have used so far. Linux tells; elsewhere null. */
import { readFileSync } from 'node:fs';

/** Linux reports in hundredths of a second whatever the kernel ticks at (sysconf(_SC_CLK_TCK)). */
const TICKS_PER_SECOND = 100;

export function processorSeconds(): number | null {
  const { user, system } = process.cpuUsage();
  const children = childrenSeconds();
  return children === null ? null : (user + system) / 1e6 + children;
}

/** proc(5): fields 16 and 17 of /proc/self/stat, counted behind the name in brackets. */
function childrenSeconds(): number | null {
  try {
    const fields = (readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1) ?? '').split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}
